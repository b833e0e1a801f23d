package io.medallion.operations.verify;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.xxhash64;

import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.error.MedallionException;
import io.medallion.gold.mart.TimeRange;
import io.medallion.gold.read.GoldSnapshot;
import io.medallion.gold.read.GoldSnapshot.Definition;
import io.medallion.gold.read.GoldSnapshot.Position;
import io.medallion.lakehouse.schema.SilverColumns;
import io.medallion.silver.replay.ReplayPreview;
import io.medallion.silver.replay.diff.DayDiff;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;

/**
 * Gold's numbers by day, as silver makes them now and as it would with other rows on some days: by
 * the queries that {@code verify} computes gold with, and the definitions that gold's tables were
 * made with.
 */
public final class GoldForecast implements ReplayPreview {
  /** Up to so many are sent to every task, rather than every event to its visitor. */
  private static final long FEW_VISITORS = 500_000;

  /** The hash of an event's visitor. */
  private static final Column VISITOR = xxhash64(col("whole_visitor"));

  /**
   * A number that would change.
   *
   * @param day the day (UTC) that it is of; for sessions that on which they begin
   * @param number its name, such as {@code page views}
   * @param before as it is now
   * @param after as it would be
   */
  public record Change(LocalDate day, String number, BigDecimal before, BigDecimal after) {}

  /**
   * A number that is told of a table of gold.
   *
   * @param name in Spark's SQL
   * @param value what a row adds to it, in the same
   */
  private record Figure(String name, String value) {}

  /**
   * What is told of a table by day.
   *
   * @param table its name
   * @param day the day of a row, in Spark's SQL
   * @param figures its numbers
   */
  private record Figures(String table, String day, List<Figure> figures) {
    private MartTable mart() {
      return Stream.concat(MartTable.ALL.stream(), WINDOWS.stream())
          .filter(t -> t.name().equals(table))
          .findFirst()
          .orElseThrow();
    }

    /** A row for each number that a row of the table adds to. */
    private String each() {
      return figures.stream()
          .map(f -> "struct(%s, cast(%s as decimal(28, 6)))".formatted(f.name(), f.value()))
          .collect(Collectors.joining(", ", "inline(array(", ")) as (number, value)"));
    }
  }

  /** Declared marts of which the plan tells numbers, as its own queries make them. */
  private static final List<MartTable> WINDOWS =
      List.of(
          MartTable.of("page_views", 2, "TIME window_start", "TEXT page", "NUMBER views"),
          MartTable.of(
              "event_counts",
              3,
              "TIME window_start",
              "TEXT event_type",
              "TEXT country",
              "NUMBER events"),
          MartTable.of(
              "revenue",
              2,
              "TIME window_start",
              "TEXT currency",
              "NUMBER orders",
              "NUMBER revenue"));

  private static final String OF_WINDOW = "cast(timestamp_micros(window_start) as date)";
  private static final String OF_SESSION = "cast(timestamp_micros(session_start) as date)";

  private static final List<Figures> NUMBERS =
      List.of(
          new Figures("event_counts", OF_WINDOW, List.of(new Figure("'events'", "events"))),
          new Figures("page_views", OF_WINDOW, List.of(new Figure("'page views'", "views"))),
          new Figures("daily_users", "day", List.of(new Figure("'users'", "1"))),
          new Figures(
              "sessions",
              OF_SESSION,
              List.of(
                  new Figure("'sessions'", "1"),
                  new Figure("'sessions that bought'", "int(converted)"))),
          new Figures(
              "revenue",
              OF_WINDOW,
              List.of(
                  new Figure("'orders'", "orders"),
                  new Figure("concat('revenue ', currency)", "revenue"))));

  private final Position position;
  private final Map<String, Definition> definitions;
  private final String notLookedAt;
  private final List<Change> changes = new ArrayList<>();

  private GoldForecast(Position position, Map<String, Definition> definitions, String notLookedAt) {
    this.position = position;
    this.definitions = definitions;
    this.notLookedAt = notLookedAt;
  }

  /** By the definitions of the gold that a configuration names; nothing is computed without one. */
  public static GoldForecast of(Configuration configuration) {
    if (configuration.find(Keys.POSTGRES_URL).isEmpty()) {
      return without("postgres.url is not set");
    }
    try (GoldSnapshot image = GoldSnapshot.take(configuration).orElse(null)) {
      return image == null
          ? without("gold has merged nothing yet")
          : new GoldForecast(image.position(), image.definitions(), null);
    } catch (MedallionException e) {
      return without("%s (%s)".formatted(e.problem(), e.reason()));
    }
  }

  private static GoldForecast without(String why) {
    return new GoldForecast(null, Map.of(), why);
  }

  /** Why nothing is computed; empty if it is. */
  public Optional<String> notLookedAt() {
    return Optional.ofNullable(notLookedAt);
  }

  /** What {@link #look} has found, by day. */
  public List<Change> changes() {
    return List.copyOf(changes);
  }

  /** What a number is told by. */
  private record Told(LocalDate day, String number) {}

  @Override
  public List<String> columns() {
    return notLookedAt == null ? GoldEvents.READ : List.of();
  }

  /**
   * Computes the numbers.
   *
   * <p>Each of them is a sum over visitors, and a visitor whose events are as they were adds what
   * he added. So the events of all others are grouped and sorted twice, as they are and as they
   * would be, and his once, only where a number differs, to tell it as a whole.
   */
  @Override
  public void look(ReplayPreview.Rows rows) {
    if (notLookedAt != null) {
      return;
    }
    SparkSession in = rows.before().sparkSession();
    Dataset<Row> others = GoldEvents.of(in, rows.kept(), "");
    Dataset<Row> was = GoldEvents.of(in, rows.before(), "");
    Dataset<Row> becomes = GoldEvents.of(in, rows.after(), "");
    Dataset<Row> found = rows.touched().persist(StorageLevel.DISK_ONLY());
    List<Dataset<Row>> persisted = new ArrayList<>(List.of(found));
    try {
      long visitors = found.count();
      if (visitors == 0) {
        return;
      }
      Dataset<Row> touched = visitors <= FEW_VISITORS ? broadcast(found) : found;
      Dataset<Row> wasOfTouched = of(touched, was).persist(StorageLevel.DISK_ONLY());
      Dataset<Row> becomesOfTouched = of(touched, becomes).persist(StorageLevel.DISK_ONLY());
      persisted.addAll(List.of(wasOfTouched, becomesOfTouched));
      Dataset<Row> othersOfTouched = of(touched, others);
      for (Figures told : NUMBERS) {
        Definition definition = definitions.get(told.mart().mart());
        if (definition != null) {
          compare(
              numbers(in, told, definition, othersOfTouched, wasOfTouched),
              numbers(in, told, definition, othersOfTouched, becomesOfTouched),
              // Sessions may begin on days next to those that change.
              differing -> {
                Dataset<Row> rest =
                    GoldEvents.of(in, onDays(rows, differing), "")
                        .select(VISITOR.as(DayDiff.VISITOR_HASH))
                        .distinct()
                        .join(touched, DayDiff.VISITOR_HASH, "left_anti");
                return numbers(in, told, definition, of(rest, others), of(rest, was));
              });
        }
      }
    } finally {
      persisted.forEach(Dataset::unpersist);
    }
    changes.sort(Comparator.comparing(Change::day));
  }

  /** Silver's rows of some days as they are. */
  private static Dataset<Row> onDays(ReplayPreview.Rows rows, Set<LocalDate> days) {
    return rows.before()
        .unionByName(rows.kept())
        .where(col(SilverColumns.EVENT_DATE).isin(days.toArray()));
  }

  /** Events of some visitors, perhaps of a few more: by a hash, as numbers are faster compared. */
  private static Dataset<Row> of(Dataset<Row> visitors, Dataset<Row> events) {
    return events.join(visitors, visitors.col(DayDiff.VISITOR_HASH).equalTo(VISITOR), "left_semi");
  }

  /** Of the days only that gold keeps rows of. */
  private Map<Told, BigDecimal> numbers(
      SparkSession in,
      Figures told,
      Definition definition,
      Dataset<Row> others,
      Dataset<Row> changed) {
    GoldEvents.counted(changed.unionByName(others), changed, definition);
    Dataset<Row> rows =
        in.sql(
            SqlResource.of(told.table())
                .replace(":gap", Long.toString(definition.gapMicros()))
                .replace(":only", "true"));
    Long kept = told.mart().retainedFrom(position);
    Dataset<Row> counted =
        kept == null ? rows : rows.where(told.mart().within(new TimeRange(kept, EventDays.END)));
    Map<Told, BigDecimal> numbers = new HashMap<>();
    counted
        .selectExpr("cast(%s as string) as day".formatted(told.day()), told.each())
        .groupBy("day", "number")
        .agg(sum("value").cast("decimal(38, 6)"))
        .collectAsList()
        .forEach(
            row ->
                numbers.put(
                    new Told(LocalDate.parse(row.getString(0)), row.getString(1)),
                    row.getDecimal(2)));
    return numbers;
  }

  /**
   * Adds what differs.
   *
   * @param before what those add whose events differ
   * @param after what they would add
   * @param rest what all other visitors add on the days on which some differ
   */
  private void compare(
      Map<Told, BigDecimal> before,
      Map<Told, BigDecimal> after,
      Function<Set<LocalDate>, Map<Told, BigDecimal>> rest) {
    Map<Told, BigDecimal> differences =
        new TreeMap<>(Comparator.comparing(Told::day).thenComparing(Told::number));
    differences.putAll(after);
    before.forEach((told, number) -> differences.merge(told, number.negate(), BigDecimal::add));
    differences.values().removeIf(difference -> difference.signum() == 0);
    if (differences.isEmpty()) {
      return;
    }
    Map<Told, BigDecimal> unchanged =
        rest.apply(differences.keySet().stream().map(Told::day).collect(Collectors.toSet()));
    differences.forEach(
        (told, difference) -> {
          BigDecimal now =
              before
                  .getOrDefault(told, BigDecimal.ZERO)
                  .add(unchanged.getOrDefault(told, BigDecimal.ZERO));
          changes.add(
              new Change(told.day(), told.number(), plain(now), plain(now.add(difference))));
        });
  }

  private static BigDecimal plain(BigDecimal number) {
    BigDecimal stripped = number.stripTrailingZeros();
    return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
  }
}
