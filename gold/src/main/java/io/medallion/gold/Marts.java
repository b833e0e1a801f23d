package io.medallion.gold;

import java.util.List;

/** Every mart there is. */
final class Marts {
  private static final List<Mart> ALL = List.of(new PageViews(), new ActiveUsers(), new Sessions());

  private Marts() {}

  /** The marts that these settings ask for, in the order in which they merge. */
  static List<Mart> of(GoldSettings settings) {
    return ALL;
  }
}
