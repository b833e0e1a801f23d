package io.medallion.gold;

import java.util.List;
import java.util.stream.Stream;

/** Every mart there is. */
final class Marts {
  private static final List<Mart> ALWAYS =
      List.of(
          new PageViews(),
          new ActiveUsers(),
          new EventCounts(),
          new Revenue(),
          new Sessions(),
          new DailyUsers(),
          new SilverDays());

  private Marts() {}

  /** The marts that these settings ask for, in the order in which they merge. */
  static List<Mart> of(GoldSettings settings) {
    return settings.userEvents()
        ? Stream.concat(ALWAYS.stream(), Stream.of(new UserEvents())).toList()
        : ALWAYS;
  }
}
