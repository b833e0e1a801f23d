package io.medallion.silver.enrich;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/**
 * Measures warm caches on one thread, with an ASN database if one is named. Not a test: run its
 * main by hand in silver's folder.
 */
final class EnricherSpeed {
  private static final int KEYS = 10_000;

  private EnricherSpeed() {}

  public static void main(String[] args) {
    GeoIpEnricher geo =
        new GeoIpEnricher(
            Path.of("src/test/resources/geoip/city.mmdb"),
            args.length == 0 ? null : Path.of(args[0]),
            true,
            Duration.ofSeconds(10),
            text -> text,
            System::nanoTime,
            Runnable::run);
    SetAssociativeCache agents = new SetAssociativeCache(16_384);
    for (int round = 0; round < 20; round++) {
      // Every event brings a string of its own, as parsing does.
      String[] addresses = new String[KEYS];
      String[] texts = new String[KEYS];
      for (int i = 0; i < KEYS; i++) {
        addresses[i] = "203.0." + (113 + i / 250 % 4) + "." + i % 250;
        texts[i] = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/" + i % 200;
      }
      long check = 0;
      long start = cpuNanos();
      for (int i = 0; i < KEYS; i++) {
        check += geo.values(addresses[i]).length;
      }
      long middle = cpuNanos();
      for (int i = 0; i < KEYS; i++) {
        check += agents.get(texts[i], key -> new Object[] {key}).length;
      }
      long end = cpuNanos();
      if (round % 5 == 4) {
        System.out.printf(
            Locale.ROOT,
            "geo %.0f ns/event, user agent %.0f ns/event (%d)%n",
            (double) (middle - start) / KEYS,
            (double) (end - middle) / KEYS,
            check);
      }
    }
  }

  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }
}
