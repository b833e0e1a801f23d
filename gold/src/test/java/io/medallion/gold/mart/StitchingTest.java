package io.medallion.gold.mart;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.gold.mart.Stitching.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StitchingTest {
  private static final Stitching ON = Stitching.of(List.of("null", " Undefined ", "0"));

  /** The best id says whose an event is; a placeholder is no id. What is no user's is marked. */
  @ParameterizedTest
  @CsvSource({
    "u, a, s, u",
    "u, , , u",
    ", a, s, <a>a",
    ", , s, <s>s",
    "null, a, s, <a>a",
    "' NULL ', a, s, <a>a",
    "undefined, 0, s, <s>s",
    "' ', a, , <a>a",
    "nullable, a, , nullable",
    "00, a, , 00"
  })
  void anEventIsOfItsBestId(String user, String anonymous, String session, String visitor) {
    String expected = visitor.replace("<a>", "\u0001a").replace("<s>", "\u0001s");
    assertThat(ON.marked(event(user, anonymous, session)).visitor()).isEqualTo(expected);
  }

  /** Silver took the placeholder for want of another id; it stays one visitor. */
  @Test
  void whoHasPlaceholdersAloneStaysWhoSilverSays() {
    SilverEvent event = event("null", "undefined", null);
    assertThat(ON.marked(event)).isSameAs(event);
  }

  /** One id alone links nothing anyway. */
  @ParameterizedTest
  @CsvSource({
    "u, a, s, false",
    "u, null, , true",
    "null, a, , true",
    "null, undefined, , true",
    "u, a, 0, true",
    "null, , , false",
    "u, ' ', , false",
    "u, , , false",
    ", , , false"
  })
  void aLinkThatAPlaceholderRefusesIsCounted(
      String user, String anonymous, String session, boolean refused) {
    SilverEvent event = event(user, anonymous, session);
    assertThat(ON.refusesLink(event)).isEqualTo(refused);
    assertThat(Stitching.OFF.refusesLink(event)).isFalse();
  }

  @Test
  void threeKindsOfOneTextAreThree() {
    assertThat(List.of(Kind.USER.marked("x"), Kind.ANONYMOUS.marked("x"), Kind.SESSION.marked("x")))
        .doesNotHaveDuplicates()
        .first()
        .isEqualTo("x");
  }

  /** A user who writes the mark before the id is not taken for somebody's device. */
  @ParameterizedTest
  @ValueSource(strings = {"\u0001ax", "\u0001sx", "\u0001"})
  void aUserWhoseIdLooksMarkedIsMarkedAsAUser(String id) {
    assertThat(Kind.USER.marked(id)).isEqualTo("\u0001u" + id);
    assertThat(Stitching.isMarked(Kind.USER.marked(id))).isTrue();
    assertThat(Kind.USER.marked(id)).isNotEqualTo(Kind.ANONYMOUS.marked("x"));
  }

  @Test
  void aLongIdIsCutTheSameForEventsAndKeys() {
    String id = "x".repeat(5_000);
    assertThat(ON.id(id)).isEqualTo(Key.of(id)).hasSizeLessThan(1_025);
    assertThat(ON.marked(event(null, id, null)).visitor()).isEqualTo("\u0001a" + Key.of(id));
    assertThat(Kind.ANONYMOUS.key(Key.of(id))).isEqualTo(Key.of("\u0001a" + Key.of(id)));
  }

  @Test
  void switchedOffEveryEventIsOfWhomSilverSays() {
    SilverEvent event = event(null, "a", "s");
    assertThat(Stitching.OFF.marked(event)).isSameAs(event);
    assertThat(Stitching.OFF.definition()).isEmpty();
  }

  /** Rows that were made with other placeholders do not add up with these. */
  @Test
  void theDefinitionIsThatOfTheSetOfPlaceholders() {
    String definition = ON.definition();
    assertThat(definition).matches(" stitching=[0-9a-f]{16}");
    assertThat(Stitching.of(List.of("0", "UNDEFINED", "Null", "null")).definition())
        .isEqualTo(definition);
    assertThat(Stitching.of(List.of("0", "undefined")).definition()).isNotEqualTo(definition);
    assertThat(Stitching.of(List.of()).definition()).isNotEmpty().isNotEqualTo(definition);
  }

  private static SilverEvent event(String user, String anonymous, String session) {
    String visitor = user != null ? user : anonymous != null ? anonymous : session;
    return new SilverEvent(
        "e", 0, "search", visitor, user, null, null, false, 0, anonymous, session, "UTC", 0);
  }
}
