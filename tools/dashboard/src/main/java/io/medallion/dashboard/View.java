package io.medallion.dashboard;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What someone looks at.
 *
 * @param range of time
 * @param zone by whose clocks days of the calendar begin, and bars of hours and more
 * @param filters values that columns have to have; null where they have to have none
 * @param limited whether nothing may be shown but of the site that the filters name
 */
record View(Range range, ZoneId zone, Map<String, String> filters, boolean limited) {
  private static final ZoneId UTC = ZoneId.of("UTC");

  /** Which columns there are to filter by: {@code page} of page views, the others of sessions. */
  private static final Set<String> COLUMNS =
      Set.of(
          "site",
          "page",
          "country",
          "channel",
          "device_class",
          "utm_campaign",
          "entry_page",
          "exit_page");

  /** Those that Postgres knows as well. */
  private static final Set<String> ZONES =
      ZoneId.getAvailableZoneIds().stream()
          .filter(id -> !id.startsWith("SystemV/"))
          .collect(Collectors.toUnmodifiableSet());

  private static final String NULL = "null";

  /** All of a range, with days of UTC. */
  static View of(Range range) {
    return new View(range, UTC, Map.of(), false);
  }

  /**
   * As the query of an address asks for it: {@code range=1d&zone=Europe/Berlin&site=shop-de};
   * {@code null=country} names columns without a value. Empty if it is no such query.
   */
  static Optional<View> parse(String query) {
    Optional<Range> range = Optional.empty();
    ZoneId zone = UTC;
    Map<String, String> filters = new TreeMap<>();
    for (String parameter : String.valueOf(query).split("&", -1)) {
      int equals = parameter.indexOf('=');
      String name = parameter.substring(0, Math.max(0, equals));
      Optional<String> value = decoded(parameter.substring(equals + 1));
      if (value.isEmpty() || value.get().indexOf('\0') >= 0) {
        return Optional.empty();
      }
      String text = value.get();
      if (name.equals("range")) {
        range = Range.of(text);
      } else if (name.equals("zone") && ZONES.contains(text)) {
        zone = ZoneId.of(text);
      } else if (name.equals(NULL) && COLUMNS.containsAll(List.of(text.split(",", -1)))) {
        List.of(text.split(",", -1)).forEach(column -> filters.put(column, null));
      } else if (COLUMNS.contains(name)) {
        filters.put(name, text);
      } else {
        return Optional.empty();
      }
    }
    ZoneId by = zone;
    return range.map(of -> new View(of, by, filters, false));
  }

  /**
   * The same of one site, whatever was asked for.
   *
   * @param only the site; empty for no limit
   */
  View within(Optional<String> only) {
    Map<String, String> all = new TreeMap<>(filters);
    only.ifPresent(site -> all.put("site", site));
    return new View(range, zone, all, only.isPresent());
  }

  private static Optional<String> decoded(String text) {
    try {
      return Optional.of(URLDecoder.decode(text, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
