package io.medallion.gold.define;

import java.util.Optional;

/**
 * Which times a row of a declared mart is about, for whoever follows its changes.
 *
 * @param start the column in which its window starts
 * @param since the first of its times, in SQL over a row that is named {@code changed}
 * @param until the first time behind them, the same
 * @param slide how far apart windows start, in microseconds; 0 if that differs
 * @param offset when one of them starts, in microseconds since 1970
 */
public record MartTimes(String start, String since, String until, long slide, long offset) {
  private static final String ROW = "changed";

  /** Those of a mart; empty if it does not divide time. */
  public static Optional<MartTimes> of(MartDefinition definition) {
    if (definition.start().isEmpty()) {
      return Optional.empty();
    }
    MartTable table = new MartTable(definition, "gold");
    TimeKey time = definition.time();
    String start = table.startOf(ROW);
    String column = definition.start().get().name();
    return Optional.of(
        switch (time.kind()) {
          case SESSION ->
              new MartTimes(column, start, ROW + "." + Names.quoted(definition.sessionEnd()), 0, 0);
          case LOCAL ->
              new MartTimes(
                  column,
                  start + " - " + table.micros(TimeKey.FARTHEST),
                  table.endOf(start) + " + " + table.micros(TimeKey.FARTHEST),
                  0,
                  0);
          case WINDOW ->
              new MartTimes(column, start, table.endOf(start), time.slide(), time.offset());
          case CALENDAR, NONE -> new MartTimes(column, start, table.endOf(start), 0, 0);
        });
  }
}
