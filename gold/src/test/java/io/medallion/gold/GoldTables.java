package io.medallion.gold;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

/** Gold's tables as the oracle writes them. */
final class GoldTables {
  private final Postgres postgres;

  GoldTables(Postgres postgres) {
    this.postgres = postgres;
  }

  void assertEqual(Oracle oracle, String described) {
    assertThat(pageViews()).as("page_views, " + described).isEqualTo(oracle.pageViews());
    assertThat(activeUsers()).as("active_users, " + described).isEqualTo(oracle.activeUsers());
    assertThat(eventCounts()).as("event_counts, " + described).isEqualTo(oracle.eventCounts());
    assertThat(revenue()).as("revenue, " + described).isEqualTo(oracle.revenueByMinute());
    assertThat(dailyUsers()).as("daily_users, " + described).isEqualTo(oracle.dailyUsers());
    assertThat(visitorCountries())
        .as("visitor_countries, " + described)
        .isEqualTo(oracle.visitorCountries());
    assertThat(rows("SELECT visitor, first_day FROM gold.visitors"))
        .as("visitors, " + described)
        .isEqualTo(rows("SELECT visitor, min(day) FROM gold.daily_users GROUP BY visitor"));
    assertThat(rows("SELECT DISTINCT visitor FROM gold.two_countries_within_an_hour"))
        .as("two countries, " + described)
        .isEqualTo(oracle.travellers());
    assertThat(sessions()).as("sessions, " + described).isEqualTo(oracle.sessions());
    assertThat(sessionHours()).as("session_hours, " + described).isEqualTo(oracle.sessionHours());
    assertThat(rows("SELECT period, first_day, users FROM gold.period_users"))
        .as("period_users, " + described)
        .isEqualTo(oracle.periodUsers());
  }

  private List<String> sessionHours() {
    return rows(
        "SELECT "
            + micros("hour")
            + ", sessions, converted, bounced, viewed, carted, purchased, "
            + micros("total_duration")
            + " FROM gold.session_hours");
  }

  List<String> pageViews() {
    return rows("SELECT " + micros("window_start") + ", page, views FROM gold.page_views");
  }

  List<String> activeUsers() {
    return rows("SELECT " + micros("window_start") + ", users FROM gold.active_users");
  }

  List<String> eventCounts() {
    return rows(
        "SELECT "
            + micros("window_start")
            + ", event_type, country, events FROM gold.event_counts");
  }

  List<String> revenue() {
    return rows(
        "SELECT " + micros("window_start") + ", currency, orders, revenue FROM gold.revenue");
  }

  List<String> dailyUsers() {
    return rows("SELECT day, visitor FROM gold.daily_users");
  }

  List<String> visitorCountries() {
    return rows(
        "SELECT visitor, %s, country, %s, %s FROM gold.visitor_countries"
            .formatted(micros("hour"), micros("first_seen"), micros("last_seen")));
  }

  List<String> lateness() {
    return rows(
        "SELECT %s, events, within_2m, %s FROM gold.lateness"
            .formatted(micros("hour"), micros("greatest")));
  }

  List<String> userEvents() {
    return rows(
        "SELECT event_id, "
            + micros("event_timestamp")
            + ", user_id, event_type, product_id, price FROM gold.user_events");
  }

  List<String> sessions() {
    return rows(
        "SELECT visitor, "
            + micros("session_start")
            + ", "
            + micros("session_end")
            + ", (extract(epoch FROM duration) * 1000000)::bigint, events, page_views, entry_page,"
            + " exit_page, array_to_string(products, ','), cart_adds, purchases, revenue, currency,"
            + " converted, country, city, late_events FROM gold.sessions");
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
        "TRUNCATE gold.page_views, gold.active_users, gold.active_user_sets, gold.sessions,"
            + " gold.event_counts, gold.revenue, gold.daily_users, gold.silver_days, gold.lateness, gold.visitor_countries, gold.visitors, gold.country_changes, gold.session_hours, gold.period_users, gold.user_events, gold.ledger, gold.definitions, gold.flow, gold.flow_seen");
  }
}
