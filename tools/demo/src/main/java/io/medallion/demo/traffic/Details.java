package io.medallion.demo.traffic;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;

/**
 * What a tracker of some size says besides: of a visit its screen, experiments and account, of each
 * event how long it took and where it stood. JSON members of an event's properties.
 */
final class Details {
  private static final String[] SCREENS = {
    "1920,\"height\":1080",
    "1440,\"height\":900",
    "2560,\"height\":1440",
    "390,\"height\":844",
    "412,\"height\":915",
    "320,\"height\":568"
  };
  private static final String[] THEMES = {"light", "dark", "system"};
  private static final String[] PLANS = {"free", "free", "plus", "pro", "team"};
  private static final String[] EXPERIMENTS = {
    "[\"hero_b\",\"price_a\"]", "[\"hero_a\"]", "[\"hero_a\",\"price_b\",\"search_c\"]", "[]"
  };
  private static final double NO_CONSENT = 0.01;
  private static final LocalDate FIRST_MEMBERS = LocalDate.parse("2015-01-01");
  private static final int MEMBER_DAYS = 3_600;

  private static final byte[] LOAD = bytes(",\"perf\":{\"load\":");
  private static final byte[] FIRST_PAINT = bytes(",\"first_paint\":");
  private static final byte[] SCROLLED = bytes("},\"scrolled\":0.");
  private static final byte[] POSITION = bytes(",\"position\":");
  private static final byte[] SENT = bytes(",\"sent_at\":\"");
  private static final byte[] END = bytes("\"");

  private Details() {}

  /** Those of a visit, each behind a comma; the same for the same visit. */
  static byte[] of(Visit visit) {
    SeededRandom random = SeededRandom.of(visit.session.hashCode(), 5);
    return bytes(
        ",\"screen\":{\"width\":%s},\"theme\":\"%s\",\"plan\":\"%s\",\"app_version\":\"4.%d.%d\",\"experiments\":%s,\"consent\":%b,\"member_since\":\"%s\",\"points\":\"%d.%d\""
            .formatted(
                random.oneOf(SCREENS),
                random.oneOf(THEMES),
                random.oneOf(PLANS),
                random.below(20),
                random.below(8),
                random.oneOf(EXPERIMENTS),
                !random.happens(NO_CONSENT),
                FIRST_MEMBERS.plusDays(random.below(MEMBER_DAYS)),
                random.below(5_000),
                random.between(10, 99)));
  }

  /**
   * Adds those of an event.
   *
   * @param chance bits that nobody can foresee
   * @param micros when it happened, by the producer's clock
   */
  static void add(JsonBytes json, long chance, long micros) {
    int load = 80 + (int) (chance & 2047);
    json.add(LOAD).add(Integer.toString(load)).add(FIRST_PAINT).add(Integer.toString(load / 3));
    json.add(SCROLLED).add(Integer.toString(1_000 + (int) (chance >>> 11 & 8_191)));
    json.add(POSITION).add(Integer.toString((int) (chance >>> 24 & 127)));
    json.add(SENT).time(micros + load * 1_000L, false).add(END);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
