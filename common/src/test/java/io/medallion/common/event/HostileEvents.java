package io.medallion.common.event;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/**
 * Broken and odd events without end, the same for the same seed: mutated bytes, swapped types, cut
 * and glued JSON, odd numbers, odd times, hostile strings. About half stay well-formed.
 */
public final class HostileEvents {
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
  private final SplittableRandom random;

  public HostileEvents(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /** The bytes of one more record. */
  public byte[] next() {
    return mangled(event());
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
