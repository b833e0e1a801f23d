package io.medallion.gold.mart;

import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Every mart there is. */
public final class Marts {
  private static final List<Mart> ALWAYS =
      List.of(
          new PageViews(),
          new ActiveUsers(),
          new EventCounts(),
          new Revenue(),
          new Sessions(),
          new DailyUsers(),
          new SilverDays(),
          new Lateness(),
          new VisitorCountries());

  private Marts() {}

  /**
   * Makes sure that there are marts of these names.
   *
   * @throws MedallionException if one is unknown, or switched off
   */
  public static void requireKnown(Collection<String> names, GoldSettings settings) {
    List<String> known = of(settings).stream().map(Mart::name).toList();
    for (String name : names) {
      if (!known.contains(name)) {
        throw new MedallionException(
            ErrorCode.USAGE,
            "There is no mart '%s'".formatted(name),
            "It is unknown, or switched off.",
            "The marts are " + String.join(", ", known) + ".");
      }
    }
  }

  /** The tables of every mart, also of those that are switched off, by the mart's name. */
  public static Map<String, List<String>> tables() {
    return Stream.concat(ALWAYS.stream(), Stream.of(new UserEvents()))
        .collect(Collectors.toUnmodifiableMap(Mart::name, mart -> List.copyOf(mart.tables())));
  }

  /** The marts that these settings ask for, in the order in which they merge. */
  public static List<Mart> of(GoldSettings settings) {
    return settings.userEvents()
        ? Stream.concat(ALWAYS.stream(), Stream.of(new UserEvents())).toList()
        : ALWAYS;
  }
}
