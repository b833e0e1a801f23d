package io.medallion.common.event;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Random hostile events: the parser never throws, and what it calls good is what a tree says. */
class HostileInputTest {
  private static final long SEED = Long.getLong("seed", System.nanoTime());
  private static final int EVENTS = 40_000;
  private static final JsonMapper STRICT =
      JsonMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  private final HostileEvents events = new HostileEvents(SEED);
  private final EventParser parser = new EventParser(EventRules.defaults());

  @Test
  @Timeout(value = 60, unit = SECONDS)
  void everyEventIsGoodOrHasReasons() throws IOException {
    System.out.println("seed " + SEED);
    int good = 0;
    for (int i = 0; i < EVENTS; i++) {
      byte[] value = events.next();
      String shown = "seed " + SEED + ": " + new String(value, StandardCharsets.UTF_8);
      ParsedEvent event = Records.parse(parser, value);
      for (Reason reason : event.reasons()) {
        assertThat(reason.message()).as(shown).isNotBlank().hasSizeLessThan(1_000);
        assertThat(reason.message() + reason.field()).as(shown).doesNotContain("\u0000");
      }
      if (event.isGood()) {
        good++;
        agreesWithTree(event, tree(value), shown);
      }
    }
    assertThat(good).isBetween(EVENTS / 50, EVENTS / 2);
  }

  private static JsonNode tree(byte[] value) throws IOException {
    String text = new String(value, StandardCharsets.UTF_8);
    return STRICT.readTree(text.startsWith("\uFEFF") ? text.substring(1) : text);
  }

  private static void agreesWithTree(ParsedEvent event, JsonNode tree, String shown)
      throws IOException {
    assertThat(tree.isObject()).as(shown).isTrue();
    text(Records.text(event, "user_id"), tree, shown, "user_id");
    text(Records.text(event, "anonymous_id"), tree, shown, "anonymous_id");
    text(Records.text(event, "session_id"), tree, shown, "session_id", "user_session");
    text(event.url(), tree, shown, "page", "url", "page_url");
    text(event.referrer(), tree, shown, "referrer");
    text(event.ipAddress(), tree, shown, "ip_address", "ip");
    text(Records.text(event, "product_id"), tree, shown, "product_id");
    text(Records.text(event, "currency"), tree, shown, "currency");
    JsonNode price = first(tree, "price");
    assertThat((Records.number(event, "price") != null)).as(shown).isEqualTo(price != null);
    if ((Records.number(event, "price") != null)) {
      assertThat(BigDecimal.valueOf(Records.number(event, "price"), 6))
          .as(shown)
          .isEqualByComparingTo(new BigDecimal(price.asText()));
    }
    unknownAreKept(event, tree, shown);
  }

  private static void unknownAreKept(ParsedEvent event, JsonNode tree, String shown)
      throws IOException {
    JsonNode own = tree.path("properties");
    JsonNode kept =
        event.properties() == null
            ? STRICT.createObjectNode()
            : STRICT.readTree(event.properties());
    for (String name : new String[] {"x", "y", "a", "Price", "é", "with space", "q\"uote"}) {
      if (tree.has(name)) {
        JsonNode found = own.has(name) ? kept.get("$." + name) : kept.get(name);
        assertThat(found).as(shown).isEqualTo(tree.get(name));
      }
    }
    if (own.isObject()) {
      own.properties()
          .forEach(
              field -> assertThat(kept.get(field.getKey())).as(shown).isEqualTo(field.getValue()));
    }
    for (String[] names :
        new String[][] {{"event_type", "type", "event"}, {"page", "url", "page_url"}}) {
      JsonNode winner = first(tree, names);
      for (String name : names) {
        if (isGiven(tree, name) && !tree.get(name).equals(winner) && !own.has(name)) {
          assertThat(kept.get(name)).as(shown).isEqualTo(tree.get(name));
        }
      }
    }
  }

  private static void text(String actual, JsonNode tree, String shown, String... names) {
    JsonNode node = first(tree, names);
    String expected = node == null ? null : node.asText();
    // A whole number's own text, where the tree says 0 for -0.
    if (node != null && node.isNumber()) {
      assertThat(new BigDecimal(actual)).as(shown).isEqualByComparingTo(node.decimalValue());
    } else {
      assertThat(actual).as(shown).isEqualTo(expected);
    }
  }

  private static JsonNode first(JsonNode tree, String... names) {
    for (String name : names) {
      if (isGiven(tree, name)) {
        return tree.get(name);
      }
    }
    return null;
  }

  private static boolean isGiven(JsonNode tree, String name) {
    return tree.hasNonNull(name)
        && !(tree.get(name).isTextual() && tree.get(name).asText().isBlank());
  }
}
