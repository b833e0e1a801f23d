package io.medallion.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.medallion.bronze.BronzeJob;
import io.medallion.demo.traffic.Simulator;
import io.medallion.demo.traffic.TrafficSettings;
import io.medallion.gold.GoldJob;
import io.medallion.lakehouse.layer.Layer;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.session.BatchProfile;
import io.medallion.operations.verify.EventDays;
import io.medallion.operations.verify.GoldLineage;
import io.medallion.operations.verify.LakeCheck;
import io.medallion.operations.verify.Lineage;
import io.medallion.operations.verify.VerifyReport;
import io.medallion.operations.verify.VerifyReport.Check;
import io.medallion.silver.SilverJob;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing is found while the layers work, and every kind of damage is. */
class VerifyIT {
  private static final String BRONZE_LACKS = "bronze holds every record that Kafka has";
  private static final String BRONZE_ONCE = "bronze holds each Kafka position once";
  private static final String BRONZE_COUNT = "bronze holds as many rows as silver has read";
  private static final String ONE_PLACE = "each bronze row is one of silver, quarantine, duplicate";
  private static final String SAME = "silver says what bronze's bytes say";
  private static final String NETWORKS = "silver's networks are the ASN database's";
  private static final String BYTES = "quarantine keeps bronze's records";
  private static final String EVENT_ONCE = "silver holds each event once";
  private static final String FIRST = "the first record of an event is the one in silver";
  private static final String STATE = "silver counts what it holds";
  private static final String KAFKA = "bronze's rows are Kafka's records";

  /** What is done to each table of gold, and the words in which it is found. */
  private static final Map<String, List<String>> IN_GOLD = new LinkedHashMap<>();

  static {
    changed("page_views", "views = views + 1", "views is ");
    changed("active_users", "users = users + 1", "users is ");
    changed("active_users__users", "windows = windows # 1", "windows is ");
    changed("event_counts", "events = events + 1", "events is ");
    changed("revenue", "revenue = revenue + 0.000001", "revenue is ");
    changed("lateness", "within_1m = within_1m - 1", "within_1m is ");
    changed("new_users", "users = users + 1", "users is ");
    changed("country_changes", "changes = changes + 1", "changes is ");
    changed("session_hours", "bounced = bounced + 1", "bounced is ");
    changed("period_users", "users = users + 1", "users is ");
    changed("silver_days", "bots = bots + 1", "bots is ");
    changed(
        "visitor_countries", "last_seen = last_seen + interval '1 microsecond'", "last_seen is ");
    changed("user_events", "product_id = 'other'", "product_id is other");
    IN_GOLD.put(
        "daily_users",
        List.of(
            "delete from gold.daily_users where ctid = (select min(ctid) from gold.daily_users)",
            "missing in gold"));
    IN_GOLD.put(
        "sessions",
        List.of(
            "delete from gold.sessions where ctid = (select min(ctid) from gold.sessions);"
                + " update gold.sessions set exit_page = '/other' where ctid ="
                + " (select max(ctid) from gold.sessions);"
                + " insert into gold.sessions (site, visitor, session_start, session_end, local_date, events,"
                + " page_views, products, cart_adds, purchases, revenue, channel, late_events)"
                + " values ('t', 'nobody', now(), now(), now(), 1, 0, '{}', 0, 0, 0, 'Direct', 0)",
            "nobody: silver has nothing for it"));
  }

  /** By table the number of events that its rows have, and their key. */
  private static final Map<String, List<String>> EXPLAINED =
      Map.of(
          "page_views",
          List.of("views", "window_start", "site", "page"),
          "event_counts",
          List.of("events", "window_start", "site", "event_type", "country"),
          "revenue",
          List.of("orders", "window_start", "site", "local_date", "currency"),
          "sessions",
          List.of("events", "session_start", "site", "visitor"),
          "lateness",
          List.of("events", "hour", "site", "local_date"));

  @TempDir Path folder;

  private static void changed(String table, String change, String words) {
    IN_GOLD.put(
        table,
        List.of(
            "update gold.%1$s set %2$s where ctid = (select min(ctid) from gold.%1$s)"
                .formatted(table, change),
            words));
  }

  @Test
  void findsNothingWhereNothingIsWrongAndEveryDamage() throws Exception {
    Map<String, String> settings =
        Map.of(
            "gold.user-events",
            "true",
            "silver.geoip.asn-database",
            PlantedDamageIT.ASN_DATABASE,
            "gold.active-user-sets.retention",
            "2h",
            "gold.retention",
            "1d");
    try (Pipeline pipeline = Pipeline.in(folder, settings)) {
      simulate(pipeline, 31);
      pipeline.drain();
      // For windows whose sets are gone, and for days that are.
      simulate(pipeline, 33, Duration.ofHours(12));
      simulate(pipeline, 34, Duration.ofDays(3));
      pipeline.drain();
      LakeCheck proof = new LakeCheck(pipeline.lake(), pipeline.configuration());
      VerifyReport clean = proof.prove(EventDays.ALL);
      assertThat(clean.checks()).hasSize(38).allMatch(check -> check.examined() > 0);
      assertThat(clean.holds()).as("%s", clean).isTrue();
      assertThat(clean.unchecked()).isEmpty();
      assertThat(clean.notes()).anyMatch(note -> note.endsWith("are beyond retention"));
      assertThat(
              pipeline.gold(
                  "select beyond_retention > 0, (select count(*) > 0 from gold.active_users,"
                      + " gold.ledger where window_start < user_sets_retained_from) from"
                      + " gold.freshness"))
          .containsExactly(List.of("t", "t"));

      canBeExplained(pipeline, "page_views", "sessions");
      Map<String, List<String>> planted = damage(pipeline);
      VerifyReport found = proof.prove(EventDays.ALL);
      assertThat(off(found)).containsExactlyInAnyOrderElementsOf(planted.keySet());
      assertThat(found.unchecked()).containsExactly("gold.revenue.tax", "gold.theirs");
      planted.forEach(
          (check, words) ->
              words.forEach(
                  w ->
                      assertThat(String.join("\n", examples(found, check))).as(check).contains(w)));
      assertThat(of(found, "gold.sessions is what silver says").off()).isEqualTo(3);
    }
  }

  /** Gold says how many events a row has; so many rows of silver are found for it. */
  private static void canBeExplained(Pipeline pipeline, String... marts) throws SQLException {
    GoldLineage gold = new GoldLineage(pipeline.lake(), pipeline.configuration());
    for (String mart : marts) {
      List<String> columns = EXPLAINED.get(mart);
      List<String> row =
          pipeline
              .gold(
                  "select %1$s from gold.%2$s order by %1$s desc limit 1"
                      .formatted(String.join(", ", columns), mart))
              .get(0);
      List<String> key = row.subList(1, row.size());
      Lineage trace = gold.of(mart, key, 3);
      assertThat(trace.events()).as("%s %s", mart, key).isEqualTo(Long.parseLong(row.get(0)));
      assertThat(trace.ranges().stream().mapToLong(Lineage.Range::events).sum())
          .isEqualTo(trace.events());
      assertThat(trace.first()).hasSizeBetween(1, 3);
    }
  }

  @Test
  @Tag("full")
  void findsNothingWhileTheLayersWorkAndLooksAtTheDaysAskedFor() throws Exception {
    try (Pipeline pipeline = Pipeline.in(folder, Map.of("gold.user-events", "true"))) {
      whileTheLayersWork(pipeline);
      canBeExplained(pipeline, EXPLAINED.keySet().toArray(String[]::new));
      LakeCheck proof = new LakeCheck(pipeline.lake(), pipeline.configuration());
      Map<String, List<String>> planted = damage(pipeline);
      assertThat(proof.prove(new EventDays(null, LocalDate.parse("2020-01-01"))).holds()).isTrue();
      LocalDate today = LocalDate.now(ZoneOffset.UTC);
      VerifyReport days = proof.prove(new EventDays(today.minusDays(60), today.plusDays(1)));
      // A record that is no event has no event day.
      planted.keySet().removeAll(List.of(BRONZE_LACKS, KAFKA, BRONZE_COUNT, STATE, BYTES));
      assertThat(off(days)).containsExactlyInAnyOrderElementsOf(planted.keySet());
    }
  }

  private static void whileTheLayersWork(Pipeline pipeline) throws Exception {
    LakeCheck proof = new LakeCheck(pipeline.lake(), pipeline.configuration());
    try (Layer bronze = pipeline.start(BronzeJob::start);
        Layer silver = pipeline.start(SilverJob::start);
        Layer gold = pipeline.start(GoldJob::start)) {
      simulate(pipeline, 31);
      await().atMost(Duration.ofMinutes(4)).until(() -> pipeline.merged() > 0);
      simulate(pipeline, 32);
      VerifyReport report = proof.prove(EventDays.ALL);
      assertThat(report.holds()).as("%s", report).isTrue();
      assertThat(report.goldVersion()).isNotNull();
      for (Layer layer : List.of(bronze, silver, gold)) {
        assertThat(layer.failure()).isEmpty();
      }
    }
    pipeline.drain();
  }

  /** The checks that find it, each with words that must be among its findings. */
  private static Map<String, List<String>> damage(Pipeline pipeline) throws SQLException {
    pipeline.spoil("create table gold.theirs (number int); alter table gold.revenue add tax int");
    Map<String, List<String>> planted = damageLake(pipeline);
    for (Map.Entry<String, List<String>> damage : IN_GOLD.entrySet()) {
      pipeline.spoil(damage.getValue().get(0));
      planted.put(
          "gold.%s is what silver says".formatted(damage.getKey()),
          List.of(damage.getValue().get(1)));
    }
    return planted;
  }

  private static List<String> off(VerifyReport report) {
    return report.checks().stream().filter(c -> c.off() > 0).map(Check::name).toList();
  }

  private static Map<String, List<String>> damageLake(Pipeline pipeline) {
    Map<String, List<String>> found = new LinkedHashMap<>();
    Damage bronze = new Damage(pipeline, TableDefinition.BRONZE);
    Damage silver = new Damage(pipeline, TableDefinition.SILVER);
    Damage quarantine = new Damage(pipeline, TableDefinition.QUARANTINE);
    List<Row> events = silver.first(7);
    List<Row> refused = quarantine.first(3);
    bronze.sql("alter table %s set tblproperties ('delta.appendOnly' = 'false')");
    bronze.sql("delete from %s where " + at(events.get(0)));
    bronze.sql(
        "insert into %1$s select t.* from %1$s t, (values (1), (2)) where " + at(events.get(1)));
    bronze.sql(
        "update %s set value = cast(replace(cast(value as string), 'event_id', 'event_ix') as"
            + " binary) where "
            + at(events.get(2)));
    silver.sql("delete from %s where " + at(events.get(3)));
    silver.sql("insert into %1$s select * from %1$s where " + at(events.get(4)));
    silver.sql("update %s set page = '/other' where " + at(events.get(5)));
    silver.sql("update %s set asn = 1 where " + at(events.get(6)));
    quarantine.sql("delete from %s where " + at(refused.get(0)));
    quarantine.sql("insert into %1$s select * from %1$s where " + at(refused.get(1)));
    quarantine.sql("update %s set value = cast('{' as binary) where " + at(refused.get(2)));
    found.put(BRONZE_LACKS, List.of(name(events.get(0))));
    found.put(BRONZE_ONCE, List.of(name(events.get(1))));
    found.put(BRONZE_COUNT, List.of("rows up to there"));
    found.put(
        ONE_PLACE,
        List.of(
            name(events.get(0)),
            name(events.get(4)),
            name(refused.get(0)) + ": in neither silver nor quarantine",
            name(refused.get(1))));
    found.put(SAME, List.of(name(events.get(2)), name(events.get(5))));
    found.put(NETWORKS, List.of(name(events.get(6)) + ": of another network"));
    found.put(BYTES, List.of(name(refused.get(2))));
    found.put(EVENT_ONCE, List.of(name(events.get(4))));
    found.put(FIRST, List.of(name(events.get(3)) + ": in neither silver nor quarantine"));
    found.put(STATE, List.of("duplicates: "));
    found.put(KAFKA, List.of(name(events.get(0)), name(events.get(1)), name(events.get(2))));
    return found;
  }

  private record Damage(Pipeline pipeline, SparkSession session, TableDefinition table) {
    Damage(Pipeline pipeline, TableDefinition table) {
      this(pipeline, BatchProfile.LOW_LATENCY.session(pipeline.lake().session()), table);
    }

    void sql(String statement) {
      session.sql(statement.formatted("delta.`" + pipeline.lake().table(table).path() + "`"));
    }

    /** Topic, partition, offset. */
    List<Row> first(int most) {
      return session
          .sql(
              "select topic, partition, offset from delta.`%s` order by offset desc, partition limit %d"
                  .formatted(pipeline.lake().table(table).path(), most))
          .collectAsList();
    }
  }

  private static String at(Row row) {
    return "partition = %d and offset = %d".formatted(row.getInt(1), row.getLong(2));
  }

  private static String name(Row row) {
    return "%s-%d@%d".formatted(row.getString(0), row.getInt(1), row.getLong(2));
  }

  private static Check of(VerifyReport report, String name) {
    return report.checks().stream().filter(c -> c.name().equals(name)).findFirst().orElseThrow();
  }

  private static List<String> examples(VerifyReport report, String name) {
    return of(report, name).examples();
  }

  private static void simulate(Pipeline pipeline, long seed) {
    simulate(pipeline, seed, Duration.ofMinutes(10));
  }

  private static void simulate(Pipeline pipeline, long seed, Duration ago) {
    new Simulator(
            TrafficSettings.of(pipeline.kafka())
                .withSeed(seed)
                .withCount(3_000)
                .withRate(0)
                .withUsers(200)
                .withStart(Instant.now().minus(ago)))
        .run(() -> false, progress -> {});
  }
}
