package io.medallion.demo.geoip;

import io.medallion.common.Resource;
import java.util.List;

/**
 * A city of the demo and the made-up networks that the demo's GeoIP database puts there.
 *
 * @param countryCode two letters of ISO 3166
 * @param country its English name
 * @param city its English name
 * @param weight how many of the demo's people live there, relative to the others
 * @param ipv4 its network, such as {@code 198.18.0.0/21}
 * @param ipv6 its network, such as {@code 2001:db8:1::/48}
 */
public record DemoCity(
    String countryCode, String country, String city, int weight, String ipv4, String ipv6) {

  /** All of them, from the list that the database is made from. */
  public static List<DemoCity> all() {
    return Resource.text(DemoCity.class, "cities.csv")
        .lines()
        .skip(1)
        .map(DemoCity::parse)
        .toList();
  }

  private static DemoCity parse(String line) {
    String[] cells = line.split(",", -1);
    return new DemoCity(
        cells[1], cells[2], cells[5], Integer.parseInt(cells[9]), cells[10], cells[11]);
  }
}
