package io.medallion.common.event;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/** Measures the parser on one thread. Not a test: run its main by hand. */
final class ParserSpeed {
  private static final int EVENTS = 20_000;
  private static final int ROUNDS = 60;

  private ParserSpeed() {}

  public static void main(String[] args) {
    List<byte[]> events = events();
    long bytes = events.stream().mapToLong(e -> e.length).sum();
    EventParser parser = new EventParser(EventRules.defaults());
    long best = Long.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      long start = cpuNanos();
      long check = 0;
      for (int i = 0; i < EVENTS; i++) {
        ParsedEvent event =
            parser.parse(
                events.get(i), 0, TimestampType.CREATE_TIME, 1_800_000_000_000_000L, 0, "t", 0, i);
        check += event.fingerprint();
        if (!event.isGood()) {
          throw new IllegalStateException(event.reasons().toString());
        }
      }
      long nanos = cpuNanos() - start;
      best = Math.min(best, nanos);
      if (round == ROUNDS - 1) {
        System.out.printf(
            Locale.ROOT,
            "%d bytes/event: %.0f ns/event, %,.0f events/s (check %x)%n",
            bytes / EVENTS,
            (double) best / EVENTS,
            EVENTS * 1e9 / best,
            check);
      }
    }
  }

  /** Of this thread alone, so that a busy machine does not blur it. */
  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static List<byte[]> events() {
    SplittableRandom random = new SplittableRandom(7);
    List<byte[]> events = new ArrayList<>();
    for (int i = 0; i < EVENTS; i++) {
      events.add(
          ("{\"event_id\":\"%016x-%08x\",\"timestamp\":\"2026-03-%02dT%02d:%02d:%02d.%03dZ\","
                  + "\"event_type\":\"page_view\",\"user_id\":\"user-%d\",\"session_id\":\"s-%016x\","
                  + "\"page\":\"https://shop.example/products/%d?ref=mail\",\"referrer\":\"https://search.example/q\",\"ip_address\":\"203.0.113.%d\",\"user_agent\":\"Mozilla/5.0"
                  + " (X11; Linux x86_64)"
                  + " AppleWebKit/537.36\",\"product_id\":\"p-%d\",\"price\":%d.%02d,\"quantity\":%d,"
                  + "\"currency\":\"EUR\",\"properties\":{\"campaign\":\"spring\",\"ab\":%d}}")
              .formatted(
                  random.nextLong(),
                  i,
                  1 + random.nextInt(28),
                  random.nextInt(24),
                  random.nextInt(60),
                  random.nextInt(60),
                  random.nextInt(1000),
                  random.nextInt(100_000),
                  random.nextLong(),
                  random.nextInt(1000),
                  random.nextInt(256),
                  random.nextInt(1000),
                  random.nextInt(500),
                  random.nextInt(100),
                  1 + random.nextInt(3),
                  random.nextInt(9))
              .getBytes(StandardCharsets.UTF_8));
    }
    return events;
  }
}
