package io.medallion.common.event;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.medallion.common.contract.Contracts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Dates and arrays, which are read without the classes that they are compared with here. */
class ColumnReaderTest {
  private final EventRules rules =
      EventRules.defaults()
          .with(
              Contracts.of(
                  "columns: {since: {type: date, from: since}, tags: {type: array of string, from: tags}}"));
  private final EventParser parser = new EventParser(rules);

  private ParsedEvent parse(String member, String json) {
    String event = Records.event("\"%s\":%s".formatted(member, json));
    return Records.parse(parser, event.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 100, 400, 1600, 1900, 1969, 1970, 2000, 2024, 2100, 9999})
  void everyDayOfAYearIsReadAndNoOther(int year) {
    for (int month = 0; month <= 13; month++) {
      for (int day = 0; day <= 32; day++) {
        ParsedEvent event = parse("since", "\"%04d-%02d-%02d\"".formatted(year, month, day));
        try {
          LocalDate expected = LocalDate.of(year, month, day);
          assertThat(event.number(rules.column("since"))).isEqualTo(expected.toEpochDay());
        } catch (DateTimeException e) {
          assertThat(Records.codes(event)).containsExactly("INVALID_TIMESTAMP since");
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "2026-6-01",
        "2026-06-1",
        "2026-06-01 ",
        "2026-06-01T10:00:00Z",
        "+2026-06-01",
        "-026-06-01",
        "2026/06/01",
        "0000-01-01"
      })
  void whatIsNoDateIsRefused(String text) {
    ParsedEvent event = parse("since", "\"" + text + "\"");
    if (text.isEmpty()) {
      assertThat(event.has(rules.column("since"))).isFalse();
    } else {
      assertThat(Records.codes(event)).containsExactly("INVALID_TIMESTAMP since");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "[ ]",
        "[\"\"]",
        "[\"a\"]",
        "[\"a\",\"b\"]",
        " [ \"a\" ,\n\t\"b\" , \"c]\" , \",\" ] ",
        "[\"]\", \"[\", \" \"]",
        "[\"with \\\"quotes\\\"\", \"and \\\\ back\", \"\\u00fc\"]",
        "[\"gr\u00fc\u00dfe\", \"\ud83d\ude00\"]"
      })
  void anArrayOfStringsIsReadAsJacksonReadsIt(String json) throws IOException {
    ParsedEvent event = parse("tags", json);
    assertThat(Records.codes(event)).isEmpty();
    assertThat((String[]) event.values[rules.column("tags")])
        .isEqualTo(new ObjectMapper().readValue(json, String[].class));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[1]",
        "[\"a\", 1]",
        "[null]",
        "[\"a\", null]",
        "[[\"a\"]]",
        "[\"a\", [\"b\"]]",
        "[{}]",
        "{\"a\": \"b\"}",
        "\"a\"",
        "1"
      })
  void anotherValueIsNoArrayOfStrings(String json) {
    assertThat(Records.codes(parse("tags", json))).containsExactly("WRONG_TYPE tags");
  }

  @Test
  void aNullIsAbsent() {
    assertThat(parse("tags", "null").has(rules.column("tags"))).isFalse();
  }
}
