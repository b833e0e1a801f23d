package io.medallion.gold.define;

import io.medallion.gold.define.MartDefinition.DistinctColumn;
import io.medallion.gold.define.MartDefinition.Output;
import io.medallion.gold.mart.Key;
import io.medallion.gold.mart.TimeRange;
import io.medallion.gold.measure.ValueType;
import io.medallion.lakehouse.spark.SparkInternals;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * The SELECTs of marts, run by Spark over silver with Spark's own aggregation: what gold's tables
 * are compared with.
 *
 * <p>Nothing of gold's own partial aggregates and merges is used.
 */
public final class MartQuery {
  private static final String VALUE_HASH = "medallion_value_hash";

  private final SparkSession session;

  /**
   * Makes a session of its own.
   *
   * @param session any
   */
  public MartQuery(SparkSession session) {
    this.session = session.newSession();
    this.session.conf().set("spark.sql.ansi.enabled", false);
    this.session.conf().set("spark.sql.session.timeZone", "UTC");
    this.session
        .udf()
        .register(
            MartAnalyzer.TEXT_KEY,
            (UDF1<String, String>)
                text -> Key.ofUtf8(text == null ? null : UTF8String.fromString(text)).toString(),
            DataTypes.StringType);
    this.session
        .udf()
        .register(
            VALUE_HASH,
            (UDF1<String, String>) text -> Key.hash(text).toString(),
            DataTypes.StringType);
  }

  /** The session in which rows of silver have to be read for it. */
  public SparkSession session() {
    return session;
  }

  /**
   * Of silver's rows those that marts count.
   *
   * @param bots whether crawlers' events count
   * @param latenessMicros events later than this do not
   */
  public static Dataset<Row> counted(Dataset<Row> silver, boolean bots, long latenessMicros) {
    return silver.where(
        "(%s or not coalesce(is_bot, false)) and unix_micros(coalesce(kafka_timestamp, event_time)) - unix_micros(event_time) <= %d"
            .formatted(bots, latenessMicros));
  }

  /**
   * The rows of a mart, with the columns of {@link MartDefinition#keyFirst}.
   *
   * @param silver the events that it counts
   */
  public Dataset<Row> rows(MartDefinition mart, Dataset<Row> silver) {
    silver.createOrReplaceTempView("silver");
    Dataset<Row> rows =
        SparkInternals.rows(
            session, Expressions.tolerant(SparkInternals.analysed(session, mart.plan())));
    return rows.select(
        mart.keyFirst().stream().map(c -> functions.col(c.name())).toArray(Column[]::new));
  }

  /**
   * The events of a mart, each with the keys of its row as more columns, as {@link
   * MartDefinition#KEY} says.
   *
   * @param silver the events that it counts
   */
  public Dataset<Row> events(MartDefinition mart, Dataset<Row> silver) {
    silver.createOrReplaceTempView("silver");
    return SparkInternals.rows(
        session, Expressions.tolerant(SparkInternals.analysed(session, mart.events())));
  }

  /** The times of all events that windows with a start in a range hold. */
  public static Optional<TimeRange> around(MartDefinition mart, TimeRange starts) {
    return mart.time().kind() == TimeKey.Kind.NONE
        ? Optional.empty()
        : Optional.of(mart.time().around(starts));
  }

  /** The times that events of the window may have that starts at a time. */
  public static TimeRange times(MartDefinition mart, long start) {
    return mart.time().times(start);
  }

  /** Of events at {@link #times} those of the window, in Spark's SQL. */
  public static String inWindow(MartDefinition mart, long start) {
    return mart.time().kind() == TimeKey.Kind.LOCAL
        ? "%s = %d".formatted(step(mart.time()), start)
        : "true";
  }

  /** A column's value as a text, in which gold's and Spark's are compared. */
  public static Column text(Output output) {
    Column column = functions.col(output.name());
    return switch (output.type().kind()) {
      case TIME -> functions.unix_micros(column).cast("string");
      case INTERVAL ->
          functions
              .unix_micros(functions.timestamp_micros(functions.lit(0L)).plus(column))
              .cast("string");
      case TEXTS -> texts(column);
      default -> column.cast("string");
    };
  }

  /** A list as one text, as gold's reader has it: each after its length in bytes. */
  public static Column texts(Column list) {
    return functions.array_join(
        functions.transform(
            list,
            text ->
                functions.coalesce(
                    functions.concat(
                        functions.octet_length(text).cast("string"), functions.lit(":"), text),
                    functions.lit("-"))),
        " ");
  }

  /** The names of a mart's tables of distinct values. */
  public static List<String> sets(MartDefinition mart) {
    return mart.distincts().stream().map(mart::setsOf).toList();
  }

  /** How much time a row of such a table is about, in microseconds; 0 for a single window. */
  public static long bucket(MartDefinition mart) {
    return mart.time().kind() == TimeKey.Kind.WINDOW
        ? MartTable.WINDOWS_PER_SET * mart.time().slide()
        : 0;
  }

  /** The columns of such a table: its key, and the windows. */
  public static List<Output> setColumns(MartDefinition mart) {
    return Stream.of(
            Stream.<Output>of(new MartDefinition.TimeColumn("bucket", ValueType.TIME, false)),
            mart.keys().stream().map(Output.class::cast),
            Stream.<Output>of(
                new MartDefinition.KeyColumn("value", ValueType.TEXT, null),
                new MartDefinition.KeyColumn("windows", ValueType.BIGINT, null)))
        .flatMap(columns -> columns)
        .toList();
  }

  /**
   * The rows of a mart's table of distinct values.
   *
   * @param silver the events that it counts
   */
  public Dataset<Row> setRows(MartDefinition mart, String table, Dataset<Row> silver) {
    DistinctColumn column =
        mart.distincts().stream()
            .filter(c -> table.equals(mart.setsOf(c)))
            .findFirst()
            .orElseThrow();
    TimeKey time = mart.time();
    // Each value is hashed once for each step of time in which it occurs, not once for each event.
    List<String> selected = new ArrayList<>();
    selected.add(step(time) + " AS medallion_step");
    mart.keys().forEach(key -> selected.add(MartDefinition.KEY + key.name() + " AS " + key.name()));
    selected.add(valueText(column, MartDefinition.KEY + "value") + " AS medallion_text");
    Dataset<Row> occurring =
        SparkInternals.rows(session, withValue(column, silver))
            .where(MartDefinition.KEY + "value IS NOT NULL")
            .selectExpr(selected.toArray(String[]::new))
            .distinct();
    List<String> placed = new ArrayList<>();
    placed.add(windowStart(time) + " AS start");
    mart.keys().forEach(key -> placed.add(key.name()));
    placed.add("%s(medallion_text) AS value".formatted(VALUE_HASH));
    Dataset<Row> values = occurring.selectExpr(placed.toArray(String[]::new));
    long bucket = bucket(mart);
    String place =
        bucket == 0 ? "start" : "start - pmod(start - %d, %d)".formatted(time.offset(), bucket);
    String bit =
        bucket == 0
            ? "1L"
            : "shiftleft(1L, cast((start - (%s)) div %d as int))".formatted(place, time.slide());
    String keys = mart.keys().stream().map(k -> k.name() + ", ").reduce("", String::concat);
    values.createOrReplaceTempView("values_of_sets");
    return session.sql(
        "SELECT timestamp_micros(%1$s) AS bucket, %2$svalue, bit_or(%3$s) AS windows FROM values_of_sets GROUP BY %1$s, %2$svalue"
            .formatted(place, keys, bit));
  }

  private org.apache.spark.sql.catalyst.plans.logical.LogicalPlan withValue(
      DistinctColumn column, Dataset<Row> silver) {
    silver.createOrReplaceTempView("silver");
    return Expressions.tolerant(SparkInternals.analysed(session, column.events()));
  }

  /** The events of a step are in the same windows; microseconds since 1970 in it. */
  private static String step(TimeKey time) {
    String micros = "unix_micros(event_time)";
    return switch (time.kind()) {
      case NONE -> TimeKey.ALWAYS + "L";
      case SESSION -> micros;
      case CALENDAR -> "unix_micros(date_trunc('%s', event_time))".formatted(time.unit());
      case LOCAL -> "unix_micros(date_trunc('%s', local_date))".formatted(time.unit());
      case WINDOW ->
          "(%1$s - pmod(%1$s - %2$d, %3$d))".formatted(micros, time.offset(), time.slide());
    };
  }

  /** A row for each window of a step. */
  private static String windowStart(TimeKey time) {
    return time.kind() == TimeKey.Kind.WINDOW
        ? "explode(sequence(medallion_step - %d, medallion_step, %d))"
            .formatted(time.size() - time.slide(), time.slide())
        : "medallion_step";
  }

  private static String valueText(DistinctColumn column, String name) {
    return switch (column.valueType().kind()) {
      case TIME -> "cast(unix_micros(%s) as string)".formatted(name);
      case DAY -> "cast(unix_date(%s) as string)".formatted(name);
      default -> "cast(%s as string)".formatted(name);
    };
  }
}
