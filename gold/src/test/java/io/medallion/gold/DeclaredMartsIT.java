package io.medallion.gold;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.gold.define.DeclaredMarts;
import io.medallion.gold.define.MartDefinition;
import io.medallion.gold.define.MartDefinition.Output;
import io.medallion.gold.define.MartQuery;
import io.medallion.gold.mart.EventFilter;
import io.medallion.gold.mart.GoldSettings;
import io.medallion.gold.mart.MartRefusal;
import io.medallion.gold.mart.Marts;
import io.medallion.gold.mart.Stitching;
import io.medallion.gold.measure.ValueType;
import io.medallion.gold.merge.GoldMerge;
import io.medallion.gold.merge.MartTables;
import io.medallion.gold.merge.Retention;
import io.medallion.gold.postgres.Migrations;
import io.medallion.gold.postgres.Postgres;
import io.medallion.gold.source.SilverHistory;
import io.medallion.gold.source.SilverRange;
import io.medallion.gold.stage.StageTask;
import io.medallion.gold.stage.Staging;
import io.medallion.gold.status.LayerStatusSnapshot;
import io.medallion.lakehouse.schema.TableDefinition;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever a SELECT says that is not refused, the table that gold keeps is what Spark's own batch
 * aggregation makes of the same events, in whatever order, batches and crashes they came.
 */
class DeclaredMartsIT {
  /** Of the definitions and of all that is done with them; other ones by -Dseed. */
  private static final long SEED = Long.getLong("seed", 23 + Long.getLong("test.first.seed", 0));

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int DEFINITIONS = 40;
  private static final int FEW_DEFINITIONS = 12;

  private static final List<String> TIMES =
      List.of(
          "window(event_time, '1 minute').start AS w",
          "window(event_time, '10 minutes', '2 minutes').start AS w",
          "window(event_time, '7 minutes', '7 minutes', '2 minutes').start AS w",
          "window(event_time, '2 days', '1 day').start AS w",
          "window(event_time, '1 hour').start AS w, window(event_time, '1 hour').end AS w_end",
          "date_trunc('hour', event_time) AS w",
          "CAST(event_time AS DATE) AS w",
          "trunc(CAST(event_time AS DATE), 'week') AS w",
          "date_trunc('month', event_time) AS w",
          "local_date AS w",
          "trunc(local_date, 'week') AS w",
          "trunc(local_date, 'month') AS w",
          "session_window(event_time, '30 minutes').start AS w",
          "session_window(event_time, '7 minutes').start AS w",
          "");

  private static final List<String> KEYS =
      List.of(
          "page",
          "site",
          "country",
          "visitor",
          "coalesce(quantity, 0) AS pieces",
          "price IS NOT NULL AS priced",
          "upper(substring(visitor, 1, 2)) AS beginning",
          "hour(event_time) AS hour_of_day",
          "'all' AS scope",
          "coalesce(CAST(price AS DECIMAL(12, 1)), 0) AS rounded");

  private static final List<String> FILTERS =
      List.of(
          "",
          "WHERE event_type = 'page_view'",
          "WHERE price > 1 OR country IS NULL",
          "WHERE page LIKE '%1%' AND quantity IS NOT NULL",
          "WHERE quantity BETWEEN 1 AND 2 AND nullif(country, 'Germany') IS NOT NULL",
          "WHERE false");

  private static final List<String> MEASURES =
      List.of(
          "count(*)",
          "count(product_id)",
          "count(*) FILTER (WHERE country IS NOT NULL)",
          "count_if(event_type = 'purchase')",
          "sum(quantity)",
          "sum(price * coalesce(quantity, 1))",
          "sum(CASE WHEN event_type = 'click' THEN 1 ELSE 0 END)",
          "sum(price) FILTER (WHERE quantity > 1)",
          "avg(price)",
          "avg(quantity)",
          "min(price)",
          "max(event_time)",
          "min(page)",
          "max(country)",
          "bool_and(price IS NULL)",
          "bool_or(quantity > 2)",
          "max(kafka_timestamp - event_time)",
          "count(DISTINCT visitor)",
          "count(DISTINCT price)",
          "count(DISTINCT page) FILTER (WHERE event_type = 'page_view')",
          "min_by(page, struct(event_time, event_id))",
          "max_by(country, struct(event_time, event_id))",
          "max_by(event_type, struct(price, event_time, event_id))",
          "min_by(product_id, struct(event_time, event_id)) FILTER (WHERE product_id IS NOT NULL)",
          "first_distinct(product_id, 3)",
          "first_distinct(CASE WHEN event_type = 'page_view' THEN page END, 10)",
          "first_values(CASE WHEN event_type = 'page_view' THEN page END, 4)",
          "first_values(product_id, 1)",
          "funnel(event_type = 'page_view', event_type = 'add_to_cart', event_type = 'purchase')",
          "funnel(page LIKE '%1%', country IS NOT NULL, quantity > 1, price > 500000)",
          "max(event_time) - min(event_time)",
          "coalesce(sum(quantity), 0) + count(*)",
          "count_if(event_type = 'purchase') > 0",
          "count(*) BETWEEN 2 AND 5",
          "CASE WHEN min(currency) = max(currency) THEN min(currency) WHEN min(currency) IS NOT"
              + " NULL THEN '(mixed)' END");

  @TempDir private Path folder;

  @Test
  void someOfThemEqualSparksOwnAggregation() throws IOException, SQLException {
    equalSparksOwnAggregation(FEW_DEFINITIONS, 2);
  }

  @Tag("full")
  @Test
  void anyOfThemEqualsSparksOwnAggregation() throws IOException, SQLException {
    equalSparksOwnAggregation(DEFINITIONS, 3);
  }

  private void equalSparksOwnAggregation(int definitions, int rounds)
      throws IOException, SQLException {
    Random random = new Random(SEED);
    for (int i = 0; i < definitions; i++) {
      Files.writeString(folder.resolve("random_%02d.sql".formatted(i)), select(random, false));
    }
    DeclaredMarts declared = load(false);
    assertThat(declared.refused()).as("seed " + SEED).isEmpty();

    for (int round = 0; round < rounds; round++) {
      run(declared, random, Stitching.OFF, "seed %d, round %d".formatted(SEED, round));
    }
  }

  /** Whoever turns out to be somebody else takes his rows along, in whatever mart. */
  @Test
  void someOfThemFollowPeople() throws IOException, SQLException {
    followPeople(FEW_DEFINITIONS, 1);
  }

  @Tag("full")
  @Test
  void anyOfThemFollowsPeople() throws IOException, SQLException {
    followPeople(DEFINITIONS / 2, 2);
  }

  private void followPeople(int definitions, int rounds) throws IOException, SQLException {
    Random random = new Random(SEED + 1);
    for (int i = 0; i < definitions; i++) {
      String select = select(random, true);
      while (!select.contains("visitor")) {
        select = select(random, true);
      }
      Files.writeString(folder.resolve("random_%02d.sql".formatted(i)), select);
    }
    DeclaredMarts declared = load(true);
    for (MartRefusal refusal : declared.refused()) {
      String text = Files.readString(Path.of(refusal.file()));
      boolean sessionsOfOthers =
          text.contains("session_window")
              && !Pattern.compile("(?m)^ *visitor,?$|visitor FROM|SELECT visitor,")
                  .matcher(text)
                  .find();
      assertThat(text.contains("substring(visitor") || sessionsOfOthers)
          .as(refusal + text)
          .isTrue();
      assertThat(refusal.problem()).isEqualTo("The visitor inside of an expression");
    }
    assertThat(declared.definitions()).hasSizeGreaterThan(2 * definitions / 5);
    for (int round = 0; round < rounds; round++) {
      run(declared, random, People.STITCHING, "seed %d, round %d".formatted(SEED, round));
    }
  }

  /** Whose an id is may differ from site to site. */
  @Test
  void visitorsWithoutTheirSiteAreRefusedWhileIdsAreLinked() throws IOException {
    List<String> withoutSite =
        List.of(
            "SELECT visitor, count(*) AS n FROM silver GROUP BY ALL",
            "SELECT page, count(DISTINCT visitor) AS n FROM silver GROUP BY ALL",
            "SELECT page, count(DISTINCT visitor) AS n FROM silver WHERE site = 'a' GROUP BY ALL",
            "SELECT upper(site) AS s, visitor, count(*) AS n FROM silver GROUP BY ALL");
    for (int i = 0; i < withoutSite.size(); i++) {
      Files.writeString(folder.resolve("without_%d.sql".formatted(i)), withoutSite.get(i));
    }
    Files.writeString(
        folder.resolve("kept.sql"),
        "SELECT site AS shop, visitor, count(*) AS n FROM silver GROUP BY ALL");
    Files.writeString(
        folder.resolve("nobody_told_apart.sql"),
        "SELECT page, count(visitor) AS n FROM silver WHERE visitor IS NOT NULL GROUP BY ALL");

    DeclaredMarts declared = load(true);

    assertThat(declared.refused())
        .hasSize(withoutSite.size())
        .allSatisfy(
            refusal -> {
              assertThat(refusal.problem()).isEqualTo("Visitors without their site");
              assertThat(refusal.remedy()).contains("Select site as well");
            });
    assertThat(load(false).refused()).isEmpty();
  }

  private DeclaredMarts load(boolean stitching) {
    return DeclaredMarts.load(
        TestSpark.session(),
        TableDefinition.SILVER.schema(),
        List.of(),
        List.of(folder),
        stitching
            ? TestMarts.stitched(RandomEvents.GAP)
            : new GoldSettings(RandomEvents.GAP, GoldSettings.UNLIMITED, false, false));
  }

  /**
   * Any.
   *
   * @param bySite whether the site is a key, as it is to be where visitors are told apart
   */
  private static String select(Random random, boolean bySite) {
    List<String> columns = new ArrayList<>();
    String time = TIMES.get(random.nextInt(TIMES.size()));
    boolean keyed = time.isEmpty() || time.startsWith("session_window");
    List<String> keys = new ArrayList<>(some(random, KEYS, keyed ? 1 : 0, 2));
    if (bySite && !keys.contains("site")) {
      keys.add("site");
    }
    if (!time.isEmpty()) {
      columns.add(time);
    }
    columns.addAll(keys);
    int n = 0;
    for (String measure : some(random, MEASURES, keys.isEmpty() ? 1 : 0, 4)) {
      columns.add(measure + " AS m" + n++);
    }
    Collections.shuffle(columns, random);
    String by =
        time.startsWith("session_window")
            ? Stream.concat(Stream.of(time), keys.stream())
                .map(key -> key.replaceFirst("(\\.start)? AS \\w+$", ""))
                .collect(Collectors.joining(", "))
            : "ALL";
    return "SELECT %s FROM silver %s GROUP BY %s"
        .formatted(String.join(",\n  ", columns), FILTERS.get(random.nextInt(FILTERS.size())), by);
  }

  private static List<String> some(Random random, List<String> of, int least, int most) {
    List<String> shuffled = new ArrayList<>(of);
    Collections.shuffle(shuffled, random);
    return shuffled.subList(0, least + random.nextInt(most - least + 1));
  }

  private static void run(
      DeclaredMarts declared, Random random, Stitching stitching, String described)
      throws SQLException {
    Postgres postgres = TestPostgres.database();
    try (Connection owner = postgres.connect()) {
      Migrations.run(
          owner, "postgres", "medallion_reader", as -> new MartTables(as).create(declared));
    }
    long lateness = random.nextInt(3) == 0 ? 120 * RandomEvents.SECOND : GoldSettings.UNLIMITED;
    GoldSettings settings =
        new GoldSettings(RandomEvents.GAP, lateness, random.nextInt(3) == 0, false, stitching);
    Marts marts = Marts.of(settings, DeclaredMarts.relations(declared.definitions(), "gold"));
    Staging staging =
        new Staging(
            marts,
            postgres,
            random.nextBoolean() ? 1 << 20 : random.nextInt(3_000),
            random.nextBoolean() ? 100_000 : 1 + random.nextInt(5));
    List<SilverRow> events = new ArrayList<>(events(150, stitching, random));
    Collections.shuffle(events, random);
    int from = 0;
    long version = -1;
    try (GoldMerge gold =
        new GoldMerge(
            postgres,
            Fixtures.TABLE,
            staging,
            Retention.UNLIMITED,
            commit -> commit(commit, random),
            PATIENCE)) {
      while (from < events.size()) {
        int to = Math.min(events.size(), from + 1 + random.nextInt(60));
        List<SilverRow> rows = events.subList(from, to);
        long reached =
            gold.merge(
                List.of(staged(staging, rows, random)),
                new SilverRange(version, version + 1),
                stitching.on() ? new PlainSilver(events.subList(0, to)) : Fixtures.UNREAD,
                LayerStatusSnapshot.UNKNOWN);
        assertThat(reached).isEqualTo(version + 1);
        version = reached;
        from = to;
      }
      assertEqual(declared, settings, events, postgres, described);

      // Some days lose events, win others, and are made again, while more come for the rest.
      List<LocalDate> days = days(events);
      Collections.shuffle(days, random);
      Collection<LocalDate> replaced = new TreeSet<>(days.subList(0, 1 + days.size() / 3));
      List<SilverRow> more = events(60, stitching, random);
      List<SilverRow> others =
          more.stream().filter(event -> !replaced.contains(day(event))).toList();
      events.removeIf(event -> replaced.contains(day(event)) && random.nextInt(2) == 0);
      events.addAll(more);
      PlainSilver silver = new PlainSilver(events);
      List<SilverHistory.Chunk> chunks = PlainSilver.chunks(others);
      assertThat(
              gold.replace(
                  silver,
                  replaced,
                  chunks,
                  new SilverRange(version, version + 1),
                  LayerStatusSnapshot.UNKNOWN))
          .isEqualTo(version + 1);
      assertEqual(declared, settings, events, postgres, described + ", days replaced " + replaced);
    }
    TestPostgres.drop(postgres);
  }

  private static List<SilverRow> events(int count, Stitching stitching, Random random) {
    List<SilverRow> events = new RandomEvents(random.nextLong()).take(count);
    return stitching.on() ? People.identified(events, random) : events;
  }

  private static List<LocalDate> days(List<SilverRow> events) {
    return new ArrayList<>(
        events.stream().map(DeclaredMartsIT::day).collect(Collectors.toCollection(TreeSet::new)));
  }

  private static LocalDate day(SilverRow event) {
    return java.time.Instant.EPOCH
        .plus(event.time(), java.time.temporal.ChronoUnit.MICROS)
        .atOffset(ZoneOffset.UTC)
        .toLocalDate();
  }

  private static void commit(Connection connection, Random random) throws SQLException {
    switch (random.nextInt(6)) {
      case 0 -> throw new SQLException("cut before the commit", "08006");
      case 1 -> {
        connection.rollback();
        throw new SQLException("deadlock", "40P01");
      }
      default -> connection.commit();
    }
  }

  private static Staging.Result staged(Staging staging, List<SilverRow> rows, Random random) {
    UUID stage = UUID.randomUUID();
    StageTask task =
        staging.task(stage, staging.inlineBytes(), EventFilter.ALL, random.nextInt(4) == 0);
    int half = random.nextInt(rows.size() + 1);
    try {
      return new Staging.Result(
          stage,
          List.of(
              task.stage(TestMarts.rows(rows.subList(0, half), staging.columns()), 1),
              task.stage(TestMarts.rows(rows.subList(half, rows.size()), staging.columns()), 2)));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void assertEqual(
      DeclaredMarts declared,
      GoldSettings settings,
      List<SilverRow> events,
      Postgres postgres,
      String described) {
    MartQuery query = new MartQuery(TestSpark.session());
    for (MartDefinition mart : declared.definitions()) {
      List<SilverRow> counted =
          mart.file().text().contains("--! events: all")
              ? events
              : events.stream().filter(e -> ConvergenceIT.counts(e, settings)).toList();
      Dataset<Row> silver =
          TestSpark.silver(
              query.session(),
              settings.stitching().on() ? new People(events).counted(counted) : counted);
      List<Output> columns = mart.keyFirst();
      List<String> spark = texts(query.rows(mart, silver), columns);
      List<String> gold =
          TestPostgres.rows(
              postgres,
              "SELECT %s FROM gold.%s"
                  .formatted(
                      columns.stream()
                          .map(DeclaredMartsIT::postgres)
                          .collect(Collectors.joining(", ")),
                      mart.name()));
      assertThat(difference(gold, spark))
          .as("%s:%n%s%n%s", mart.name(), mart.file().text(), described)
          .isEmpty();
      for (String set : MartQuery.sets(mart)) {
        List<Output> keys = MartQuery.setColumns(mart);
        assertThat(
                TestPostgres.rows(
                    postgres,
                    "SELECT %s FROM gold.%s"
                        .formatted(
                            keys.stream()
                                .map(DeclaredMartsIT::postgres)
                                .collect(Collectors.joining(", ")),
                            set)))
            .as("%s:%n%s%n%s", set, mart.file().text(), described)
            .isEqualTo(texts(query.setRows(mart, set, silver), keys));
      }
    }
  }

  /** The rows that one has and the other has not. */
  private static List<String> difference(List<String> gold, List<String> spark) {
    List<String> difference = new ArrayList<>();
    gold.stream()
        .filter(row -> !spark.contains(row))
        .map(row -> "gold: " + row)
        .forEach(difference::add);
    spark.stream()
        .filter(row -> !gold.contains(row))
        .map(row -> "spark: " + row)
        .forEach(difference::add);
    return difference;
  }

  /** As {@link TestPostgres#rows} writes them. */
  private static List<String> texts(Dataset<Row> rows, List<Output> columns) {
    Column[] texts = columns.stream().map(MartQuery::text).toArray(Column[]::new);
    return new ArrayList<>(
        rows.select(functions.array(texts)).collectAsList().stream()
            .map(row -> row.<String>getList(0))
            .map(
                values ->
                    IntStream.range(0, columns.size())
                        .mapToObj(i -> text(columns.get(i), values.get(i)))
                        .collect(Collectors.joining("|")))
            .sorted()
            .toList());
  }

  /** Floating-point numbers as Postgres writes them. */
  private static String text(Output column, String value) {
    return column.type().kind() == ValueType.Kind.DOUBLE && value != null
        ? new BigDecimal(value).stripTrailingZeros().toPlainString()
        : String.valueOf(value);
  }

  private static String postgres(Output output) {
    String column = '"' + output.name() + '"';
    return switch (output.type().kind()) {
      case TIME, INTERVAL -> "(extract(epoch FROM %s) * 1000000)::bigint".formatted(column);
      case BOOLEAN -> column + "::text";
      case TEXTS ->
          "array_to_string(ARRAY(SELECT octet_length(t) || ':' || t FROM unnest(%s) WITH ORDINALITY AS l (t, n) ORDER BY n), ' ')"
              .formatted(column);
      default -> column;
    };
  }
}
