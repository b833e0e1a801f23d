package io.medallion.gold;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.gold.postgres.Postgres;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * How long each view takes over a year of minutes and 1,000 pages. The year is made in Postgres
 * itself: its numbers mean nothing, but there are as many as a shop with 4,000 sessions a day has.
 */
@Tag("full")
class YearOfViewsIT {
  private static final String MINUTES =
      "generate_series(timestamptz '2025-01-01 00:00Z', '2025-12-31 23:59Z', '1 minute') AS minute";

  private static Postgres postgres;

  @BeforeAll
  static void year() {
    postgres = TestPostgres.database();
    TestPostgres.migrate(postgres);
    for (String sql :
        List.of(
            "INSERT INTO gold.page_views (window_start, site, page, views) SELECT minute, 's', '/page/' || (n * 331 + extract(epoch FROM"
                + " minute)::bigint / 60) % 1000, 1 + n FROM "
                + MINUTES
                + ", generate_series(0, 3) AS n",
            "INSERT INTO gold.active_users (window_start, site, users) SELECT minute, 's', 20 FROM "
                + MINUTES,
            "INSERT INTO gold.event_counts (window_start, site, event_type, country, events) SELECT minute, 's', type, country, 3 FROM "
                + MINUTES
                + ", unnest(ARRAY['page_view', 'purchase']) AS type,"
                + " unnest(ARRAY['Germany', 'Japan']) AS country",
            "INSERT INTO gold.revenue (window_start, site, local_date, currency, orders, revenue)"
                + " SELECT minute, 's', (minute AT TIME ZONE 'UTC')::date, 'EUR', 2, 39.98 FROM "
                + MINUTES,
            "INSERT INTO gold.lateness (hour, site, local_date, events, within_10s, within_1m,"
                + " within_2m, within_10m, within_1h, within_1d, greatest)"
                + " SELECT hour, 's', (hour AT TIME ZONE 'UTC')::date, 700, 600, 650, 680, 690, 695, 700, '1 hour'"
                + " FROM generate_series(timestamptz '2025-01-01 00:00Z', '2025-12-31 23:00Z', '1"
                + " hour') AS hour",
            "INSERT INTO gold.sessions (site, visitor, session_start, session_end, local_date, events, page_views,"
                + " products, cart_adds, purchases, revenue, late_events,"
                + " entry_page, exit_page, channel, device_class, utm_source)"
                + " SELECT 's', 'visitor ' || n % 200000, start, start + (n % 3600) *"
                + " interval '1 second', (start AT TIME ZONE 'UTC')::date, 1 + n % 9, n % 5, '{}', n % 3, (n % 7 = 0)::int, 0, 0,"
                + " '/page/' || n % 1000, '/page/' || n % 700, (ARRAY['Direct',"
                + " 'Organic Search', 'Referral'])[1 + n % 3], (ARRAY['desktop', 'mobile'])[1 + n %"
                + " 2], 'campaign ' || n % 40 FROM generate_series(0, 1460000) AS n, LATERAL (SELECT timestamptz"
                + " '2025-01-01 00:00Z' + n * interval '21.6 seconds' AS start) AS s",
            "INSERT INTO gold.daily_users SELECT DISTINCT site, local_date,"
                + " visitor FROM gold.sessions",
            "INSERT INTO gold.visitor_countries SELECT site, visitor, date_trunc('hour', session_start,"
                + " 'UTC'), 'Germany', session_start, session_start FROM gold.sessions ON CONFLICT"
                + " DO NOTHING",
            // Every hundredth from another country within the hour, a hundredth of the sessions a
            // burst.
            "INSERT INTO gold.visitor_countries SELECT site, visitor, date_trunc('hour', session_start,"
                + " 'UTC'), 'Japan', session_start + interval '5 minutes', session_start + interval"
                + " '5 minutes' FROM gold.sessions WHERE right(visitor, 2) = '07' ON CONFLICT DO"
                + " NOTHING",
            "UPDATE gold.sessions SET purchases = 5 WHERE right(visitor, 2) = '11'",
            "INSERT INTO gold.ledger (silver_table, silver_version, silver_rows, bots, late_dropped,"
                + " newest_event, newest_kafka, merged_at)"
                + " VALUES ('t', 1, 10, 0, 0, '2025-12-31 23:59Z',"
                + " '2025-12-31 23:59Z', now())",
            "ANALYZE")) {
      TestPostgres.execute(postgres, sql);
    }
    TestPostgres.execute(postgres, "VACUUM ANALYZE");
  }

  /** They read each session or visitor asked for: of a year, half a second and more. */
  private static final Map<String, String> BY_RANGE =
      Map.ofEntries(
          Map.entry("session_durations_by_day", "day"),
          Map.entry("entry_pages_by_day", "day"),
          Map.entry("exit_pages_by_day", "day"),
          Map.entry("channels_by_day", "day"),
          Map.entry("campaigns_by_day", "day"),
          Map.entry("funnel_by_device_by_day", "day"),
          Map.entry("attribution_by_day", "day"),
          Map.entry("visitor_returns", "first_day"),
          Map.entry("retention_by_day", "cohort"),
          Map.entry("retention_by_week", "cohort"),
          Map.entry("retention_by_month", "cohort"));

  private static final String A_MONTH = " WHERE %s >= date '2025-12-01'";

  @Test
  void everyViewAnswersWithinASecond() {
    List<String> views =
        TestPostgres.rows(postgres, "SELECT viewname FROM pg_views WHERE schemaname = 'gold'");
    assertThat(views).containsAll(BY_RANGE.keySet());
    assertThat(TestPostgres.rows(postgres, "SELECT count(*) > 10000 FROM gold.purchase_bursts"))
        .containsExactly("t");
    assertThat(TestPostgres.rows(postgres, "SELECT count(*) > 10000 FROM gold.impossible_travel"))
        .containsExactly("t");
    BY_RANGE.keySet().forEach(YearOfViewsIT::millis);
    List<String> asked =
        views.stream()
            .map(
                view ->
                    BY_RANGE.containsKey(view)
                        ? view + A_MONTH.formatted(BY_RANGE.get(view))
                        : view)
            .toList();
    assertThat(asked.stream().filter(view -> millis(view) > 1_000).toList()).isEmpty();
  }

  /**
   * The best of some times, when what it reads is in memory and nobody else needs the processor;
   * the views of single rows by a page.
   */
  private static long millis(String view) {
    String sql =
        "SELECT max(length(v::text)) FROM (SELECT * FROM gold." + view + " LIMIT 100000) AS v";
    // As sql/roles/roles.sql sets it for the reader.
    Postgres reader =
        new Postgres(
            postgres.url() + "?options=-c%20work_mem=64MB%20-c%20jit=off", postgres.user(), null);
    long millis = Long.MAX_VALUE;
    for (int i = 0; i < 4; i++) {
      long begun = System.nanoTime();
      TestPostgres.rows(reader, sql);
      millis = Math.min(millis, (System.nanoTime() - begun) / 1_000_000);
    }
    System.out.printf("view %-32s %,6d ms%n", view, millis);
    return millis;
  }
}
