package io.medallion.operations.proof;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;

import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.error.MedallionException;
import io.medallion.gold.GoldImage;
import io.medallion.gold.GoldImage.Definition;
import io.medallion.gold.GoldImage.Position;
import io.medallion.gold.TimeRange;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Gold's numbers by day, as silver makes them now and as it would with other rows on some days: by
 * the queries that {@code verify} computes gold with, and the definitions that gold's tables were
 * made with.
 */
public final class GoldForecast {
  private static final String BEFORE = "before";
  private static final String AFTER = "after";

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
      return MartTable.ALL.stream().filter(t -> t.name().equals(table)).findFirst().orElseThrow();
    }

    /** A row for each number that a row of the table adds to. */
    private String each() {
      return figures.stream()
          .map(f -> "struct(%s, cast(%s as decimal(28, 6)))".formatted(f.name(), f.value()))
          .collect(Collectors.joining(", ", "inline(array(", ")) as (number, value)"));
    }
  }

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
    try (GoldImage image = GoldImage.take(configuration).orElse(null)) {
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

  /** Why nothing is computed; empty where it is. */
  public Optional<String> notLookedAt() {
    return Optional.ofNullable(notLookedAt);
  }

  /** What {@link #compute} has found, by day. */
  public List<Change> changes() {
    return List.copyOf(changes);
  }

  /**
   * Computes the numbers.
   *
   * @param days the days (UTC) of which rows change
   * @param kept silver's rows of all other days
   * @param before its rows of these days
   * @param after what they would become
   */
  public void compute(
      SortedSet<LocalDate> days, Dataset<Row> kept, Dataset<Row> before, Dataset<Row> after) {
    if (notLookedAt != null) {
      return;
    }
    SparkSession in = before.sparkSession();
    Dataset<Row> others = GoldEvents.of(in, kept, "");
    Dataset<Row> was = GoldEvents.of(in, before, "").persist(StorageLevel.DISK_ONLY());
    Dataset<Row> becomes = GoldEvents.of(in, after, "").persist(StorageLevel.DISK_ONLY());
    try {
      // Whose events are as they were has sessions as they were.
      was.select("visitor")
          .union(becomes.select("visitor"))
          .distinct()
          .createOrReplaceTempView("seen");
      for (Figures told : NUMBERS) {
        Definition definition = definitions.get(told.mart().mart());
        if (definition != null) {
          compare(
              numbers(in, told, definition, others, was),
              numbers(in, told, definition, others, becomes));
        }
      }
    } finally {
      was.unpersist();
      becomes.unpersist();
    }
    changes.sort(Comparator.comparing(Change::day));
  }

  /** Of the days only that gold keeps rows of. */
  private Dataset<Row> numbers(
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
                .replace(":only", "visitor in (select visitor from seen)"));
    Long kept = told.mart().keptFrom(position);
    Dataset<Row> counted =
        kept == null ? rows : rows.where(told.mart().within(new TimeRange(kept, EventDays.END)));
    return counted
        .selectExpr("cast(%s as string) as day".formatted(told.day()), told.each())
        .groupBy("day", "number")
        .agg(sum("value").cast("decimal(38, 6)").as("value"));
  }

  private void compare(Dataset<Row> before, Dataset<Row> after) {
    before
        .withColumnRenamed("value", BEFORE)
        .join(
            after.withColumnRenamed("value", AFTER),
            CollectionConverters.asScala(List.of("day", "number")).toSeq(),
            "full_outer")
        .withColumn(BEFORE, coalesce(col(BEFORE), lit(BigDecimal.ZERO)))
        .withColumn(AFTER, coalesce(col(AFTER), lit(BigDecimal.ZERO)))
        .where(col(BEFORE).notEqual(col(AFTER)))
        .orderBy("day", "number")
        .collectAsList()
        .forEach(
            row ->
                changes.add(
                    new Change(
                        LocalDate.parse(row.getString(0)),
                        row.getString(1),
                        plain(row.getDecimal(2)),
                        plain(row.getDecimal(3)))));
  }

  private static BigDecimal plain(BigDecimal number) {
    BigDecimal stripped = number.stripTrailingZeros();
    return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
  }
}
