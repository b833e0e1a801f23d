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
    assertThat(sessions()).as("sessions, " + described).isEqualTo(oracle.sessions());
  }

  List<String> pageViews() {
    return rows("SELECT " + micros("window_start") + ", page, views FROM gold.page_views");
  }

  List<String> activeUsers() {
    return rows("SELECT " + micros("window_start") + ", users FROM gold.active_users");
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
            + " gold.ledger, gold.definitions, gold.flow");
  }
}
