package io.medallion.common.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ErasedRecordsTest {
  private static final ErasureKey KEY = ErasureKey.of("a key");
  private static final EventRules RULES = EventRules.defaults();
  private static final long KAFKA_MICROS = 1_772_000_000_000_000L;

  private final ErasedRecords erased =
      new ErasedRecords(
          RULES,
          ErasedIds.of(
              "1",
              KEY,
              List.of(
                  KEY.entry(ErasedIds.Kind.USER, "42"),
                  KEY.entry(ErasedIds.Kind.USER, "customer-ü-42"),
                  KEY.entry(ErasedIds.Kind.ANONYMOUS, "device-42"),
                  KEY.entry(ErasedIds.Kind.SESSION, "s42")),
              List.of("null", "None")));

  /** Its best id says whose an event is: the same text of another kind is somebody else. */
  @ParameterizedTest
  @CsvSource({
    "42, , , true",
    "43, , , false",
    "device-42, , , false",
    ", device-42, , true",
    ", 42, , false",
    "43, device-42, s42, false",
    "NULL, device-42, , true",
    "' ', none, s42, true",
    ", d, s42, false",
    "customer-ü-42, , , true",
    ", , , false"
  })
  void anEventIsOfThePersonOfItsBestId(
      String user, String anonymous, String session, boolean expected) {
    assertThat(erased.concerns(user, anonymous, session)).isEqualTo(expected);
    // A second look, which the cache answers.
    assertThat(erased.concerns(user, anonymous, session)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        // Cut off, but the id follows its name.
        "{\"user_id\":\"42\",\"timest| true",
        "{\"user_id\" : 42 ,| true",
        "{\"userId\":\"42\"| false",
        // A long id tells by itself, wherever it is; a short one may be anything.
        "{\"who\":{\"is\":\"device-42\"}| true",
        "[\"customer-ü-42\"]| true",
        "{\"who\":\"customer-\\u00fc-42\"| true",
        "{\"price\":42,\"page\":\"/42\"| false",
        "not JSON at all: device-42| true",
        "device-421| false",
        // A whole event that breaks a rule for its time.
        "{\"user_id\":\"42\",\"timestamp\":\"yesterday\"}| true",
        "{\"user_id\":\"43\",\"timestamp\":\"yesterday\"}| false"
      })
  void aRecordThatBreaksARuleIsOfWhoeverItNames(String value, boolean expected) {
    assertThat(concerns(null, value)).isEqualTo(expected);
  }

  @Test
  void aRecordThatBreaksARuleIsOfItsKeysPerson() {
    assertThat(concerns("42", "{")).isTrue();
    assertThat(concerns("43", "{")).isFalse();
    assertThat(concerns("42", null)).isTrue();
  }

  /** Whom an event is of, its ids say; what else it mentions does not. */
  @Test
  void aGoodEventIsNotTakenForWhatItMentions() {
    String event =
        "{\"user_id\":\"43\",\"timestamp\":\"2026-01-01T00:00:00Z\",\"friend\":\"device-42\"}";
    assertThat(concerns("42", event)).isFalse();
  }

  @Test
  void whatIsRememberedNamesNobody() {
    String entry = KEY.entry(ErasedIds.Kind.USER, "customer-ü-42");
    assertThat(entry).startsWith("user:14:").doesNotContain("customer").hasSize(8 + 64);
    assertThat(ErasureKey.of("another").entry(ErasedIds.Kind.USER, "customer-ü-42"))
        .isNotEqualTo(entry);
    assertThat(KEY).hasToString("(hidden)");
    assertThat(ErasureKey.random()).hasSize(64).isNotEqualTo(ErasureKey.random());
  }

  private boolean concerns(String key, String value) {
    byte[] bytes = value == null ? null : value.getBytes(StandardCharsets.UTF_8);
    ParsedEvent event =
        new EventParser(RULES)
            .parse(bytes, KAFKA_MICROS, TimestampType.LOG_APPEND_TIME, KAFKA_MICROS, 0, "t", 0, 7);
    return erased.concerns(event, key == null ? null : key.getBytes(StandardCharsets.UTF_8), bytes);
  }
}
