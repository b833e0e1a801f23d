package io.medallion.gold.define;

import io.medallion.gold.define.MartDefinition.ComputedColumn;
import io.medallion.gold.define.MartDefinition.DistinctColumn;
import io.medallion.gold.define.MartDefinition.FurtherColumn;
import io.medallion.gold.define.MartDefinition.KeyColumn;
import io.medallion.gold.define.MartDefinition.MeasureColumn;
import io.medallion.gold.define.MartDefinition.Output;
import io.medallion.gold.define.MartDefinition.TimeColumn;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What a SELECT becomes, in words for people.
 *
 * @param comment of the table
 * @param time how it divides time
 * @param everything whether crawlers' events and late ones count as well
 * @param pruned whether gold.retention removes rows
 * @param tables in the schema gold, the one that it is known by first
 * @param columns of that table that are selected, in order
 */
public record MartDescription(
    String comment,
    String time,
    boolean everything,
    boolean pruned,
    List<String> tables,
    List<Column> columns) {
  /**
   * A column.
   *
   * @param name of it
   * @param type in Postgres
   * @param role {@code time}, {@code key}, {@code measure} or {@code computed}
   * @param how what it is made from: of a key an expression over an event, of a measure how what is
   *     kept and what is new merge, of a computed one an expression over what is kept
   */
  public record Column(String name, String type, String role, String how) {}

  /** Takes copies of the lists. */
  public MartDescription {
    tables = List.copyOf(tables);
    columns = List.copyOf(columns);
  }

  /** Describes one. */
  public static MartDescription of(MartDefinition mart) {
    List<Column> columns = new ArrayList<>();
    mart.columns().forEach(output -> columns.add(column(mart, output)));
    mart.hidden().forEach(measure -> columns.add(column(mart, measure)));
    return new MartDescription(
        mart.file().comment(),
        time(mart.time()),
        mart.file().countsAll(),
        !mart.isKept(),
        new MartDdl(mart, "gold").tables(),
        columns);
  }

  private static Column column(MartDefinition mart, Output output) {
    String type = output.type().postgres();
    if (output instanceof TimeColumn time) {
      return new Column(
          output.name(), type, "time", time.end() ? "end of the window" : "start of the window");
    } else if (output instanceof KeyColumn key) {
      return new Column(output.name(), type, "key", key.expression().sql());
    } else if (output instanceof MeasureColumn measure) {
      return new Column(output.name(), type, "measure", merge(measure));
    } else if (output instanceof FurtherColumn further) {
      return new Column(output.name(), type, "measure", "of the same event as " + further.of());
    } else if (output instanceof DistinctColumn distinct) {
      return new Column(
          output.name(),
          type,
          "measure",
          "size of the union of the sets in gold." + mart.setsOf(distinct));
    }
    return new Column(output.name(), type, "computed", ((ComputedColumn) output).sql());
  }

  private static String merge(MeasureColumn measure) {
    List<String> names = measure.stateNames();
    List<String> merged =
        measure
            .measure()
            .merged(
                names.stream().map("kept.%s"::formatted).toList(),
                names.stream().map("new.%s"::formatted).toList());
    List<String> all = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      all.add(names.get(i) + " = " + merged.get(i));
    }
    return String.join("; ", all);
  }

  private static String time(TimeKey time) {
    return switch (time.kind()) {
      case NONE -> "all of time";
      case CALENDAR -> "each " + time.unit().name().toLowerCase(java.util.Locale.ROOT) + " (UTC)";
      case LOCAL ->
          "each "
              + time.unit().name().toLowerCase(java.util.Locale.ROOT)
              + " (by the clocks of its site)";
      case SESSION ->
          "sessions of its keys, whose events lie at most %s apart".formatted(length(time.size()));
      case WINDOW ->
          "windows of "
              + length(time.size())
              + (time.slide() == time.size() ? "" : ", one every " + length(time.slide()))
              + (time.offset() == 0 ? "" : ", from " + length(time.offset()) + " on");
    };
  }

  /** In the greatest unit of which it is a multiple. */
  private static String length(long micros) {
    for (TimeUnit unit :
        List.of(TimeUnit.DAYS, TimeUnit.HOURS, TimeUnit.MINUTES, TimeUnit.SECONDS)) {
      long one = unit.toMicros(1);
      if (micros % one == 0) {
        String name = unit.name().toLowerCase(java.util.Locale.ROOT);
        long n = micros / one;
        return n + " " + (n == 1 ? name.substring(0, name.length() - 1) : name);
      }
    }
    return micros + " microseconds";
  }
}
