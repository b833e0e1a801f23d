package io.medallion.gold;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.gold.postgres.Postgres;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Gold's tables as the oracle writes them. */
final class GoldContents {
  private final Postgres postgres;

  GoldContents(Postgres postgres) {
    this.postgres = postgres;
  }

  /** Of all times that gold keeps. */
  void assertEqual(Oracle oracle, String described) {
    long kept = retainedFrom();
    equal("page_views", pageViews(), from(kept, oracle.pageViews(), 0), described);
    equal("active_users", activeUsers(), from(kept, oracle.activeUsers(), 0), described);
    equal("event_counts", eventCounts(), from(kept, oracle.eventCounts(), 0), described);
    equal("revenue", revenue(), from(kept, oracle.revenueByMinute(), 0), described);
    equal("daily_users", dailyUsers(), oracle.dailyUsers(), described);
    equal(
        "visitor_countries",
        visitorCountries(),
        from(kept, oracle.visitorCountries(), 1),
        described);
    equal(
        "new_users",
        rows("SELECT day, sum(users) FROM gold.new_users GROUP BY day"),
        rows(
            "SELECT day, count(*) FROM (SELECT min(day) AS day FROM gold.daily_users GROUP BY"
                + " site, visitor) AS first GROUP BY day"),
        described);
    equal(
        "impossible_travel",
        rows("SELECT DISTINCT site, visitor FROM gold.impossible_travel"),
        oracle.travellers(kept),
        described);
    equal(
        "links",
        rows("SELECT links, links_several_users, links_several_devices FROM gold.ledger"),
        rows(
            "SELECT count(person), count(second) FILTER (WHERE seen_with_kind = 'user'),"
                + " count(second) FILTER (WHERE seen_with_kind = 'anonymous') FROM gold.identities"),
        described);
    // Sessions that reach over the edge stay until nothing kept can join them.
    equal("sessions", from(kept, sessions(), 1), from(kept, oracle.sessions(), 1), described);
    equal("session_hours", sessionHours(), from(kept, oracle.sessionHours(), 0), described);
    equal(
        "period_users",
        rows("SELECT period, first_day, site, users FROM gold.period_users"),
        oracle.periodUsers(),
        described);
    assertThat(
            rows(
                "SELECT count(*) FROM gold.active_users__users, gold.ledger WHERE bucket <"
                    + " user_sets_retained_from"))
        .as("sets that are not kept, " + described)
        .containsExactly("0");
    assertThat(
            rows(
                "SELECT count(*) FROM gold.sessions, gold.ledger"
                    + " WHERE session_end < retained_from - interval '30 minutes'"))
        .as("sessions that no kept event can join, " + described)
        .containsExactly("0");
  }

  private static void equal(
      String table, List<String> gold, List<String> oracle, String described) {
    List<String> missing = new ArrayList<>(oracle);
    gold.forEach(missing::remove);
    List<String> more = new ArrayList<>(gold);
    oracle.forEach(more::remove);
    assertThat(gold)
        .as("%s, %s: missing %s, too much %s", table, described, missing, more)
        .isEqualTo(oracle);
  }

  /** The first time that rows are kept of, in microseconds; the beginning of time for all. */
  long retainedFrom() {
    return rows(
            "SELECT %s FROM gold.ledger WHERE retained_from IS NOT NULL"
                .formatted(micros("retained_from")))
        .stream()
        .mapToLong(Long::parseLong)
        .findFirst()
        .orElse(Long.MIN_VALUE);
  }

  /** The rows whose time, in this column, is kept. */
  static List<String> from(long kept, List<String> rows, int column) {
    return rows.stream()
        .filter(row -> Long.parseLong(row.split("\\|", -1)[column]) >= kept)
        .toList();
  }

  private List<String> sessionHours() {
    return rows(
        "SELECT "
            + micros("hour")
            + ", site, local_date, sessions, converted, bounced, viewed, carted, purchased, "
            + micros("total_duration")
            + " FROM gold.session_hours");
  }

  List<String> pageViews() {
    return rows("SELECT " + micros("window_start") + ", site, page, views FROM gold.page_views");
  }

  List<String> activeUsers() {
    return rows("SELECT " + micros("window_start") + ", site, users FROM gold.active_users");
  }

  List<String> eventCounts() {
    return rows(
        "SELECT "
            + micros("window_start")
            + ", site, event_type, country, events FROM gold.event_counts");
  }

  List<String> revenue() {
    return rows(
        "SELECT "
            + micros("window_start")
            + ", site, local_date, currency, orders, revenue FROM gold.revenue");
  }

  List<String> dailyUsers() {
    return rows("SELECT day, site, visitor FROM gold.daily_users");
  }

  List<String> visitorCountries() {
    return rows(
        "SELECT visitor, %s, site, country, %s, %s FROM gold.visitor_countries"
            .formatted(micros("hour"), micros("first_seen"), micros("last_seen")));
  }

  List<String> lateness() {
    return rows(
        "SELECT %s, site, local_date, events, within_2m, %s FROM gold.lateness"
            .formatted(micros("hour"), micros("greatest")));
  }

  List<String> userEvents() {
    return rows(
        "SELECT event_id, "
            + micros("event_timestamp")
            + ", site, user_id, event_type, product_id, price FROM gold.user_events");
  }

  List<String> sessions() {
    return rows(
        "SELECT visitor, "
            + micros("session_start")
            + ", "
            + micros("session_end")
            + ", (extract(epoch FROM duration) * 1000000)::bigint, events, page_views, entry_page,"
            + " exit_page, array_to_string(products, ','), cart_adds, purchases, revenue, currency,"
            + " converted, country, city, device_class, referrer_medium, referrer_domain, utm_source,"
            + " utm_medium, utm_campaign, channel, late_events, site, local_date FROM gold.sessions");
  }

  /** Of every table, by its name, without when it was written. */
  Map<String, List<String>> everyRow() {
    Map<String, List<String>> rows = new TreeMap<>();
    for (String table :
        rows(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'gold'"
                + " AND tablename NOT IN ('marts', 'schema_versions')")) {
      String numbered = table.equals("user_events") ? "id" : "";
      rows.put(
          table,
          rows(
              "SELECT to_jsonb(kept) - ARRAY['merged_at', 'updated_at', 'committed_at', 'created_at', '%s'] FROM gold.%s AS kept"
                  .formatted(numbered, table)));
    }
    return rows;
  }

  List<String> rows(String sql) {
    return TestPostgres.rows(postgres, sql);
  }

  private static String micros(String column) {
    return "(extract(epoch FROM " + column + ") * 1000000)::bigint";
  }

  void empty() {
    TestPostgres.execute(
        postgres,
        "TRUNCATE gold.page_views, gold.active_users, gold.active_users__users, gold.sessions,"
            + " gold.event_counts, gold.revenue, gold.daily_users, gold.silver_days, gold.lateness,"
            + " gold.visitor_countries, gold.new_users, gold.country_changes, gold.session_hours,"
            + " gold.period_users, gold.user_events, gold.identities, gold.identity_days, gold.ledger, gold.definitions,"
            + " gold.layer_status, gold.observed_layer_status");
  }
}
