package io.medallion.common.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContractReaderTest {
  private static final Path DOCS = Path.of("../docs");

  @Test
  void theExampleIsRead() {
    Contract shop = Contract.read(DOCS.resolve("contract/shop.yaml").toString());

    assertThat(shop.columns())
        .extracting(ContractColumn::name)
        .containsExactly("order_id", "category", "load_ms", "tags", "amount", "came_by");
    ContractColumn load = shop.column("load_ms").orElseThrow();
    assertThat(load.type()).hasToString("int");
    assertThat(load.from()).containsExactly(new JsonPath(List.of("perf", "load")));
    assertThat(load.max()).isEqualTo(new BigDecimal(600_000));
    assertThat(load.place()).isEqualTo(new Place(10, 3));
    assertThat(shop.computed())
        .extracting(ContractColumn::name)
        .containsExactly("amount", "came_by");
    assertThat(shop.flagging()).extracting(ContractRule::name).containsExactly("known_currency");
    assertThat(shop.visitorRequired()).isTrue();
  }

  @Test
  void editorsAndTheReaderAgreeOnTheExampleAndOnWhatIsWrong() throws IOException {
    JsonSchema schema =
        JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
            .getSchema(Files.readString(DOCS.resolve("contract.schema.json")));

    assertThat(
            schema.validate(Files.readString(DOCS.resolve("contract/shop.yaml")), InputFormat.YAML))
        .isEmpty();
    for (String wrong :
        List.of(
            "columns: {a: {type: strng, from: a}}",
            "columns: {a: {type: string}}",
            "columns: {a: {type: string, from: a, expr: page}}",
            "columns: {a: {from: a}}",
            "columns: {A: {type: string, from: a}}",
            "column: {}",
            "rules: {a: {check: \"1 = 1\"}}",
            "rules: {a: {check: \"1 = 1\", otherwise: warn}}",
            "rules: {a: {otherwise: flag}}",
            "visitor: {required: maybe}",
            "preset: segmnt",
            "fields: {userid: {from: a}}",
            "fields: {user_id: {form: a}}",
            "fields: {user_id: {from: []}}",
            "fields: {timestamp: {unit: m}}",
            "fields: {timestamp: {accept: blank}}",
            "fields: {timestamp: {clock: {sent: a}}}",
            "fields: {price: {negative: true}}",
            "fields: {price: {round: up}}",
            "fields: {currency: {case: title}}",
            "fields: {ip_address: {address: middle}}",
            "fields: {ip_address: {address: 0}}",
            "optional: maybe",
            "pages: {slash: drop}",
            "pages: {case: upper}",
            "pages: {hash_routes: drop}",
            "identity: {ignored: [a]}",
            "identity: {within: 10}",
            "batch: {path: a}",
            "batch: {from: [a, b]}",
            "identity: {within: [10m]}",
            "sites: {a: {zone: Europe/Berlin}}",
            "sites: [a]",
            "sites: {' ': {time_zone: UTC}}")) {
      assertThat(schema.validate(wrong, InputFormat.YAML)).as(wrong).isNotEmpty();
      assertThatThrownBy(() -> ContractReader.user("c.yaml", wrong)).as(wrong).isNotNull();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "columns: {a: {type: strng, from: a}} | line 1, column 21: there is no type 'strng'; did you mean string?",
        "columns: {a: {type: 'decimal(39,2)', from: a}} | line 1, column 21: 'decimal(39,2)' is no decimal; write decimal(p,s)",
        "columns: {a: {from: a}} | line 1, column 11: a has no type; give one of string, int",
        "columns: {a: {type: string}} | line 1, column 11: nothing says where the value of a comes from; give `from: a`",
        "columns: {a: {type: string, from: a, expr: page}} | line 1, column 11: a has both from and expr; keep one",
        "columns: {a: {type: string, from: a..b}} | 'a..b' is no path: a name in it is empty; write names",
        "columns: {a: {type: string, from: []}} | there is no path; give one or more",
        "columns: {a: {type: string, from: a, mim: 1}} | line 1, column 38: 'mim' is not a key of a column; did you mean min?",
        "columns: {a: {type: string, from: a, min: 1}} | bounds are for columns of type int, long and decimal",
        "columns: {a: {type: int, expr: quantity, max: 1}} | bounds are for columns of type int, long and decimal that are read",
        "columns: {a: {type: int, from: a, min: x}} | 'x' is no number",
        "columns: {a: {type: int, from: a, min: 3, max: 2}} | max is less than min; exchange them",
        "columns: {a: {type: int, from: a, whole_numbers: true}} | whole_numbers is for columns of type string alone",
        "columns: {A: {type: string, from: a}} | 'A' is no name of a column: up to 63 small letters",
        "columns: {price: {type: string, from: a}} | silver has a column price already; choose another name",
        "columns: {a: {type: string, from: page}} | the field page is silver's column url already",
        "columns: {a: {type: string, from: x}, b: {type: int, from: x}} | b takes its value from x, as a does",
        "columns: {a: {type: string, from: a}, a: {type: int, from: b}} | line 1, column 39: a is here twice; remove one",
        "columns: {a: {type: string, from: a, needed: true}} | 'needed' is not a key of a column",
        "columns: [a] | line 1, column 10: here are to be columns, each with its name",
        "column: {} | line 1, column 1: 'column' is not a section of a contract; did you mean columns?",
        "rules: {r: {check: 'price > 0'}} | line 1, column 9: nothing says what becomes of an event that breaks it",
        "rules: {r: {otherwise: flag}} | r checks nothing; give a condition",
        "rules: {r: {check: 'a', otherwise: redact, fields: [visitor]}} | r cannot redact 'visitor'; ",
        "rules: {r: {check: 'a', otherwise: redact, fields: [userid]}} | r cannot redact 'userid'; did you mean user_id?",
        "rules: {r: {check: 'a', otherwise: redact, fields: []}} | no field is named; without `fields` the event as a whole is redacted",
        "rules: {r: {check: 'a', otherwise: flag, fields: [page]}} | only a rule with `otherwise: redact` takes fields out of an event",
        "rules: {r: {check: 'a', otherwise: warn}} | line 1, column 36: 'warn' is neither quarantine nor flag nor redact",
        "visitor: {required: maybe} | line 1, column 21: required is true or false",
        "columns: {a: {type: string | line 1, column 27: not YAML:",
        "preset: segmnt | line 1, column 9: there is no preset 'segmnt'; did you mean segment?",
        "fields: {userid: {from: a}} | line 1, column 10: 'userid' is not a field of the event contract; did you mean user_id?",
        "fields: {user_id: {form: a}} | line 1, column 20: 'form' is not a key of a field; there are from, optional",
        "fields: {user_id: {from: 'a['}} | 'a[' is no path: brackets hold a number, as in items[0], or name=value",
        "fields: {user_id: {from: 'a[0]b'}} | 'a[0]b' is no path: a dot is missing behind a bracket",
        "fields: {user_id: {from: 'a[=b]'}} | 'a[=b]' is no path: a bracket is not closed, or has no name",
        "fields: {user_id: {optional: lenient}} | line 1, column 20: user_id decides what an event is, and is not optional",
        "fields: {timestamp: {unit: m}} | line 1, column 28: 'm' is no unit; did you mean s?",
        "fields: {timestamp: {zone: Europe/Berlim}} | line 1, column 28: there is no zone 'Europe/Berlim'; give a name",
        "fields: {timestamp: {accept: [blank]}} | line 1, column 31: 'blank' is no way of writing; did you mean blanks?",
        "fields: {currency: {accept: comma}} | values of this type have no comma; leave it out",
        "fields: {price: {accept: bracketed_zone}} | values of this type have no bracketed_zone",
        "fields: {price: {unit: s}} | line 1, column 18: unit is for fields and columns of type timestamp alone",
        "fields: {price: {case: upper}} | case is for fields and columns of type string alone",
        "fields: {currency: {round: true}} | round is for fields and columns of type int, long and decimal alone",
        "fields: {currency: {negative: refund}} | negative is for fields and columns named price or quantity alone",
        "fields: {referrer: {address: first}} | address is for fields and columns named ip_address alone",
        "fields: {ip_address: {address: middle}} | line 1, column 32: 'middle' chooses no address; give first, last, or which one",
        "fields: {timestamp: {clock: {sent: a}}} | line 1, column 22: a clock needs two columns of type timestamp",
        "fields: {timestamp: {clock: {sent: a, received: b}}} | line 1, column 10: the clock's a is no column of type timestamp of this contract; add `a: {type: timestamp, from: a}`",
        "fields: {event_type: {map: {Buy: purchase, ' buy': purchase}}} | line 1, column 44: ' buy' is here twice, as case does not count",
        "fields: {utm_source: {case: lower}} | line 1, column 10: nothing says where utm_source is; give `from: …`",
        "fields: {user_id: {from: x}}~columns: {a: {type: string, from: x}} | line 2, column 11: a takes its value from x, as user_id does",
        "columns: {a: {type: string, expr: page, case: upper}} | case is for columns that are read from the event",
        "optional: maybe | line 1, column 11: 'maybe' is no optional; there are strict, lenient",
        "pages: {slash: drop} | line 1, column 9: 'slash' is not a key of pages",
        "pages: {hosts: 'https://shop.example'} | line 1, column 16: 'https://shop.example' is no host; give one without scheme",
        "identity: {ignore: ['a[0]']} | an element of an array cannot be left out; name the array",
        "identity: {within: 10 minutes} | line 1, column 20: this is to be a duration of at most a day, such as 500ms",
        "batch: {from: [a, b]} | line 1, column 15: this is to be one path to an array, or []",
        "batch: {from: 'a[0]'} | line 1, column 15: this is to be one path to an array",
        "batch: {from: a.b, share: a.c} | line 1, column 27: these are to be names of the record's own members",
        "batch: {from: a.b, share: [c, a]} | line 1, column 27: an event cannot have what its events are in",
        "batch: {from: '[]', share: c} | line 1, column 28: nothing is around a record that is the array",
        "identity: {within: 25h} | line 1, column 20: this is to be a duration of at most a day",
        "sites: {a: {time_zone: Europe/Berlim}} | line 1, column 24: there is no zone 'Europe/Berlim'; give a name",
        "sites: {a: {time_zon: UTC}} | line 1, column 13: 'time_zon' is not a key of a site; did you mean time_zone?",
        "sites: {' ': {time_zone: UTC}} | line 1, column 9: a site has a name",
        "sites: [a] | line 1, column 8: here are to be sites, each with its name",
        "sites: {a: UTC} | line 1, column 12: here are to be what a site is, such as `{time_zone: Europe/Berlin}`",
        "sites: {a: {time_zone: UTC}, a: {}} | line 1, column 30: a is here twice; remove one",
        "columns: {site: {type: string, from: a}} | silver has a column site already; choose another name",
        "fields: {site: {optional: lenient}} | line 1, column 17: site decides what an event is, and is not optional",
        "optional: lenient~rules: {dropped_price: {check: a, otherwise: flag}} | line 2, column 9: dropped_price is the flag of a value that was dropped or rounded"
      })
  void anErrorNamesItsPlaceWhatIsWrongAndWhatWouldBeRight(String yaml, String told) {
    assertThat(error(yaml.replace('~', '\n')).reason()).contains(told);
  }

  @Test
  void allErrorsAreToldInTheOrderOfTheFile() {
    MedallionException error =
        error(
            """
            rules:
              a: {check: x}
            columns:
              b: {type: strng, from: b}
              c: {type: int}
            """);

    assertThat(error.code()).isEqualTo(ErrorCode.CONTRACT_INVALID);
    assertThat(error.problem()).isEqualTo("c.yaml is not a valid contract: 3 errors");
    assertThat(error.reason().lines().map(String::strip))
        .hasSize(3)
        .satisfies(lines -> assertThat(lines.get(0)).startsWith("line 2, column 3"))
        .satisfies(lines -> assertThat(lines.get(1)).startsWith("line 4, column 13"))
        .satisfies(lines -> assertThat(lines.get(2)).startsWith("line 5, column 3"));
  }

  @Test
  void atMostFortyRulesFlag() {
    StringBuilder rules = new StringBuilder("rules:\n");
    for (int i = 0; i < 41; i++) {
      rules.append("  r%d: {check: x, otherwise: flag}%n".formatted(i));
    }
    assertThat(error(rules.toString()).reason()).startsWith("line 42, column 3: more than 40");
  }

  @Test
  void theVersionFollowsTheMeaningAlone() {
    Contract one =
        read(
            """
            columns:
              a: {type: int, from: [x, y.z], max: 5}
              b: {type: string, expr: "page"}
            rules: {r: {check: "a > 0", otherwise: flag}}
            """);
    Contract same =
        read(
            """
            # A comment.
            rules: {r: {otherwise: flag, check: "a > 0"}}
            columns: {b: {expr: page, type: string, about: the page}, a: {max: 5, from: [x, y.z], type: int}}
            """);

    assertThat(one.version()).matches("[0-9a-f]{12}").isEqualTo(same.version());
    assertThat(Contract.NONE.version()).isNull();
    assertThat(read("# nothing\n").version()).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "columns: {a: {type: long, from: x}}",
        "columns: {a: {type: int, from: y}}",
        "columns: {a: {type: int, from: x, min: 0}}",
        "columns: {a: {type: int, expr: x}}",
        "columns: {b: {type: int, from: x}}",
        "columns: {a: {type: int, from: x}}\nvisitor: {required: false}",
        "columns: {a: {type: int, from: x}}\nrules: {r: {check: a, otherwise: flag}}",
        "columns: {a: {type: int, from: x, round: true}}",
        "columns: {a: {type: int, from: x}}\nfields: {user_id: {from: y}}",
        "columns: {a: {type: int, from: x}}\nfields: {event_type: {map: {y: purchase}}}",
        "columns: {a: {type: int, from: x}}\npages: {case: lower}",
        "columns: {a: {type: int, from: x}}\nidentity: {ignore: y}",
        "columns: {a: {type: int, from: x}}\nidentity: {within: 10m}",
        "columns: {a: {type: int, from: x}}\nidentity: {within: 11m}",
        "columns: {a: {type: int, from: x}}\nbatch: {from: x}",
        "columns: {a: {type: int, from: x}}\nbatch: {from: '[]'}",
        "columns: {a: {type: int, from: x}}\nbatch: {from: x, share: y}",
        "columns: {a: {type: int, from: x}}\noptional: lenient"
      })
  void everyMeaningHasItsVersion(String other) {
    assertThat(read(other).version())
        .isNotEqualTo(read("columns: {a: {type: int, from: x}}").version());
  }

  private static Contract read(String yaml) {
    return ContractReader.user("c.yaml", yaml);
  }

  private static MedallionException error(String yaml) {
    try {
      read(yaml);
    } catch (MedallionException e) {
      return e;
    }
    throw new AssertionError("no error in " + yaml);
  }
}
