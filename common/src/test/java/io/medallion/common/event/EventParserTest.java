package io.medallion.common.event;

import static io.medallion.common.event.Records.codes;
import static io.medallion.common.event.Records.event;
import static io.medallion.common.event.Records.parse;
import static io.medallion.common.event.Records.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medallion.common.contract.Contract;
import io.medallion.common.contract.ContractColumn;
import io.medallion.common.contract.Contracts;
import io.medallion.common.contract.JsonPath;
import io.medallion.common.error.MedallionException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventParserTest {
  private static final long HOUR = 3_600_000_000L;

  @Test
  void aFullEventFillsEveryField() {
    ParsedEvent e =
        with(
            """
            "event_id":"e1","event_type":"purchase","anonymous_id":"a","session_id":"s",
            "page":"https://shop.example/a/b?x=1#y","referrer":"r","ip_address":"203.0.113.9",
            "user_agent":"ua","product_id":"p","price":12.5,"quantity":2,"currency":"EUR",
            "properties":{"k":1}""");

    assertThat(e.reasons()).isEmpty();
    assertThat(e.eventId()).isEqualTo("e1");
    assertThat(e.eventTimeMicros()).isEqualTo(1_780_308_000_000_000L);
    assertThat(e.eventType()).isEqualTo("purchase");
    assertThat(e.visitor()).isEqualTo("u");
    assertThat(Records.text(e, "user_id")).isEqualTo("u");
    assertThat(Records.text(e, "anonymous_id")).isEqualTo("a");
    assertThat(Records.text(e, "session_id")).isEqualTo("s");
    assertThat(e.page()).isEqualTo("/a/b");
    assertThat(e.url()).isEqualTo("https://shop.example/a/b?x=1#y");
    assertThat(e.referrer()).isEqualTo("r");
    assertThat(e.ipAddress()).isEqualTo("203.0.113.9");
    assertThat(e.userAgent()).isEqualTo("ua");
    assertThat(Records.text(e, "product_id")).isEqualTo("p");
    assertThat(Records.number(e, "price")).isEqualTo(12_500_000L);
    assertThat(Records.number(e, "quantity")).isEqualTo(2L);
    assertThat(Records.text(e, "currency")).isEqualTo("EUR");
    assertThat(e.properties()).isEqualTo("{\"k\":1}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"\\ud800\":1",
        "\"a\\udc00b\":1",
        "\"\\ud800\\u0041\":1",
        "\"properties\":{\"a long name, half a character \\uDBFF in it\":1}",
        "\"x\":\"\\ud83d\""
      })
  void halfACharacterIsOneFaultInANameAndInAString(String member) {
    ParsedEvent e = with(member);
    assertThat(e.reasons()).extracting(Reason::code).containsExactly(ReasonCode.ILLEGAL_CHARACTER);
    assertThat(e.isWhole()).isTrue();
    assertThat(Records.text(e, "user_id")).isEqualTo("u");
  }

  @Test
  void aNameMayHoldBothHalvesAndABackslash() {
    assertThat(with("\"\\ud83d\\ude00\":1,\"\\\\ud800\":2").properties())
        .isEqualTo("{\"😀\":1,\"\\\\ud800\":2}");
    assertThat(codes(with("\"\\\\ud800\":2"))).isEmpty();
    assertThat(codes(with("\"\\ud800\":x"))).containsExactly("MALFORMED_JSON");
  }

  @Test
  void aNumberThatBreaksOffIsNotJudged() {
    assertThat(codes(parse("{\"user_id\":\"u\",\"timestamp\":0x19E8}")))
        .containsExactly("MALFORMED_JSON");
    assertThat(codes(parse("{\"timestamp\":1780308000"))).containsExactly("MALFORMED_JSON");
    assertThat(codes(parse("{\"price\":-1,\"timestamp\":1x")))
        .containsExactly("MALFORMED_JSON", "NUMBER_OUT_OF_RANGE price");
  }

  @Test
  void aQuantityShowsEveryRuleThatItBreaks() {
    assertThat(codes(with("\"quantity\":1000000.5")))
        .containsExactly("NUMBER_OUT_OF_RANGE quantity", "NUMBER_TOO_PRECISE quantity");
    assertThat(codes(with("\"quantity\":1000000.00000000000000000000001")))
        .containsExactly("NUMBER_OUT_OF_RANGE quantity", "NUMBER_TOO_PRECISE quantity");
    assertThat(codes(with("\"quantity\":999999.5"))).containsExactly("NUMBER_TOO_PRECISE quantity");
    assertThat(Records.number(with("\"quantity\":1000000.0"), "quantity")).isEqualTo(1_000_000);
  }

  @Test
  void blankPropertiesAreNone() {
    assertThat(with("\"properties\":\" \"").properties()).isNull();
    assertThat(with("\"properties\":\"\",\"x\":1").properties()).isEqualTo("{\"x\":1}");
  }

  @ParameterizedTest
  @MethodSource("readColumns")
  void aBlankUnderOneNameHidesNoValueUnderAnother(ContractColumn column) {
    String value =
        switch (column.name()) {
          case "event_time" -> "1780308000000";
          case "properties" -> "{\"k\":1}";
          default -> "\"7\"";
        };
    List<String> names = new ArrayList<>(column.from().stream().map(JsonPath::toString).toList());
    names.add("mapped");
    for (String name : names) {
      ParsedEvent alone = only(column, List.of(member(name, value)));
      assertThat(alone.reasons()).isEmpty();
      for (String blank : List.of("\"\"", "\" \\t\\u2003\"", "null")) {
        List<String> members =
            new ArrayList<>(
                names.stream().map(n -> member(n, n.equals(name) ? value : blank)).toList());
        for (int turn = 0; turn < names.size(); turn++) {
          Collections.rotate(members, 1);
          assertThat(only(column, members))
              .as("%s", members)
              .usingRecursiveComparison()
              .ignoringFields("fingerprint")
              .isEqualTo(alone);
        }
      }
    }
  }

  private static Stream<ContractColumn> readColumns() {
    return Contract.own().columns().stream().filter(ContractColumn::isRead);
  }

  /** An event with these members, and with a time and a visitor that they do not give. */
  private static ParsedEvent only(ContractColumn column, List<String> members) {
    List<String> all = new ArrayList<>(members);
    if (!column.name().equals("event_time")) {
      all.add(member("ts", "1780308000000"));
    }
    all.add(member(column.name().equals("user_id") ? "session_id" : "user_id", "\"v\""));
    return Records.parse(
        new EventParser(Records.rules(Map.of(column.from().get(0).toString(), "mapped"))),
        ("{" + String.join(",", all) + "}").getBytes(StandardCharsets.UTF_8));
  }

  private static String member(String name, String value) {
    return "\"" + name + "\":" + value;
  }

  @Test
  void aPageViewUnderASecondNameCounts() {
    ParsedEvent e = parse("{\"timestamp\":\"\",\"ts\":\"2026-06-01T10:00:00Z\",\"user_id\":1}");
    assertThat(e.reasons()).isEmpty();
    assertThat(e.eventTimeMicros()).isEqualTo(1_780_308_000_000_000L);
    assertThat(with("\"page\":\"\",\"url\":\"/x\"").page()).isEqualTo("/x");
    assertThat(with("\"page\":\"\",\"url\":\"/x\"").eventType()).isEqualTo("page_view");
  }

  @Test
  void aSiteIsWhatTheEventSaysElseItsTopic() {
    assertThat(with("").site()).isEqualTo("t");
    assertThat(with("\"site\":\" \"").site()).isEqualTo("t");
    assertThat(with("\"site\":\"shop-de\"").site()).isEqualTo("shop-de");
    assertThat(with("\"site_id\":7").site()).isEqualTo("7");
    assertThat(with("\"app_id\":\"a\",\"site_id\":\"b\"").site()).isEqualTo("b");
    assertThat(with("\"site_id\":\"b\",\"site\":\"c\"").properties())
        .isEqualTo("{\"site_id\":\"b\"}");
    assertThat(codes(with("\"site\":{}"))).containsExactly("WRONG_TYPE site");
  }

  @Test
  void anEventHasTheDayOfItsSite() {
    EventParser parser =
        new EventParser(
            EventRules.defaults()
                .with(Contracts.of("sites: {shop-in: {time_zone: Asia/Kolkata}}")));
    String late = "{\"ts\":\"2026-05-31T18:30:00Z\",\"user_id\":\"u\"%s}";

    assertThat(day(parser, late.formatted(",\"site\":\"shop-in\"")))
        .isEqualTo(LocalDate.of(2026, 6, 1));
    assertThat(day(parser, late.formatted(",\"site\":\"shop-us\"")))
        .isEqualTo(LocalDate.of(2026, 5, 31));
    assertThat(day(parser, late.formatted(""))).isEqualTo(LocalDate.of(2026, 5, 31));
  }

  private static LocalDate day(EventParser parser, String event) {
    return LocalDate.ofEpochDay(
        Records.parse(parser, event.getBytes(StandardCharsets.UTF_8)).localDay());
  }

  @Test
  void theLeastEventHasATimeAndAVisitor() {
    ParsedEvent e = parse("{\"ts\":1780308000000,\"user_session\":7}");

    assertThat(e.reasons()).isEmpty();
    assertThat(e.eventId()).isEqualTo("k:0:t:3:42");
    assertThat(e.eventType()).isEqualTo("unknown");
    assertThat(e.visitor()).isEqualTo("7");
    assertThat(e.page()).isNull();
    assertThat(Records.number(e, "price")).isNull();
    assertThat(Records.number(e, "quantity")).isNull();
    assertThat(e.properties()).isNull();
  }

  @Test
  void aBadEventShowsAllItsReasons() {
    assertThat(
            codes(
                parse(
                    "{\"timestamp\":\"2026-06-01 10:00:00\",\"user_id\":\" \",\"page\":7,"
                        + "\"price\":-1.1234567,\"quantity\":1.5,\"x\":\"\\u0000\"}")))
        .containsExactlyInAnyOrder(
            "TIMESTAMP_WITHOUT_ZONE timestamp",
            "MISSING_FIELD user_id",
            "WRONG_TYPE page",
            "NUMBER_OUT_OF_RANGE price",
            "NUMBER_TOO_PRECISE price",
            "NUMBER_TOO_PRECISE quantity",
            "ILLEGAL_CHARACTER x");
  }

  @Test
  void brokenJsonShowsWhatWasKnownTillThen() {
    assertThat(codes(parse("{\"user_id\":true,\"page\":")))
        .containsExactlyInAnyOrder("MALFORMED_JSON", "WRONG_TYPE user_id");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"event_type\":\"view\" | page_view",
        "\"event_type\":\"VIEW\" | page_view",
        "\"type\":\" cart \" | add_to_cart",
        "\"event\":\"Page_View\" | page_view",
        "\"event\":\"remove_from_cart\" | remove_from_cart",
        "\"event_type\":\"Wishlist\" | Wishlist",
        "\"event_type\":\"\",\"page\":\"/x\" | page_view",
        "\"event_type\":null,\"url\":\"/x\" | page_view",
        "\"event_type\":\"\" | unknown"
      })
  void typesAreCanonical(String members, String type) {
    assertThat(with(members).eventType()).isEqualTo(type);
  }

  @ParameterizedTest
  @CsvSource({
    "/a, /a",
    "/a?b#c, /a",
    "/a#c?b, /a",
    "https://host/a/b?x, /a/b",
    "HTTPS://host:8080/A%20b/, /A%20b/",
    "https://host, /",
    "https://host/, /",
    "https://host?x, /",
    "android-app://com.shop/cart, /cart",
    "//host/a, /a",
    "?x, /",
    "#x, /",
    "a/b, a/b",
    "/a://b, /a://b",
    "product:5, product:5"
  })
  void aPageCountsUnderItsPath(String page, String path) {
    ParsedEvent e = with("\"page\":\"" + page + "\"");

    assertThat(e.page()).isEqualTo(path);
    assertThat(e.url()).isEqualTo(page);
  }

  @Test
  void aProductViewWithoutAPageCountsUnderItsProduct() {
    assertThat(with("\"type\":\"view\",\"product_id\":17").page()).isEqualTo("product:17");
    assertThat(with("\"type\":\"view\",\"product_id\":17,\"page\":\"/x\"").page()).isEqualTo("/x");
    assertThat(with("\"type\":\"cart\",\"product_id\":17").page()).isNull();
    assertThat(with("\"product_id\":17").page()).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "-0, 0",
    "-0.0, 0",
    "12.5, 12500000",
    "0.000001, 1",
    "1.5000000000, 1500000",
    "1e3, 1000000000",
    "999999999999.999999, 999999999999999999",
    "\"12.50\", 12500000"
  })
  void pricesAreExact(String price, long unscaled) {
    ParsedEvent e = with("\"price\":" + price);

    assertThat(e.reasons()).isEmpty();
    assertThat(Records.number(e, "price")).isNotNull();
    assertThat(Records.number(e, "price")).isEqualTo(unscaled);
  }

  @ParameterizedTest
  @CsvSource({
    "-0.01, NUMBER_OUT_OF_RANGE",
    "1000000000000, NUMBER_OUT_OF_RANGE",
    "1e400, NUMBER_OUT_OF_RANGE",
    "99999999999999999999, NUMBER_OUT_OF_RANGE",
    "0.0000001, NUMBER_TOO_PRECISE",
    "1.123456789012345678901234567890, NUMBER_TOO_PRECISE",
    "NaN, INVALID_NUMBER",
    "Infinity, INVALID_NUMBER",
    "-Infinity, INVALID_NUMBER",
    "\"12_50\", INVALID_NUMBER",
    "\"NaN\", INVALID_NUMBER",
    "true, WRONG_TYPE",
    "[1], WRONG_TYPE"
  })
  void otherPricesAreNone(String price, ReasonCode code) {
    assertThat(codes(with("\"price\":" + price))).containsExactly(code + " price");
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "1.0, 1", "1e2, 100", "1000000, 1000000", "\"3\", 3"})
  void quantitiesAreWhole(String quantity, int value) {
    assertThat(Records.number(with("\"quantity\":" + quantity), "quantity")).isEqualTo(value);
  }

  @ParameterizedTest
  @CsvSource({"1000001, NUMBER_OUT_OF_RANGE", "-1, NUMBER_OUT_OF_RANGE", "1.5, NUMBER_TOO_PRECISE"})
  void otherQuantitiesAreNone(String quantity, ReasonCode code) {
    assertThat(codes(with("\"quantity\":" + quantity))).containsExactly(code + " quantity");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.5", "1e3", "true", "{}", "[]"})
  void anIdIsAStringOrAWholeNumber(String id) {
    assertThat(codes(with("\"event_id\":" + id))).containsExactly("WRONG_TYPE event_id");
    assertThat(codes(parse("{\"ts\":1780308000000,\"user_id\":" + id + "}")))
        .containsExactly("WRONG_TYPE user_id");
  }

  @Test
  void anEventMayLieAsFarAheadAsAllowedAndNoFurther() {
    assertThat(parse("{\"user_id\":1,\"ts\":\"2026-06-01T13:00:00Z\"}").isGood()).isTrue();
    assertThat(codes(parse("{\"user_id\":1,\"ts\":\"2026-06-01T13:00:00.000001Z\"}")))
        .containsExactly("TIMESTAMP_AHEAD timestamp");
  }

  @Test
  void theBrokersClockDecidesWhereItIsThere() {
    byte[] value = event("").getBytes(StandardCharsets.UTF_8);
    long time = 1_780_308_000_000_000L;
    EventParser parser = new EventParser(EventRules.defaults());

    assertThat(parsed(parser, value, time - HOUR, TimestampType.LOG_APPEND_TIME)).isTrue();
    assertThat(parsed(parser, value, time - HOUR - 1, TimestampType.LOG_APPEND_TIME)).isFalse();
    assertThat(parsed(parser, value, time - HOUR - 1, TimestampType.CREATE_TIME)).isTrue();
    assertThat(parsed(parser, value, -1, TimestampType.LOG_APPEND_TIME)).isTrue();
    assertThat(parsed(parser, value, Long.MAX_VALUE, TimestampType.LOG_APPEND_TIME)).isTrue();
  }

  private static boolean parsed(EventParser parser, byte[] value, long kafka, TimestampType type) {
    return parser.parse(value, kafka, type, Records.INGESTED, 0, "t", 0, 0).isGood();
  }

  @Test
  void anEventOnTheFloorIsGood() {
    assertThat(parse("{\"user_id\":1,\"ts\":\"2010-01-01T00:00:00Z\"}").isGood()).isTrue();
    assertThat(codes(parse("{\"user_id\":1,\"ts\":\"2009-12-31T23:59:59.999999Z\"}")))
        .containsExactly("TIMESTAMP_BEFORE_FLOOR timestamp");
  }

  @Test
  void ofSeveralNamesTheContractsFirstWinsWhateverTheOrder() {
    for (String members :
        new String[] {
          "\"page\":\"/p\",\"url\":\"/u\",\"page_url\":[1]",
          "\"page_url\":[1],\"url\":\"/u\",\"page\":\"/p\"",
          "\"url\":\"/u\",\"page\":\"/p\",\"page_url\":[1]"
        }) {
      ParsedEvent e = with(members);
      assertThat(e.reasons()).isEmpty();
      assertThat(e.url()).isEqualTo("/p");
      assertThat(e.properties()).contains("\"url\":\"/u\"").contains("\"page_url\":[1]");
    }
    assertThat(with("\"page\":null,\"url\":\"/u\"").url()).isEqualTo("/u");
  }

  @Test
  void aProducersOwnNamesAreMapped() {
    EventParser parser =
        new EventParser(
            Records.rules(
                Map.of(
                    "user_id", "payload.user.id",
                    "timestamp", "at",
                    "page", "payload.a\\.b",
                    "product_id", "type",
                    "price", "properties.cost")));
    ParsedEvent e =
        Records.parse(
            parser,
            """
            {"payload":{"user":{"id":5,"n":[1,{"id":6}]},"a.b":"/x"},"at":1780308000000,
             "type":"p1","user_id":"other","properties":{"cost":2.50,"c":1}}"""
                .getBytes(StandardCharsets.UTF_8));

    assertThat(e.reasons()).isEmpty();
    assertThat(Records.text(e, "user_id")).isEqualTo("5");
    assertThat(e.page()).isEqualTo("/x");
    assertThat(Records.text(e, "product_id")).isEqualTo("p1");
    assertThat(Records.number(e, "price")).isEqualTo(2_500_000L);
    assertThat(e.properties())
        .isEqualTo(
            "{\"cost\":2.50,\"c\":1,\"payload\":{\"user\":{\"id\":5,\"n\":[1,{\"id\":6}]},"
                + "\"a.b\":\"/x\"},\"user_id\":\"other\"}");
  }

  @Test
  void aMappedNameThatStandsTwiceIsADuplicate() {
    EventParser parser = new EventParser(Records.rules(Map.of("user_id", "a.b")));

    for (String a : new String[] {"{\"b\":1,\"b\":2}", "{\"b\":1},\"a\":{\"b\":2}"}) {
      String json = "{\"ts\":1780308000000,\"a\":" + a + "}";
      assertThat(codes(Records.parse(parser, json.getBytes(StandardCharsets.UTF_8))))
          .anyMatch(code -> code.startsWith("DUPLICATE_KEY"));
    }
  }

  @Test
  void aMappingThatMakesNoSenseStopsTheStart() {
    for (Map<String, String> fields :
        java.util.List.of(
            Map.of("userid", "x"),
            Map.of("user_id", "a..b"),
            Map.of("user_id", "a\\"),
            Map.of("user_id", "a", "page", "a"))) {
      assertThatThrownBy(() -> Records.rules(fields)).isInstanceOf(MedallionException.class);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"x\":1.10e5 | {\"x\":1.10e5}",
        "\"x\":null,\"y\":true | {\"x\":null,\"y\":true}",
        "\"x\":\"\\u00e9\\n\" | {\"x\":\"\\u00e9\\n\"}",
        "\"x\":[ 1, {\"a\":1} ] | {\"x\":[ 1, {\"a\":1} ]}",
        "\"x\\\"y\":1 | {\"x\\\"y\":1}",
        "\"Page\":\"/x\" | {\"Page\":\"/x\"}",
        "\"properties\":{},\"x\":1 | {\"x\":1}",
        "\"x\":1,\"properties\":{ \"y\":2 } | { \"y\":2 ,\"x\":1}",
        "\"x\":1,\"properties\":{\"x\":2} | {\"x\":2,\"$.x\":1}",
        "\"x\":1,\"$.x\":2,\"properties\":{\"x\":3} | {\"x\":3,\"$.$.x\":1,\"$.x\":2}",
        "\"properties\":\"text\" | {\"properties\":\"text\"}",
        "\"properties\":[1],\"x\":2 | {\"x\":2,\"properties\":[1]}",
        "\"properties\":null | ",
        "\"properties\":{} | {}"
      })
  void whatTheContractDoesNotKnowIsKept(String members, String properties) {
    ParsedEvent e = with(members);

    assertThat(e.reasons()).isEmpty();
    assertThat(e.properties()).isEqualTo(properties);
  }

  @Test
  void theFingerprintIsOfWhatWasSaidWhateverTheOrderAndWhiteSpace() {
    long print = parse("{\"ts\":1780308000000,\"user_id\":\"u\",\"x\":{\"a\":1}}").fingerprint();

    assertThat(
            parse(" {\"x\": {\"a\" :1}, \"user_id\":\"u\",\n\"ts\":1780308000000}").fingerprint())
        .isEqualTo(print);
    for (String other :
        new String[] {
          "{\"ts\":1780308000000,\"user_id\":\"u\",\"x\":{\"a\":2}}",
          "{\"ts\":1780308000000,\"user_id\":\"u\",\"x\":{\"b\":1}}",
          "{\"ts\":1780308000000,\"user_id\":\"u\",\"x\":{\"a\":\"1\"}}",
          "{\"ts\":1780308000000,\"user_id\":\"u\",\"x\":[\"a\",1]}",
          "{\"ts\":1780308000000,\"user_id\":\"u\",\"x\":{\"a\":1},\"y\":null}",
          "{\"ts\":1780308000000,\"user_id\":\"u\"}",
          "{\"ts\":1780308000000,\"user_id\":\"x\",\"u\":{\"a\":1}}"
        }) {
      assertThat(parse(other).fingerprint()).as(other).isNotEqualTo(print);
    }
  }

  @Test
  void anEscapeSaysTheSameAsItsCharacter() {
    for (int length = 1; length < 70; length++) {
      String text = "0123456789".repeat(7).substring(0, length);
      String members =
          "{\"ts\":1780308000000,\"user_id\":\"%s\",\"x\":[\"%s\"],\"event_id\":\"%s\"}";
      ParsedEvent plain = parse(members.formatted(text, text, text));
      long print = plain.fingerprint();
      assertThat(Records.text(plain, "user_id")).isEqualTo(text);

      String escaped = text.substring(1);
      for (String other :
          List.of(
              members.formatted("\\u0030" + escaped, text, text),
              members.formatted(text, "\\u0030" + escaped, text))) {
        assertThat(parse(other).fingerprint()).as(other).isEqualTo(print);
        assertThat(Records.text(parse(other), "user_id")).isEqualTo(text);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"ts\":1780308000000,\"user_id\":\"u",
        "{\"ts\":1780308000000,\"user_id\":\"",
        "{\"ts\":1780308000000,\"x\":\"u",
        "{\"ts\":1780308000000,\"user_id\":\"a\tb\"}",
        "{\"ts\":1780308000000,\"user_id\":\"a\u0001b and more of it\"}",
        "{\"ts\":1780308000000,\"user_id\":\"a\u001f\"}",
        "{\"ts\":1780308000000,\"user_id\":\"u\",\"price\":\"1\tx\"}",
        "{\"ts\":1780308000000,\"user_id\":\"u\",\"x\":[\"a\nb\"]}"
      })
  void whatNoStringMayHoldIsRefusedAsOfAnEventThatIsNotPlain(String value) {
    List<String> reasons = codes(parse(value));

    assertThat(reasons).contains("MALFORMED_JSON");
    assertThat(codes(parse(value.replace("{", "{\"é\":1,")))).isEqualTo(reasons);
  }

  @Test
  void aTimeWithAControlCharacterIsNoTime() {
    String value = "{\"user_id\":\"u\",\"timestamp\":\"2026-06-01T10:00:00Z\t\"}";

    assertThat(codes(parse(value))).isEqualTo(codes(parse(value.replace("{", "{\"é\":1,"))));
  }

  @Test
  void whatAContractReadsLeavesTheObjectItIsIn() {
    EventParser parser = new EventParser(EventRules.defaults().with(nested()));
    Map<String, String> kept =
        Map.of(
            "\"p\":{\"a\":1,\"b\":2}", "{\"p\":{\"b\":2}}",
            "\"p\":{\"b\":2,\"a\":1}", "{\"p\":{\"b\":2}}",
            "\"p\":{ \"b\" : 2 , \"a\" : \"1\" , \"c\":3 }", "{\"p\":{ \"b\" : 2 ,  \"c\":3 }}",
            "\"p\":{\"a\":1},\"q\":5", "{\"p\":{},\"q\":5}",
            "\"properties\":{ \"a\":1 },\"q\":5", "{\"q\":5}",
            "\"properties\":{\"x\":{\"y\":\"é\\u00e9\",\"z\":[1]},\"a\":5}", "{\"x\":{\"z\":[1]}}",
            "\"a\":7,\"p\":{\"a\":1}", "{\"p\":{\"a\":1}}",
            "\"p\":{\"a\":1},\"a\":7", "{\"p\":{\"a\":1}}",
            "\"properties\":{\"a\":1,\"b\":\"2\",\"c\":3}", "{\"c\":3}",
            "\"p\":{\"a\":null}", "{\"p\":{\"a\":null}}");
    kept.forEach(
        (members, properties) -> {
          ParsedEvent event =
              Records.parse(parser, Records.event(members).getBytes(StandardCharsets.UTF_8));
          assertThat(event.properties()).as(members).isEqualTo(properties);
        });
  }

  @Test
  void aBlankOfAContractsPathHidesNothingAndStaysWhereItIs() {
    EventParser parser = new EventParser(EventRules.defaults().with(nested()));
    Map<String, String> kept =
        Map.of(
            "\"a\":\"\",\"p\":{\"a\":1,\"b\":2}", "{\"p\":{\"b\":2}}",
            "\"p\":{\"a\":\" \",\"b\":2},\"a\":1", "{\"p\":{\"a\":\" \",\"b\":2}}");
    kept.forEach(
        (members, properties) -> {
          ParsedEvent event =
              Records.parse(parser, Records.event(members).getBytes(StandardCharsets.UTF_8));
          assertThat(event.text(Contract.own().columns().size())).as(members).isEqualTo("1");
          assertThat(event.properties()).as(members).isEqualTo(properties);
        });
  }

  private static Contract nested() {
    return contract(
        "columns:",
        "  a: {type: string, whole_numbers: true, from: [a, p.a]}",
        "  own: {type: string, whole_numbers: true, from: properties.a}",
        "  b: {type: string, from: properties.b}",
        "  y: {type: string, from: properties.x.y}");
  }

  private static Contract contract(String... lines) {
    try {
      Path file = Files.createTempFile("contract", ".yaml");
      try {
        Files.write(file, List.of(lines));
        return Contract.read(file.toString());
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
