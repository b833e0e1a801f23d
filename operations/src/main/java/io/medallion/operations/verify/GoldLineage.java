package io.medallion.operations.verify;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.unix_micros;

import io.medallion.common.config.Closest;
import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.contract.Pseudonyms;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.gold.define.MartDefinition;
import io.medallion.gold.define.MartQuery;
import io.medallion.gold.define.TimeKey;
import io.medallion.gold.mart.TimeRange;
import io.medallion.gold.read.GoldSnapshot;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.session.BatchProfile;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAccessor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/** Follows a row of gold back to silver's rows, bronze's commits and Kafka's offsets. */
public final class GoldLineage {
  private static final String LINEAGE =
      ", event_id, event_time, source_epoch, topic, partition, offset, event_index, commit_seq";
  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder()
          .append(DateTimeFormatter.ISO_LOCAL_DATE)
          .appendPattern("['T'][' ']")
          .append(DateTimeFormatter.ISO_LOCAL_TIME)
          .appendPattern("[XXXXX][XXX][X]")
          .toFormatter(Locale.ROOT);
  private static final StructType LINKS =
      StructType.fromDDL("site string, kind string, id string, person string");
  private static final long MINUTE = 60_000_000L;
  private static final long HOUR = 60 * MINUTE;
  private static final long DAY = 24 * HOUR;

  private static final String DERIVED = "identity_days";

  private static final Set<String> EVERY_EVENT = Set.of("silver_days", "identities");

  /** From one microsecond to before another. */
  private record Span(long since, long until) {}

  private final Lake lake;
  private final Configuration configuration;
  private final Map<String, MartDefinition> declared = new LinkedHashMap<>();

  /**
   * @param configuration where gold is
   */
  public GoldLineage(Lake lake, Configuration configuration) {
    this.lake = lake;
    this.configuration = configuration;
    GoldCheck.declared(lake, configuration)
        .definitions()
        .forEach(mart -> declared.put(mart.name(), mart));
  }

  /** The tables whose rows are made from events of their own. */
  private List<MartTable> tables() {
    return Stream.concat(
            declared.values().stream().map(MartTable::of),
            MartTable.ALL.stream().filter(table -> !DERIVED.equals(table.name())))
        .toList();
  }

  /**
   * Of one row.
   *
   * @param name of the table
   * @param key the values of its key, in order; times as in {@code 2026-03-01T10:00:00Z}, an id as
   *     gold has it or as it was sent
   * @param most how many events to name
   * @throws MedallionException if there is no such table or row, or gold cannot be reached
   */
  public Lineage of(String name, List<String> key, int most) {
    MartTable table = table(name);
    requireKey(table, key);
    configuration.get(Keys.POSTGRES_URL);
    try (GoldSnapshot image =
        GoldSnapshot.take(configuration).orElseThrow(() -> missing(table, key, "is empty"))) {
      List<String> normal = normal(table, key);
      String[] row =
          spellings(table, normal)
              .map(spelling -> image.row(table.name(), read(table), spelling))
              .flatMap(Optional::stream)
              .findFirst()
              .orElseThrow(() -> missing(table, key, "has no such row"));
      Dataset<Row> events = events(image, table, row).persist();
      try {
        return new Lineage(
            table.name(),
            columns(table, row),
            image.position().silverVersion(),
            events.count(),
            ranges(events),
            first(events, most));
      } finally {
        events.unpersist();
      }
    }
  }

  /** The columns of a table, and of sessions the time of the last event. */
  private List<GoldSnapshot.Column> read(MartTable table) {
    MartDefinition mart = declared.get(table.name());
    return mart != null && mart.time().kind() == TimeKey.Kind.SESSION
        ? Stream.concat(
                table.columns().stream(),
                Stream.of(new GoldSnapshot.Column(mart.sessionEnd(), GoldSnapshot.Kind.TIME)))
            .toList()
        : table.columns();
  }

  /**
   * Of one row, by the names of its columns.
   *
   * @param row the values of its key's columns, as {@link #of(String, List, int)} takes them, and
   *     of others or none
   * @throws MedallionException if there is no such table or row, a column of its key is missing, or
   *     gold cannot be reached
   */
  public Lineage of(String name, Map<String, String> row, int most) {
    return of(
        name, keyNames(table(name)).stream().filter(row::containsKey).map(row::get).toList(), most);
  }

  private MartTable table(String name) {
    List<MartTable> tables = tables();
    List<String> names = tables.stream().map(MartTable::name).toList();
    return tables.stream()
        .filter(table -> table.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                Closest.unknown(
                    "There is no table gold.%s to explain".formatted(name), name, "tables", names));
  }

  private static List<String> keyNames(MartTable table) {
    return table.columns().stream().limit(table.keys()).map(GoldSnapshot.Column::name).toList();
  }

  private static void requireKey(MartTable table, List<String> key) {
    if (key.size() != table.keys()) {
      throw new MedallionException(
          ErrorCode.USAGE,
          "%d values are no key of gold.%s".formatted(key.size(), table.name()),
          "A row is known by %s.".formatted(String.join(", ", keyNames(table))),
          "Give them in this order, times as in 2026-03-01T10:00:00Z.");
    }
  }

  private static MedallionException missing(MartTable table, List<String> key, String why) {
    return new MedallionException(
        ErrorCode.USAGE,
        "gold.%s %s: %s".formatted(table.name(), why, String.join(", ", key)),
        "Its key is %s.".formatted(String.join(", ", keyNames(table))),
        "`medallion query \"SELECT * FROM gold.%s LIMIT 10\"` shows some.".formatted(table.name()));
  }

  /** Times as microseconds, days as dates. */
  private static List<String> normal(MartTable table, List<String> key) {
    List<String> normal = new ArrayList<>();
    for (int i = 0; i < key.size(); i++) {
      String value = key.get(i);
      try {
        normal.add(
            switch (table.columns().get(i).kind()) {
              case TIME -> Long.toString(micros(time(value)));
              case DAY -> LocalDate.parse(value).toString();
              default -> value;
            });
      } catch (DateTimeException e) {
        throw new MedallionException(
            ErrorCode.USAGE,
            "'%s' is no %s".formatted(value, table.columns().get(i).name()),
            e.getMessage(),
            "Write a time as 2026-03-01T10:00:00Z, a day as 2026-03-01.",
            e);
      }
    }
    return normal;
  }

  /** The key as given, and with each id of it as the pseudonyms that it has or had. */
  private Stream<List<String>> spellings(MartTable table, List<String> key) {
    Pseudonyms pseudonyms = Pseudonyms.of(configuration);
    List<List<String>> all = new ArrayList<>(List.of(key));
    for (int i = 0; i < key.size(); i++) {
      if (table.columns().get(i).kind() == GoldSnapshot.Kind.TEXT) {
        for (String pseudonym : pseudonyms.of(key.get(i))) {
          List<String> other = new ArrayList<>(key);
          other.set(i, pseudonym);
          all.add(other);
        }
      }
    }
    return all.stream();
  }

  /**
   * As ISO 8601 or as Postgres prints it in any zone. Without a zone it is UTC, as all commands
   * print it.
   */
  static Instant time(String text) {
    TemporalAccessor time = TIME.parseBest(text.trim(), OffsetDateTime::from, LocalDateTime::from);
    return time instanceof OffsetDateTime zoned
        ? zoned.toInstant()
        : ((LocalDateTime) time).toInstant(ZoneOffset.UTC);
  }

  private static long micros(Instant time) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, time);
  }

  private static Map<String, String> columns(MartTable table, String[] row) {
    Map<String, String> columns = new LinkedHashMap<>();
    for (int i = 0; i < table.columns().size(); i++) {
      columns.put(table.columns().get(i).name(), table.readable(row, i));
    }
    return columns;
  }

  private Dataset<Row> events(GoldSnapshot image, MartTable table, String[] row) {
    MartDefinition mart = declared.get(table.name());
    if (mart != null) {
      return eventsOf(image, mart, table, row);
    }
    LakeTable silver = lake.table(TableDefinition.SILVER).required();
    SparkSession session = BatchProfile.LOW_LATENCY.session(lake.session());
    Span span = span(table, row);
    Dataset<Row> rows =
        ofPeople(
            image,
            table.mart(),
            row,
            silver.rowsAt(session, image.position().silverVersion()).where(during(span)));
    Dataset<Row> events =
        GoldEvents.parsed(
            GoldEvents.of(session, rows, LINEAGE), image.definitions().get(table.mart()));
    boolean all = EVERY_EVENT.contains(table.name());
    return (all ? events : events.where(GoldEvents.COUNT)).where(condition(table, row));
  }

  /** Rows of silver with the person of the row, where they count for that, as their visitor. */
  private Dataset<Row> ofPeople(
      GoldSnapshot image, String mart, String[] row, Dataset<Row> silver) {
    if (!image.definitions().get(mart).stitched()) {
      return silver;
    }
    List<String> keys = Stream.of(row).filter(Objects::nonNull).toList();
    List<Row> links =
        image.links(keys).stream()
            .map(link -> RowFactory.create(link.site(), link.kind(), link.id(), link.person()))
            .toList();
    return People.linked(
            silver.sparkSession().createDataFrame(links, LINKS),
            configuration.get(Keys.GOLD_PLACEHOLDER_IDS))
        .resolved(silver);
  }

  /** By the mart's own SELECT: its events with the row's keys, in the row's window. */
  private Dataset<Row> eventsOf(
      GoldSnapshot image, MartDefinition mart, MartTable table, String[] row) {
    MartQuery query = new MartQuery(BatchProfile.LOW_LATENCY.session(lake.session()));
    Dataset<Row> silver =
        GoldCheck.counted(
            ofPeople(
                image,
                mart.name(),
                row,
                lake.table(TableDefinition.SILVER)
                    .required()
                    .rowsAt(query.session(), image.position().silverVersion())),
            image.definitions().get(mart.name()));
    boolean timed = mart.start().isPresent();
    if (timed) {
      long start =
          table.columns().get(0).kind() == GoldSnapshot.Kind.DAY
              ? day(row[0])
              : Long.parseLong(row[0]);
      TimeRange times =
          mart.time().kind() == TimeKey.Kind.SESSION
              ? new TimeRange(start, Long.parseLong(row[row.length - 1]) + 1)
              : MartQuery.times(mart, start);
      silver =
          silver
              .where(during(new Span(times.since(), times.until())))
              .where(MartQuery.inWindow(mart, start));
    }
    Dataset<Row> events = query.events(mart, silver);
    for (int i = timed ? 1 : 0; i < table.keys(); i++) {
      events = events.where(keyText(table.columns().get(i)).equalTo(row[i]));
    }
    return events.withColumns(
        Map.of(
            "t", expr("unix_micros(event_time)"),
            "id", col("event_id"),
            "type", col("event_type"),
            "whole_visitor", col("visitor")));
  }

  private static Column keyText(GoldSnapshot.Column column) {
    Column key = col(MartDefinition.KEY + column.name());
    return column.kind() == GoldSnapshot.Kind.TIME
        ? unix_micros(key).cast("string")
        : key.cast("string");
  }

  private static String during(Span span) {
    return "event_time >= timestamp_micros(%1$dL) and event_time < timestamp_micros(%2$dL) and event_date >= cast(timestamp_micros(%1$dL) as date) and event_date <= cast(timestamp_micros(%2$dL) as date)"
        .formatted(span.since(), span.until());
  }

  private static Span span(MartTable table, String[] row) {
    return switch (table.name()) {
      case "user_events" -> from(Long.parseLong(row[1]), 1);
      case "identities" ->
          new Span(Long.parseLong(row[7]), 1 + Long.parseLong(row[10] == null ? row[7] : row[10]));
      case "silver_days" -> from(day(row[0]), DAY);
      default -> from(Long.parseLong(row[0]), MINUTE);
    };
  }

  private static Span from(long since, long size) {
    return new Span(since, since + size);
  }

  private static long day(String day) {
    return LocalDate.parse(day).toEpochDay() * DAY;
  }

  /** Which events of the span; the span itself says the time. */
  private static Column condition(MartTable table, String[] row) {
    return switch (table.name()) {
      case "identities" ->
          col("t")
              .isin(
                  Stream.of(row[7], row[10]).filter(Objects::nonNull).map(Long::valueOf).toArray())
              .and(col("id").isin(row[6], row[9] == null ? row[6] : row[9]));
      case "user_events" -> is("id", row[0]);
      default -> lit(true);
    };
  }

  private static Column is(String column, String value) {
    return col(column).equalTo(value);
  }

  private static List<Lineage.Range> ranges(Dataset<Row> events) {
    return events
        .groupBy("source_epoch", "topic", "partition")
        .agg(
            count(lit(1)).as("n"),
            min("offset").as("a"),
            max("offset").as("b"),
            min("commit_seq").as("c"),
            max("commit_seq").as("d"))
        .orderBy("source_epoch", "topic", "partition")
        .collectAsList()
        .stream()
        .map(
            r ->
                new Lineage.Range(
                    r.getInt(0),
                    r.getString(1),
                    r.getInt(2),
                    r.getLong(3),
                    r.getLong(4),
                    r.getLong(5),
                    r.getLong(6),
                    r.getLong(7)))
        .toList();
  }

  private static List<Lineage.Event> first(Dataset<Row> events, int most) {
    return events
        .orderBy("t", "id")
        .limit(most)
        .select(
            col("event_id"),
            col("t"),
            col("type"),
            col("whole_visitor"),
            expr("topic || '/' || partition || '/' || offset || coalesce('#' || event_index, '')"),
            col("commit_seq"))
        .collectAsList()
        .stream()
        .map(
            r ->
                new Lineage.Event(
                    r.getString(0),
                    Instant.EPOCH.plus(r.getLong(1), ChronoUnit.MICROS),
                    r.getString(2),
                    r.getString(3),
                    r.getString(4),
                    r.getLong(5)))
        .toList();
  }
}
