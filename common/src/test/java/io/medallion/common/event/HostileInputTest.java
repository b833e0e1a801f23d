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
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Random hostile events: the parser never throws, and what it calls good is what a tree says. */
class HostileInputTest {
  private static final long SEED = Long.getLong("seed", System.nanoTime());
  private static final int EVENTS = 40_000;
  private static final String[] TIMES = {
    "\"2026-06-01T10:00:00Z\"",
    "1780308000000",
    "\"2026-06-01 10:00:00 UTC\"",
    "1780308000",
    "null",
    "\"1780308000000\"",
    "\"0001-01-01T00:00:00Z\"",
    "1e400",
    "-5",
    "\"2026-06-01T10:00:00\"",
    "{}",
    "99999999999999999999999",
    "\"2016-12-31T23:59:60Z\""
  };
  private static final String[] VALUES = {
    "\"u1\"",
    "12",
    "-0",
    "0.000001",
    "12.50",
    "1e3",
    "NaN",
    "-Infinity",
    "1e400",
    "true",
    "null",
    "\"\"",
    "\" \"",
    "\"\\u0000\"",
    "\"\\ud800\"",
    "\"\\ud83d\\ude00\"",
    "\"😀\"",
    "\"'; DROP TABLE\"",
    "\"../../etc/passwd\"",
    "\"\u202Eabc\"",
    "\"https://h/p?q#f\"",
    "{\"a\":[1,{\"b\":\"c\"}]}",
    "[]",
    "{}",
    "1.10",
    "99999999999999999999",
    "\"12.5\"",
    "\"\\\"\\\\\\/\\b\\n\"",
    "\"é\"",
    "007",
    "'x'",
    "view",
    "\"view\"",
    "1000000",
    "999999999999.999999"
  };
  private static final String[] NAMES = {
    "event_id",
    "event_type",
    "type",
    "event",
    "user_id",
    "anonymous_id",
    "session_id",
    "user_session",
    "page",
    "url",
    "page_url",
    "referrer",
    "ip",
    "ip_address",
    "user_agent",
    "product_id",
    "price",
    "quantity",
    "currency",
    "properties",
    "x",
    "y",
    "$.x",
    "a",
    "Price",
    "é",
    "with space",
    "q\\\"uote"
  };
  private static final JsonMapper STRICT =
      JsonMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  private final SplittableRandom random = new SplittableRandom(SEED);
  private final EventParser parser = new EventParser(EventRules.defaults());

  @Test
  @Timeout(value = 60, unit = SECONDS)
  void everyEventIsGoodOrHasReasons() throws IOException {
    System.out.println("seed " + SEED);
    int good = 0;
    for (int i = 0; i < EVENTS; i++) {
      byte[] value = mangled(event());
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
    text(event.userId(), tree, shown, "user_id");
    text(event.anonymousId(), tree, shown, "anonymous_id");
    text(event.sessionId(), tree, shown, "session_id", "user_session");
    text(event.url(), tree, shown, "page", "url", "page_url");
    text(event.referrer(), tree, shown, "referrer");
    text(event.ipAddress(), tree, shown, "ip_address", "ip");
    text(event.productId(), tree, shown, "product_id");
    text(event.currency(), tree, shown, "currency");
    JsonNode price = first(tree, "price");
    assertThat(event.hasPrice()).as(shown).isEqualTo(price != null && !price.asText().isBlank());
    if (event.hasPrice()) {
      assertThat(BigDecimal.valueOf(event.priceUnscaled(), ParsedEvent.PRICE_SCALE))
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
        if (tree.hasNonNull(name) && !tree.get(name).equals(winner) && !own.has(name)) {
          assertThat(kept.get(name)).as(shown).isEqualTo(tree.get(name));
        }
      }
    }
  }

  private static void text(String actual, JsonNode tree, String shown, String... names) {
    JsonNode node = first(tree, names);
    String expected = node == null || node.asText().isBlank() ? null : node.asText();
    // A whole number's own text, where the tree says 0 for -0.
    if (node != null && node.isNumber()) {
      assertThat(new BigDecimal(actual)).as(shown).isEqualByComparingTo(node.decimalValue());
    } else {
      assertThat(actual).as(shown).isEqualTo(expected);
    }
  }

  private static JsonNode first(JsonNode tree, String... names) {
    for (String name : names) {
      if (tree.hasNonNull(name)) {
        return tree.get(name);
      }
    }
    return null;
  }

  private String event() {
    StringBuilder json = new StringBuilder(random.nextInt(50) == 0 ? "\uFEFF{" : "{");
    json.append("\"timestamp\":").append(random.nextInt(3) > 0 ? TIMES[0] : any(TIMES));
    if (random.nextInt(4) > 0) {
      json.append(",\"user_id\":\"u").append(random.nextInt(9)).append('"');
    }
    for (int i = random.nextInt(5); i > 0; i--) {
      json.append(",\"").append(any(NAMES)).append("\":").append(any(VALUES));
    }
    return json.append('}').toString();
  }

  /** Half of them stay as they are. */
  private byte[] mangled(String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    switch (random.nextInt(10)) {
      case 0 -> bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      case 1 -> bytes = java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length));
      case 2 -> bytes = (json + event()).getBytes(StandardCharsets.UTF_8);
      case 3 -> {
        int at = random.nextInt(json.length());
        bytes = (json.substring(at) + event().substring(1)).getBytes(StandardCharsets.UTF_8);
      }
      case 4 -> {
        for (int i = 0; i < 5; i++) {
          bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
      }
      default -> {}
    }
    return bytes;
  }

  private String any(String[] choices) {
    return choices[random.nextInt(choices.length)];
  }
}
