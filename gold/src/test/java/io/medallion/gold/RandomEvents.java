package io.medallion.gold;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Events on the edges of every definition: neighbours exactly the gap apart and a microsecond more,
 * on window edges, around midnight, at equal times, and of sessions that later ones bridge.
 */
final class RandomEvents {
  static final long SECOND = 1_000_000L;
  static final long GAP = 1_800 * SECOND;
  private static final String[] TYPES = {
    "page_view", "page_view", "page_view", "click", "add_to_cart", "purchase", "odd type"
  };
  // U+FF5E sorts after U+1F600 as UTF-16 and before it as UTF-8.
  private static final String[] PAGES = {
    "/",
    "/a",
    "/b",
    "/tab\tand\nline\\N \\. 'quoted' \"",
    "/\uff5e",
    "/\ud83d\ude00",
    null,
    longPage()
  };
  private static final String[] CURRENCIES = {"EUR", "EUR", "EUR", "USD", null};
  private static final String[] DEVICES = {"desktop", "mobile", "unknown"};
  private static final String[] MEDIA = {"direct", "internal", "search"};
  private static final String[] CAMPAIGNS = {"google", "cpc", "with\ttab", null, null};
  private static final String[] CHANNELS = {"Paid Search", "Referral", "Direct", null};
  private static final String[] COUNTRIES = {"Germany", "Japan", null};

  private static final List<String> SITES = TestSites.SOME.subList(0, 2);

  private final Random random;
  private final int productInOneOf;
  private final int products;
  private final long base = Instant.parse("2024-02-28T23:00:00Z").getEpochSecond() * SECOND;

  RandomEvents(long seed) {
    this(seed, 3, 20);
  }

  /** One of so many products in about one of so many events. */
  RandomEvents(long seed, int productInOneOf, int products) {
    this.random = new Random(seed);
    this.productInOneOf = productInOneOf;
    this.products = products;
  }

  private static String longPage() {
    return "/" + "x".repeat(198) + "\ud83d\ude00" + "long ".repeat(1_000);
  }

  List<SilverRow> take(int count) {
    List<SilverRow> events = new ArrayList<>();
    int visitors = 1 + random.nextInt(6);
    long[] last = new long[visitors];
    for (int i = 0; i < visitors; i++) {
      last[i] = base + random.nextInt(7_200) * SECOND;
    }
    for (int i = 0; i < count; i++) {
      int visitor = random.nextInt(visitors);
      last[visitor] = next(last[visitor]);
      events.add(event(i, last[visitor], visitor));
    }
    return events;
  }

  private long next(long last) {
    return switch (random.nextInt(16)) {
      case 0 -> last;
      case 1 -> last + GAP;
      case 2 -> last + GAP + 1;
      case 3 -> last + GAP - 1;
      case 4 -> last - GAP;
      case 5 -> last - GAP - 1;
      case 6 -> Math.floorDiv(last, 60 * SECOND) * 60 * SECOND;
      case 7 -> Math.floorDiv(last, 60 * SECOND) * 60 * SECOND - 1;
      case 8 -> Math.floorDiv(last, 3_600 * SECOND) * 3_600 * SECOND;
      case 9 -> base + 3_600L * SECOND - random.nextInt(2);
      case 10 -> last + (random.nextInt(5) - 2) * 86_400L * SECOND;
      case 11 -> last + 2 * GAP;
      default -> last + random.nextInt(600) * SECOND + random.nextInt(1_000_000);
    };
  }

  private SilverRow event(int i, long time, int visitor) {
    String type = pick(TYPES);
    boolean priced = random.nextBoolean();
    String name = visitor == 0 ? "v\t0\\" + "w".repeat(3_000) : "visitor " + visitor;
    return TestEvent.event(
            (random.nextInt(8) == 0 ? "\uff5e" : random.nextInt(8) == 0 ? "\ud83d\ude00" : "e") + i,
            time)
        .type(type)
        .site(SITES.get(random.nextInt(SITES.size())))
        .visitor(name)
        .user(random.nextBoolean() ? name : null)
        .page(pick(PAGES))
        .product(random.nextInt(productInOneOf) == 0 ? "product-" + random.nextInt(products) : null)
        .price(
            priced ? BigDecimal.valueOf(random.nextLong(1_000_000_000_000L), 6) : null,
            random.nextBoolean() ? random.nextInt(1_000) : null,
            pick(CURRENCIES))
        .place(pick(COUNTRIES), pick(COUNTRIES))
        .origin(origin())
        .bot(random.nextInt(10) == 0)
        .kafkaTime(time + lateness())
        .silver();
  }

  private Origin origin() {
    return new Origin(
        pick(DEVICES),
        pick(MEDIA),
        pick(PAGES),
        pick(CAMPAIGNS),
        pick(CAMPAIGNS),
        pick(PAGES),
        pick(CHANNELS));
  }

  private long lateness() {
    return switch (random.nextInt(6)) {
      case 0 -> 120 * SECOND;
      case 1 -> 120 * SECOND + 1;
      case 2 -> -random.nextInt(1_000_000);
      case 3 -> random.nextInt(86_400) * SECOND;
      default -> random.nextInt(5_000_000);
    };
  }

  private String pick(String[] from) {
    return from[random.nextInt(from.length)];
  }
}
