package io.medallion.demo.traffic;

import io.medallion.demo.geoip.DemoCity;
import java.util.List;

/** Addresses of the demo's GeoIP networks, and some that no database knows. */
final class Addresses {
  private static final double PRIVATE = 0.03;
  private static final double UNKNOWN = 0.03;
  private static final double IPV6 = 0.25;

  /** Set apart for documentation (RFC 5737), and not in the demo's database. */
  private static final String[] UNKNOWN_PREFIXES = {"192.0.2.", "198.51.100.", "203.0.113."};

  private final List<DemoCity> cities = DemoCity.all();
  private final int totalWeight = cities.stream().mapToInt(DemoCity::weight).sum();

  /** A city by how many people live there. */
  DemoCity city(SeededRandom random) {
    int left = random.below(totalWeight);
    for (DemoCity city : cities) {
      left -= city.weight();
      if (left < 0) {
        return city;
      }
    }
    throw new IllegalStateException("the weights do not add up");
  }

  /** An address of somebody in this city. */
  String address(DemoCity city, SeededRandom random) {
    double kind = random.unit();
    if (kind < PRIVATE) {
      return random.happens(0.5)
          ? "192.168.%d.%d".formatted(random.below(256), random.between(1, 254))
          : "10.%d.%d.%d".formatted(random.below(256), random.below(256), random.between(1, 254));
    }
    if (kind < PRIVATE + UNKNOWN) {
      return random.oneOf(UNKNOWN_PREFIXES) + random.between(1, 254);
    }
    return kind < PRIVATE + UNKNOWN + IPV6 ? ipv6(city.ipv6(), random) : ipv4(city.ipv4(), random);
  }

  private static String ipv4(String network, SeededRandom random) {
    String[] parts = network.split("[./]", -1);
    long base = 0;
    for (int i = 0; i < 4; i++) {
      base = base << 8 | Long.parseLong(parts[i]);
    }
    int hosts = (1 << (32 - Integer.parseInt(parts[4]))) - 2;
    long address = base + 1 + random.below(hosts);
    return "%d.%d.%d.%d"
        .formatted(address >> 24 & 255, address >> 16 & 255, address >> 8 & 255, address & 255);
  }

  private static String ipv6(String network, SeededRandom random) {
    String prefix = network.substring(0, network.indexOf("::"));
    return "%s:%x:%x:%x:%x:%x"
        .formatted(
            prefix,
            random.below(0x10000),
            random.between(1, 0xffff),
            random.below(0x10000),
            random.below(0x10000),
            random.between(1, 0xffff));
  }
}
