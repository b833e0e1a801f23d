package io.medallion.dashboard;

import java.util.Arrays;
import java.util.Optional;

/** How far back the page looks, and how wide a bar of its charts is. */
enum Range {
  QUARTER("15m", "15 minutes", "1 minute"),
  HOUR("1h", "1 hour", "1 minute"),
  DAY("1d", "1 day", "5 minutes");

  private final String id;
  private final String length;
  private final String bar;

  Range(String id, String length, String bar) {
    this.id = id;
    this.length = length;
    this.bar = bar;
  }

  static Optional<Range> of(String id) {
    return Arrays.stream(values()).filter(range -> range.id.equals(id)).findFirst();
  }

  /** As Postgres takes it. */
  String length() {
    return length;
  }

  /** As Postgres takes it. */
  String bar() {
    return bar;
  }
}
