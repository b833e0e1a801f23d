package io.medallion.gold;

import io.medallion.common.config.Configuration;
import io.medallion.gold.define.DeclaredMarts;
import io.medallion.gold.mart.EventFilter;
import io.medallion.gold.mart.GoldSettings;
import io.medallion.gold.mart.TimeRange;
import io.medallion.gold.merge.Filling;
import io.medallion.gold.merge.GoldMerge;
import io.medallion.gold.merge.MartTables;
import io.medallion.gold.merge.Retention;
import io.medallion.gold.postgres.Postgres;
import io.medallion.gold.source.SilverHistory;
import io.medallion.gold.stage.StageTask;
import io.medallion.gold.stage.Staging;
import io.medallion.gold.status.LayerStatusSnapshot;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/** What tests of the merge have in common. */
final class Fixtures {
  static final GoldSettings SETTINGS =
      new GoldSettings(RandomEvents.GAP, GoldSettings.UNLIMITED, false, false);
  static final String TABLE = "silver-table";

  /** For a gold that can add to every window: it asks for no history. */
  static final SilverHistory UNREAD =
      new SilverHistory() {
        @Override
        public String tableId() {
          return TABLE;
        }

        @Override
        public List<Chunk> snapshot(long version, int after) {
          throw new AssertionError("silver's history was read");
        }

        @Override
        public boolean holds(long version, int after) {
          throw new AssertionError("silver's history was read");
        }

        @Override
        public List<Chunk> during(long version, List<TimeRange> ranges) {
          throw new AssertionError("silver's history was read");
        }
      };

  private Fixtures() {}

  /** Of a few hours or days, so that random events lie on both sides of it. */
  static Retention retention(Random random) {
    long hour = 3_600 * RandomEvents.SECOND;
    long rows =
        random.nextBoolean() ? GoldSettings.UNLIMITED : (1L + random.nextInt(3)) * 24 * hour;
    long sets = random.nextInt(3) == 0 ? GoldSettings.UNLIMITED : random.nextInt(12) * hour;
    return new Retention(rows, sets);
  }

  static GoldMerge gold(Postgres postgres) {
    return gold(postgres, TABLE, SETTINGS);
  }

  static GoldMerge gold(Postgres postgres, Duration patience) {
    return gold(postgres, TABLE, SETTINGS, Connection::commit, patience);
  }

  static GoldMerge gold(Postgres postgres, String table, GoldSettings settings) {
    return gold(postgres, table, settings, Connection::commit);
  }

  /** With a step of its own in the place of the commit. */
  static GoldMerge gold(
      Postgres postgres, String table, GoldSettings settings, GoldMerge.Commit commit) {
    return gold(postgres, table, settings, commit, Duration.ofSeconds(10));
  }

  private static GoldMerge gold(
      Postgres postgres,
      String table,
      GoldSettings settings,
      GoldMerge.Commit commit,
      Duration patience) {
    return new GoldMerge(
        postgres,
        table,
        new Staging(TestMarts.of(settings), postgres),
        Retention.UNLIMITED,
        commit,
        patience);
  }

  /** As {@code gold --rebuild} does. */
  static void rebuild(
      Postgres postgres,
      String table,
      GoldSettings settings,
      SilverHistory silver,
      long version,
      LayerStatusSnapshot status) {
    Configuration configuration =
        Configuration.builder()
            .flag("postgres.url", postgres.url())
            .flag("postgres.user", "postgres")
            .build();
    DeclaredMarts declared = TestMarts.shipped(settings.sessionGapMicros());
    rebuild(configuration, declared, table, settings, silver, version, status);
  }

  static void rebuild(
      Configuration configuration,
      DeclaredMarts declared,
      String table,
      GoldSettings settings,
      SilverHistory silver,
      long version,
      LayerStatusSnapshot status) {
    Filling all = Filling.whole(settings, declared.definitions());
    MartTables.begin(configuration, all, table);
    try (GoldMerge gold = GoldMerge.filling(configuration, all, table)) {
      gold.fill(silver, version, of -> status, () -> false);
    }
    MartTables.swap(configuration, declared, all, status);
  }

  /** Through the executors' way into Postgres, so that rows lie in staging. */
  static List<Staging.Result> copied(Postgres postgres, List<SilverRow> events) {
    return stage(postgres, events, 0);
  }

  static List<Staging.Result> inline(Postgres postgres, List<SilverRow> events) {
    return stage(postgres, events, 1 << 20);
  }

  private static List<Staging.Result> stage(Postgres postgres, List<SilverRow> events, int inline) {
    UUID stage = UUID.randomUUID();
    Staging staging = new Staging(TestMarts.of(SETTINGS), postgres);
    try {
      StageTask task = staging.task(stage, inline, EventFilter.ALL, false);
      return List.of(
          new Staging.Result(
              stage, List.of(task.stage(TestMarts.rows(events, staging.columns()), 7))));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  static SilverRow view(String id, String visitor, long time, String page) {
    return view(id, visitor, time, page, time);
  }

  static SilverRow view(String id, String visitor, long time, String page, long kafkaTime) {
    return TestEvent.event(id, time)
        .type("page_view")
        .visitor(visitor)
        .page(page)
        .kafkaTime(kafkaTime)
        .silver();
  }

  static SilverRow located(String id, String visitor, long time, String country) {
    return TestEvent.event(id, time).type("click").visitor(visitor).place(country, null).silver();
  }

  /** An event of a crawler. */
  static SilverRow crawler(String id, long time) {
    return TestEvent.event(id, time).type("click").visitor("crawler").bot().silver();
  }

  static SilverRow purchase(String id, String visitor, long time, BigDecimal price) {
    return TestEvent.event(id, time)
        .type("purchase")
        .visitor(visitor)
        .price(price, 1, "EUR")
        .silver();
  }
}
