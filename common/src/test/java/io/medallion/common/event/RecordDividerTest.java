package io.medallion.common.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.common.contract.BatchRules;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordDividerTest {
  private static final RecordDivider ARRAY = divider();
  private static final RecordDivider BATCH = divider("batch");

  @Test
  void eachElementIsAnEventByteForByte() {
    String value =
        "\uFEFF { \"sentAt\" : \"x\", \"batch\" : [ {\"a\" : 1 , \"b\":[{}]},null,\"t\\u0041€\" , -1.50e2,true,[ 1 ] ], \"n\":{\"batch\":[2]} }";

    assertThat(events(BATCH, value))
        .containsExactly(
            "{\"a\" : 1 , \"b\":[{}]}", "null", "\"t\\u0041€\"", "-1.50e2", "true", "[ 1 ]");
    assertThat(text(BATCH.divide(bytes(value)).envelope()))
        .isEqualTo(" { \"sentAt\" : \"x\", \"batch\" : [ ,, , ,, ], \"n\":{\"batch\":[2]} }");
  }

  @Test
  void aPathMayLeadThroughObjectsAndARecordMayBeTheArray() {
    assertThat(
            events(
                divider("data", "events"),
                "{\"events\":[9],\"data\":{\"x\":[1],\"events\":[2,3]}}"))
        .containsExactly("2", "3");
    assertThat(events(ARRAY, "[{},{\"batch\":[1]}]")).containsExactly("{}", "{\"batch\":[1]}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"batch\":[]}",
        "{\"batch\":{}}",
        "{\"batch\":null}",
        "{\"event\":1}",
        "[1,2]",
        "7",
        "",
        "  ",
        "{\"batch\":[1,2]",
        "{\"batch\":[1,2",
        "{\"batch\":[1,]}",
        "{\"batch\":[1]} {}",
        "{\"batch\":[1],\"batch\":[2]}"
      })
  void whatHasNoSuchArrayIsOneEvent(String value) {
    assertThat(BATCH.divide(bytes(value))).isNull();
  }

  @Test
  void whatIsNotUtf8IsOneEvent() {
    assertThat(BATCH.divide("{\"batch\":[\"ä\"]}".getBytes(StandardCharsets.ISO_8859_1))).isNull();
    assertThat(ARRAY.divide("[1]".getBytes(StandardCharsets.UTF_16LE))).isNull();
  }

  @ParameterizedTest
  @CsvSource({"65536, true", "65537, false"})
  void aRecordHoldsSoManyEvents(int events, boolean divided) {
    assertThat(ARRAY.divide(bytes("[1" + ",1".repeat(events - 1) + "]")) != null)
        .isEqualTo(divided);
  }

  @Test
  void eventsThatAreGoneLeaveTheOthersAtTheirPlaces() {
    byte[] left =
        divider("a", "b")
            .without(
                bytes("{\"user\":\"u\",\"a\":{\"b\":[{\"x\":1}, 2,3]}}"), Set.of(0, 2)::contains);

    assertThat(text(left))
        .isEqualTo("{\"a\":{\"b\":[\"medallion-erased\",2,\"medallion-erased\"]}}");
    RecordDivider divider = divider("a", "b");
    assertThat(divider.divide(left).events())
        .extracting(RecordDivider::isGone)
        .containsExactly(true, false, true);
    assertThat(divider.areAllNobodys(left)).isFalse();
    assertThat(divider.areAllNobodys(divider.without(left, Set.of(1)::contains))).isTrue();
    assertThat(BATCH.without(bytes("{}"), Set.of(0)::contains)).isNull();
  }

  @Test
  void eventsHaveWhatTheyShareUnlessItIsTheirOwn() {
    RecordDivider divider =
        new RecordDivider(new BatchRules(true, List.of("batch"), List.of("sentAt", "a\"b", "n")));
    String value =
        "{\"sentAt\": \"x\", \"batch\":[{}, {\"e\":1 } ,{\"sentAt\":null},7], \"a\\\"b\":{\"c\":[1, 2]},\"sentAt\":-1.5e3 ,\"more\":1}";
    assertThat(events(divider, value))
        .containsExactly(
            "{\"sentAt\":-1.5e3,\"a\\\"b\":{\"c\":[1, 2]}}",
            "{\"e\":1 ,\"sentAt\":-1.5e3,\"a\\\"b\":{\"c\":[1, 2]}}",
            "{\"sentAt\":null,\"a\\\"b\":{\"c\":[1, 2]}}",
            "7");
    // What is left of a record after one of its events went has them in the events.
    byte[] left = divider.without(bytes(value), Set.of(1)::contains);
    assertThat(events(divider, text(left)))
        .containsExactly(
            "{\"sentAt\":-1.5e3,\"a\\\"b\":{\"c\":[1, 2]}}",
            RecordDivider.GONE,
            "{\"sentAt\":null,\"a\\\"b\":{\"c\":[1, 2]}}",
            "7");
    assertThat(events(divider, "{\"batch\":[{\"e\":1}]}")).containsExactly("{\"e\":1}");
    assertThat(events(divider, "{\"batch\":[{\"e\":1}],\"data\":{\"n\":2}}"))
        .containsExactly("{\"e\":1}");
  }

  @Test
  void aRecordWhoseSharedMembersWouldTakeTooMuchIsOneEvent() {
    RecordDivider divider = new RecordDivider(new BatchRules(true, List.of("batch"), List.of("n")));
    String shared = "x".repeat(1 << 20);
    String events = "{}" + ",{}".repeat(62);
    assertThat(divider.divide(bytes("{\"n\":\"%s\",\"batch\":[%s]}".formatted(shared, events))))
        .isNotNull();
    assertThat(divider.divide(bytes("{\"n\":\"%s\",\"batch\":[%s,{}]}".formatted(shared, events))))
        .isNull();
  }

  private static RecordDivider divider(String... names) {
    return new RecordDivider(new BatchRules(true, List.of(names), List.of()));
  }

  private static List<String> events(RecordDivider divider, String value) {
    return divider.divide(bytes(value)).events().stream().map(RecordDividerTest::text).toList();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
