package io.medallion.operations.verify;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.xxhash64;

import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.error.MedallionException;
import io.medallion.gold.define.DeclaredMarts;
import io.medallion.gold.define.MartDefinition;
import io.medallion.gold.define.MartQuery;
import io.medallion.gold.define.TimeKey;
import io.medallion.gold.mart.TimeRange;
import io.medallion.gold.read.GoldSnapshot;
import io.medallion.gold.read.GoldSnapshot.Definition;
import io.medallion.gold.read.GoldSnapshot.Position;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.schema.SilverColumns;
import io.medallion.lakehouse.spark.SparkInternals;
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
  private static final Column VISITOR = xxhash64(col(SilverColumns.VISITOR));

  /**
   * A number that would change.
   *
   * @param day the day that it is of: of UTC; for users and for sessions, which are of the day on
   *     which they begin, of the site
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

  /** How a mart's rows are computed from some events of silver. */
  @FunctionalInterface
  private interface Computed {
    /**
     * The rows.
     *
     * @param others what else there is of the visitors
     * @param changed the events of the days that change
     */
    Dataset<Row> rows(Dataset<Row> others, Dataset<Row> changed);
  }

  /**
   * What is told of rows by day.
   *
   * @param day the day of a row, in Spark's SQL
   * @param figures its numbers
   */
  private record Numbers(String day, List<Figure> figures) {
    /** A row for each number that a row of the table adds to. */
    private String each() {
      return figures.stream()
          .map(f -> "struct(%s, cast(%s as decimal(28, 6)))".formatted(f.name(), f.value()))
          .collect(Collectors.joining(", ", "inline(array(", ")) as (number, value)"));
    }
  }

  /** A mart's rows, and what is told of them. */
  private record Figures(Computed computed, Numbers numbers) {}

  /** What numbers of marts that are shipped are called; of these no others are told. */
  private static final Map<String, Map<String, String>> NAMES =
      Map.of(
          "event_counts", Map.of("events", "'events'"),
          "page_views", Map.of("views", "'page views'"),
          "revenue", Map.of("orders", "'orders'", "revenue", "concat('revenue ', currency)"));

  /** Marts of which other numbers are told than sums of their columns, by their names. */
  private static final Map<String, Numbers> OF_ROWS =
      Map.of(
          "daily_users",
          new Numbers("day", List.of(new Figure("'users'", "1"))),
          "sessions",
          new Numbers(
              "local_date",
              List.of(
                  new Figure("'sessions'", "1"),
                  new Figure("'sessions that bought'", "int(converted)"))));

  private final Position position;
  private final Map<String, Definition> definitions;
  private final List<MartDefinition> marts;
  private final List<String> placeholders;
  private final String notLookedAt;
  private final List<Change> changes = new ArrayList<>();

  private GoldForecast(
      Position position,
      Map<String, Definition> definitions,
      List<MartDefinition> marts,
      List<String> placeholders,
      String notLookedAt) {
    this.position = position;
    this.definitions = definitions;
    this.marts = marts;
    this.placeholders = placeholders;
    this.notLookedAt = notLookedAt;
  }

  /** By the definitions of the gold that a configuration names; nothing is computed without one. */
  public static GoldForecast of(Lake lake, Configuration configuration) {
    if (configuration.find(Keys.POSTGRES_URL).isEmpty()) {
      return without("postgres.url is not set");
    }
    try (GoldSnapshot image = GoldSnapshot.take(configuration).orElse(null)) {
      return image == null
          ? without("gold has merged nothing yet")
          : new GoldForecast(
              image.position(),
              image.definitions(),
              GoldCheck.kept(
                  GoldCheck.declared(lake, configuration), image.definitions(), configuration),
              configuration.get(Keys.GOLD_PLACEHOLDER_IDS),
              null);
    } catch (MedallionException e) {
      return without("%s (%s)".formatted(e.problem(), e.reason()));
    }
  }

  private static GoldForecast without(String why) {
    return new GoldForecast(null, Map.of(), List.of(), List.of(), why);
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
    return notLookedAt == null
        ? Stream.concat(
                GoldEvents.READ.stream(), marts.stream().flatMap(mart -> mart.reads().stream()))
            .distinct()
            .toList()
        : List.of();
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
    Counted counted = counted(rows);
    Dataset<Row> found = counted.touched().persist(StorageLevel.DISK_ONLY());
    List<Dataset<Row>> persisted = new ArrayList<>(List.of(found));
    try {
      long visitors = found.count();
      if (visitors == 0) {
        return;
      }
      Dataset<Row> touched = visitors <= FEW_VISITORS ? broadcast(found) : found;
      Dataset<Row> was = of(touched, counted.before()).persist(StorageLevel.DISK_ONLY());
      Dataset<Row> becomes = of(touched, counted.after()).persist(StorageLevel.DISK_ONLY());
      persisted.addAll(List.of(was, becomes));
      Dataset<Row> othersBefore = of(touched, counted.keptBefore());
      Dataset<Row> othersAfter = of(touched, counted.keptAfter());
      for (Figures told : figures(in)) {
        compare(
            numbers(told, othersBefore, was),
            numbers(told, othersAfter, becomes),
            // Sessions may begin on days next to those that change.
            differing -> {
              Dataset<Row> rest =
                  onDays(counted, differing)
                      .select(VISITOR.as(DayDiff.VISITOR_HASH))
                      .distinct()
                      .join(touched, DayDiff.VISITOR_HASH, "left_anti");
              return numbers(told, of(rest, counted.keptBefore()), of(rest, counted.before()));
            });
      }
    } finally {
      persisted.forEach(Dataset::unpersist);
    }
    changes.sort(Comparator.comparing(Change::day));
  }

  /**
   * What a plan would change, for the visitors that gold counts: whose an id is may follow from
   * events of days that change, for events of all days.
   */
  private record Counted(
      Dataset<Row> keptBefore,
      Dataset<Row> keptAfter,
      Dataset<Row> before,
      Dataset<Row> after,
      Dataset<Row> touched) {}

  private Counted counted(ReplayPreview.Rows rows) {
    if (definitions.values().stream().noneMatch(Definition::stitched)) {
      return new Counted(rows.kept(), rows.kept(), rows.before(), rows.after(), rows.touched());
    }
    People was = People.of(rows.kept().unionByName(rows.before()), placeholders);
    People becomes = People.of(rows.kept().unionByName(rows.after()), placeholders);
    Dataset<Row> touched =
        was.resolved(of(rows.touched(), rows.before()))
            .select(SilverColumns.VISITOR)
            .union(becomes.resolved(of(rows.touched(), rows.after())).select(SilverColumns.VISITOR))
            .union(People.changed(was, becomes))
            .select(VISITOR.as(DayDiff.VISITOR_HASH))
            .distinct();
    return new Counted(
        was.resolved(rows.kept()),
        becomes.resolved(rows.kept()),
        was.resolved(rows.before()),
        becomes.resolved(rows.after()),
        touched);
  }

  /** Silver's rows of some days as they are. */
  private static Dataset<Row> onDays(Counted rows, Set<LocalDate> days) {
    Object[] around =
        days.stream()
            .flatMap(day -> Stream.of(day.minusDays(1), day, day.plusDays(1)))
            .distinct()
            .toArray();
    return rows.before()
        .unionByName(rows.keptBefore())
        .where(col(SilverColumns.EVENT_DATE).isin(around));
  }

  /** Events of some visitors, perhaps of a few more: by a hash, as numbers are faster compared. */
  private static Dataset<Row> of(Dataset<Row> visitors, Dataset<Row> events) {
    return events.join(visitors, visitors.col(DayDiff.VISITOR_HASH).equalTo(VISITOR), "left_semi");
  }

  /** Of each mart by its own SELECT. */
  private List<Figures> figures(SparkSession in) {
    List<Figures> all = new ArrayList<>();
    for (MartDefinition mart : marts) {
      Numbers numbers = numbers(mart);
      if (!numbers.figures().isEmpty()) {
        // A session, and a day of a site, have events of days of UTC that do not change.
        boolean needsOthers =
            mart.time().kind() == TimeKey.Kind.LOCAL || mart.time().kind() == TimeKey.Kind.SESSION;
        all.add(
            new Figures(
                (others, changed) ->
                    rows(in, mart, needsOthers ? changed.unionByName(others) : changed),
                numbers));
      }
    }
    return all;
  }

  private static Numbers numbers(MartDefinition mart) {
    Numbers ofRows = OF_ROWS.get(mart.name());
    return ofRows != null
        ? ofRows
        : new Numbers(
            mart.start().map(start -> "cast(%s as date)".formatted(start.name())).orElse(""),
            figures(mart));
  }

  private static List<Figure> figures(MartDefinition mart) {
    Map<String, String> names = NAMES.get(mart.name());
    boolean shipped = DeclaredMarts.SHIPPED.contains(mart.name());
    return mart.addedUpByDay().stream()
        .filter(column -> !shipped || (names != null && names.containsKey(column)))
        .map(
            column ->
                new Figure(
                    shipped ? names.get(column) : "'%s of gold.%s'".formatted(column, mart.name()),
                    "coalesce(%s, 0)".formatted(column)))
        .toList();
  }

  /** Of some events, among them all of the days that change. */
  private Dataset<Row> rows(SparkSession in, MartDefinition mart, Dataset<Row> changed) {
    MartQuery query = new MartQuery(in);
    Dataset<Row> silver =
        GoldCheck.counted(
            SparkInternals.rows(query.session(), changed), definitions.get(mart.name()));
    Dataset<Row> rows = query.rows(mart, silver);
    Long kept = mart.isKept() ? null : position.retainedFrom();
    return kept == null
        ? rows
        : rows.where(MartTable.of(mart).withinTimes(new TimeRange(kept, EventDays.END)));
  }

  private static Map<Told, BigDecimal> numbers(
      Figures told, Dataset<Row> others, Dataset<Row> changed) {
    Map<Told, BigDecimal> numbers = new HashMap<>();
    told.computed()
        .rows(others, changed)
        .selectExpr(
            "cast(%s as string) as day".formatted(told.numbers().day()), told.numbers().each())
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
