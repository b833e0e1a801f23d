package io.medallion.operations.verify;

import static org.apache.spark.sql.functions.array_join;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.unix_micros;

import io.medallion.common.event.UtcDay;
import io.medallion.gold.define.MartDefinition;
import io.medallion.gold.define.MartQuery;
import io.medallion.gold.mart.Rollup;
import io.medallion.gold.mart.TimeRange;
import io.medallion.gold.measure.ValueType;
import io.medallion.gold.read.GoldSnapshot;
import io.medallion.gold.read.GoldSnapshot.Kind;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;

/**
 * A table of gold, and what is compared of it. Of a mart that is a class, the query of its name
 * computes the same columns from silver; of a declared one its own SELECT does.
 *
 * @param name in the schema gold
 * @param mart whose table it is
 * @param keys how many of the columns make the key
 * @param columns the key first
 */
record MartTable(String name, String mart, int keys, List<GoldSnapshot.Column> columns) {
  private static final String SEPARATOR = "\u001f";

  /** Whatever gold.retention is. */
  private static final Set<String> KEPT_FOR_EVER =
      Set.of("silver_days", "identities", "identity_days");

  /** Left out: columns that the database makes itself. */
  static final List<MartTable> ALL =
      List.of(
          new MartTable(
              "identities",
              "identities",
              3,
              columns(
                  "TEXT site",
                  "TEXT id",
                  "TEXT kind",
                  "TEXT person",
                  "TEXT seen_with_kind",
                  "TEXT seen_with",
                  "TEXT event_id",
                  "TIME event_time",
                  "TEXT second",
                  "TEXT second_event_id",
                  "TIME second_time")),
          new MartTable(
              "identity_days",
              "identities",
              6,
              columns(
                  "TEXT site",
                  "TEXT id",
                  "TEXT kind",
                  "TEXT seen_with_kind",
                  "TEXT seen_with",
                  "DAY day",
                  "NUMBER half_hours",
                  "TIME event_time",
                  "TEXT event_id")),
          of(
              "silver_days",
              1,
              "DAY day",
              "NUMBER silver_rows",
              "NUMBER bots",
              "NUMBER late_dropped",
              "TIME newest_event"),
          of(
              "user_events",
              2,
              "TEXT event_id",
              "TIME event_timestamp",
              "TEXT user_id",
              "TEXT event_type",
              "TEXT product_id",
              "NUMBER price",
              "TEXT site"));

  private static final Map<String, Kind> OF_ROLLUPS =
      Map.of(
          "local_date", Kind.DAY,
          "day", Kind.DAY,
          "first_day", Kind.DAY,
          "hour", Kind.TIME,
          "total_duration", Kind.INTERVAL);

  /** The table of a rollup. */
  static MartTable of(Rollup rollup) {
    return new MartTable(
        rollup.name(),
        rollup.mart(),
        rollup.keys().size(),
        Stream.concat(
                rollup.keys().stream()
                    .map(key -> new GoldSnapshot.Column(key, kind(key, Kind.TEXT))),
                rollup.numbers().stream()
                    .map(number -> new GoldSnapshot.Column(number, kind(number, Kind.NUMBER))))
            .toList());
  }

  private static Kind kind(String column, Kind otherwise) {
    return OF_ROLLUPS.getOrDefault(column, otherwise);
  }

  /** The table of a declared mart. */
  static MartTable of(MartDefinition mart) {
    return new MartTable(mart.name(), mart.name(), mart.keyCount(), columns(mart.keyFirst()));
  }

  /** A table of the distinct values of a declared mart. */
  static MartTable ofSet(MartDefinition mart, String table) {
    List<MartDefinition.Output> columns = MartQuery.setColumns(mart);
    return new MartTable(table, mart.name(), columns.size() - 1, columns(columns));
  }

  private static List<GoldSnapshot.Column> columns(List<MartDefinition.Output> outputs) {
    return outputs.stream().map(o -> new GoldSnapshot.Column(o.name(), kind(o.type()))).toList();
  }

  private static Kind kind(ValueType type) {
    return switch (type.kind()) {
      case TIME -> Kind.TIME;
      case DAY -> Kind.DAY;
      case INTERVAL -> Kind.INTERVAL;
      case INTEGER, BIGINT, DECIMAL -> Kind.NUMBER;
      case DOUBLE -> Kind.DOUBLE;
      case TEXTS -> Kind.TEXTS;
      default -> Kind.TEXT;
    };
  }

  /** The table of a mart that is a class, by its name. */
  static MartTable of(String name) {
    return ALL.stream().filter(table -> table.name().equals(name)).findFirst().orElseThrow();
  }

  private static MartTable of(String name, int keys, String... columns) {
    return new MartTable(name, name, keys, columns(columns));
  }

  private static List<GoldSnapshot.Column> columns(String... columns) {
    return List.of(columns).stream()
        .map(column -> column.split(" ", 2))
        .map(parts -> new GoldSnapshot.Column(parts[1], Kind.valueOf(parts[0])))
        .toList();
  }

  /** Whether its rows are no more of some days than of others. */
  boolean isOfAllDays() {
    return name.equals("identities");
  }

  /** Whether this column is compared. */
  boolean has(String column) {
    return columns.stream().anyMatch(c -> c.name().equals(column));
  }

  /** Whether each of its values has one text only. */
  boolean isExact() {
    return columns.stream().noneMatch(c -> c.kind() == Kind.DOUBLE);
  }

  /** The key in Spark, to order by. */
  Column[] keyColumns() {
    return columns.stream().limit(keys).map(c -> col(c.name())).toArray(Column[]::new);
  }

  /** The columns in Spark, as gold writes them. */
  Column[] texts() {
    return columns.stream().map(MartTable::text).toArray(Column[]::new);
  }

  private static Column text(GoldSnapshot.Column column) {
    return switch (column.kind()) {
      case TEXTS -> MartQuery.texts(col(column.name()));
      case TIMES -> array_join(col(column.name()).cast("array<string>"), SEPARATOR);
      default -> col(column.name()).cast("string");
    };
  }

  /** Only rows of some times, by the column that gold is asked by, too. */
  Column within(TimeRange times) {
    GoldSnapshot.Column time =
        columns.stream()
            .filter(c -> c.kind() == Kind.TIME || c.kind() == Kind.DAY)
            .findFirst()
            .orElseThrow();
    Column column = col(time.name());
    return time.kind() == Kind.DAY
        ? column.geq(day(times.since())).and(column.lt(day(times.until())))
        : column.geq(times.since()).and(column.lt(times.until()));
  }

  /** The same of rows whose times are Spark's own. */
  Column withinTimes(TimeRange times) {
    GoldSnapshot.Column time = columns.get(0);
    Column column = col(time.name());
    return time.kind() == Kind.DAY
        ? column.geq(day(times.since())).and(column.lt(day(times.until())))
        : unix_micros(column).geq(times.since()).and(unix_micros(column).lt(times.until()));
  }

  private static LocalDate day(long micros) {
    return LocalDate.ofEpochDay(UtcDay.of(micros));
  }

  /** From when on gold keeps its rows, in microseconds since 1970; null if that is all. */
  Long retainedFrom(GoldSnapshot.Position position) {
    if (KEPT_FOR_EVER.contains(name)) {
      return null;
    }
    return position.retainedFrom();
  }

  /** A column of a row, a time as people write it. */
  String readable(String[] row, int column) {
    String text = row[column];
    return text != null && columns.get(column).kind() == Kind.TIME
        ? Instant.EPOCH.plus(Long.parseLong(text), ChronoUnit.MICROS).toString()
        : text;
  }
}
