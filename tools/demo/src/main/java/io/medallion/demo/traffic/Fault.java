package io.medallion.demo.traffic;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes records that nobody can count, each in a way that real producers have found. */
final class Fault {
  private static final Pattern TIME = Pattern.compile("\"timestamp\":\"[^\"]*\"");
  private static final Pattern WHO =
      Pattern.compile("\"(user_id|anonymous_id|session_id)\":\"[^\"]*\",");
  private static final Pattern LAST = Pattern.compile("\"properties\":");

  private Fault() {}

  /** A broken form of an event; null for a tombstone. */
  static byte[] of(byte[] event, SeededRandom random) {
    return switch (random.below(13)) {
      case 0 -> Arrays.copyOf(event, random.between(1, event.length - 1));
      case 1 -> with(event, TIME, "\"timestamp\":true");
      case 2 -> with(event, TIME, "\"time_of_day\":\"noon\"");
      case 3 -> with(event, LAST, "\"price\":NaN,\"properties\":");
      case 4 -> with(event, TIME, "\"timestamp\":\"2026-01-01 00:00:00 Mars/Olympus\"");
      case 5 -> garbage(random);
      case 6 -> null;
      case 7 -> with(event, WHO, "");
      case 8 -> with(event, TIME, "\"timestamp\":\"2199-01-01T00:00:00Z\"");
      case 9 -> with(event, TIME, "\"timestamp\":\"2026-01-01T00:00:00\"");
      case 10 -> with(event, LAST, "\"quantity\":-1,\"quantity\":-1,\"properties\":");
      case 11 -> with(event, LAST, "\"referrer\":[\"\\u0000\"],\"properties\":");
      default -> new byte[0];
    };
  }

  private static byte[] with(byte[] event, Pattern pattern, String replacement) {
    return pattern
        .matcher(new String(event, StandardCharsets.UTF_8))
        .replaceAll(Matcher.quoteReplacement(replacement))
        .getBytes(StandardCharsets.UTF_8);
  }

  /** Bytes that begin no JSON in any encoding. */
  private static byte[] garbage(SeededRandom random) {
    byte[] bytes = new byte[random.between(1, 200)];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (0x80 | random.below(0x80));
    }
    return bytes;
  }
}
