package io.medallion.gold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medallion.common.config.Configuration;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.gold.mart.GoldSettings;
import io.medallion.gold.merge.Filling;
import io.medallion.gold.merge.GoldMerge;
import io.medallion.gold.merge.MartTables;
import io.medallion.gold.postgres.Postgres;
import io.medallion.gold.source.SilverRange;
import io.medallion.gold.status.LayerStatusSnapshot;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** All of gold made again next to what readers see, and put in its place at once. */
class RebuildIT {
  private static final List<SilverRow> BEFORE = new RandomEvents(31).take(80);
  private static final List<SilverRow> AFTER =
      People.identified(new RandomEvents(32).take(180), new Random(32));
  private static final GoldSettings SETTINGS =
      new GoldSettings(RandomEvents.GAP, GoldSettings.UNLIMITED, true, true, People.STITCHING);
  private static final Filling ALL = Filling.whole(SETTINGS, TestMarts.SHIPPED.definitions());
  private static final String TABLE = "another-table";
  private static final long VERSION = 12;

  /** What there is besides rows: names, storage, comments, rights. */
  private static final String CATALOG =
      """
      SELECT relname, relkind, reloptions, relrowsecurity, obj_description(c.oid, 'pg_class'),
        regexp_replace(pg_get_indexdef(c.oid), 'gold_filling', ''),
        (SELECT array_agg(a.attname || format_type(a.atttypid, a.atttypmod) || a.attnotnull
             || coalesce(col_description(c.oid, a.attnum), '') ORDER BY a.attnum)
         FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attnum > 0),
        (SELECT array_agg(acl::text ORDER BY acl::text) FROM unnest(relacl) AS acl),
        (SELECT array_agg(p::text ORDER BY p::text) FROM pg_policies AS p WHERE tablename = relname),
        (SELECT array_agg(tgname ORDER BY tgname) FROM pg_trigger WHERE tgrelid = c.oid)
      FROM pg_class AS c
      WHERE relnamespace = 'gold'::regnamespace""";

  private Postgres postgres;
  private Configuration configuration;

  @BeforeEach
  void merged() {
    postgres = TestPostgres.database();
    TestPostgres.migrate(postgres);
    configuration =
        Configuration.builder()
            .flag("postgres.url", postgres.url())
            .flag("postgres.user", "postgres")
            .build();
    try (GoldMerge gold = Fixtures.gold(postgres)) {
      gold.merge(
          Fixtures.inline(postgres, BEFORE),
          new SilverRange(GoldMerge.NOTHING_MERGED, 0),
          Fixtures.UNREAD,
          LayerStatusSnapshot.UNKNOWN);
    }
  }

  @Test
  void readersSeeTheOldRowsUntilTheNewOnesAreComplete() {
    SilverFiles silver = new SilverFiles(AFTER, TABLE);
    assertThat(MartTables.begin(configuration, ALL, TABLE)).isFalse();
    assertThat(fill(silver, () -> progress() > 0)).isEqualTo(GoldMerge.NOTHING_MERGED);
    int in = progress();
    assertThat(in).isBetween(1, SilverFiles.FILES - 1);
    List<Integer> reads = silver.readsOf(in);
    assertOld();

    assertThat(MartTables.begin(configuration, ALL, TABLE)).as("goes on").isTrue();
    assertThat(fill(silver, () -> false)).isEqualTo(VERSION);
    assertThat(silver.readsOf(in)).isEqualTo(reads);
    assertOld();

    MartTables.swap(configuration, TestMarts.SHIPPED, ALL, LayerStatusSnapshot.UNKNOWN);
    Postgres plain = TestPostgres.database();
    TestPostgres.migrate(plain);
    try (GoldMerge gold = Fixtures.gold(plain, TABLE, SETTINGS)) {
      gold.fill(silver, VERSION, of -> LayerStatusSnapshot.UNKNOWN, () -> false);
    }
    assertThat(new GoldContents(postgres).everyRow()).isEqualTo(new GoldContents(plain).everyRow());
    assertThat(TestPostgres.rows(postgres, CATALOG)).isEqualTo(TestPostgres.rows(plain, CATALOG));
    assertThat(
            TestPostgres.rows(postgres, "SELECT FROM pg_namespace WHERE nspname = 'gold_filling'"))
        .isEmpty();
  }

  /** By a reader that fails where it had to wait for a lock. */
  private void assertOld() {
    Postgres reader =
        new Postgres(
            postgres.url() + "?options=-c%20lock_timeout=100ms",
            postgres.user(),
            postgres.password());
    new GoldContents(reader).assertEqual(Oracle.ofPeople(BEFORE), "before");
    assertThat(TestPostgres.rows(reader, "SELECT silver_table, silver_version FROM gold.ledger"))
        .containsExactly(Fixtures.TABLE + "|0");
  }

  @Test
  void whoMayReadWhatStaysAsItIs() {
    TestPostgres.execute(
        postgres,
        """
        DO $$ BEGIN CREATE ROLE "an analyst"; EXCEPTION WHEN duplicate_object THEN END $$;
        GRANT SELECT ON gold.sessions, gold.silver_days, gold.freshness TO "an analyst";
        GRANT SELECT ON gold.page_views TO PUBLIC;
        ALTER TABLE gold.user_events ENABLE ROW LEVEL SECURITY;
        CREATE POLICY "some sites" ON gold.user_events FOR SELECT TO "an analyst" USING (site = 'shop');
        ALTER TABLE gold.sessions ENABLE ROW LEVEL SECURITY;
        CREATE POLICY every ON gold.sessions TO public USING (true) WITH CHECK (events > 0)""");
    List<String> catalog = TestPostgres.rows(postgres, CATALOG);
    Fixtures.rebuild(
        postgres,
        TABLE,
        SETTINGS,
        new SilverFiles(AFTER, TABLE),
        VERSION,
        LayerStatusSnapshot.UNKNOWN);
    assertThat(TestPostgres.rows(postgres, CATALOG)).isEqualTo(catalog);
  }

  @Test
  void somebodyElsesViewIsToldBeforeTheWork() {
    TestPostgres.execute(
        postgres, "CREATE VIEW public.foreigner AS SELECT * FROM gold.silver_days");
    assertThatThrownBy(() -> MartTables.begin(configuration, ALL, TABLE))
        .isInstanceOfSatisfying(
            MedallionException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.MART_HELD);
              assertThat(e.reason()).contains("foreigner");
            });
    assertOld();
  }

  private long fill(SilverFiles silver, BooleanSupplier stopping) {
    try (GoldMerge gold = GoldMerge.filling(configuration, ALL, TABLE)) {
      return gold.fill(silver, VERSION, of -> LayerStatusSnapshot.UNKNOWN, stopping);
    }
  }

  private int progress() {
    return TestPostgres.rows(postgres, "SELECT filling_files_merged FROM gold_filling.ledger")
        .stream()
        .mapToInt(Integer::parseInt)
        .findFirst()
        .orElse(0);
  }
}
