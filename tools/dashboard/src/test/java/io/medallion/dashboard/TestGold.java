package io.medallion.dashboard;

import io.medallion.common.config.Configuration;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/** A real Postgres with gold's own schema, views and reader, and nothing in it. */
final class TestGold implements AutoCloseable {
  /** As gold makes them of the files in sql/marts. */
  private static final String DECLARED =
      """
      CREATE TABLE gold.page_views (
        site text COLLATE "C" DEFAULT 'shop-de', window_start timestamptz, page text COLLATE "C",
        views bigint, PRIMARY KEY (window_start, site, page));
      CREATE TABLE gold.active_users (
        site text COLLATE "C" DEFAULT 'shop-de', window_start timestamptz, users bigint,
        PRIMARY KEY (window_start, site));
      CREATE TABLE gold.event_counts (
        site text COLLATE "C" DEFAULT 'shop-de', window_start timestamptz, event_type text COLLATE "C",
        country text COLLATE "C", events bigint, PRIMARY KEY (window_start, site, event_type, country));
      CREATE TABLE gold.revenue (
        site text COLLATE "C" DEFAULT 'shop-de', window_start timestamptz, local_date date DEFAULT now(),
        currency text COLLATE "C", orders bigint, revenue numeric(38, 6),
        PRIMARY KEY (window_start, site, local_date, currency));
      CREATE TABLE gold.lateness (
        site text COLLATE "C", hour timestamptz, local_date date, events bigint, within_10s bigint, within_1m bigint, within_2m bigint,
        within_10m bigint, within_1h bigint, within_1d bigint, greatest interval,
        PRIMARY KEY (hour, site, local_date));
      CREATE TABLE gold.sessions (
        site text COLLATE "C", visitor text COLLATE "C", session_start timestamptz, session_end timestamptz, local_date date,
        duration interval GENERATED ALWAYS AS (session_end - session_start) STORED, events bigint, page_views bigint,
        entry_page text, exit_page text, products text[], cart_adds bigint, purchases bigint, revenue numeric(38, 6),
        currency text, converted boolean GENERATED ALWAYS AS (purchases > 0) STORED, country text, city text,
        device_class text, referrer_medium text, referrer_domain text, utm_source text, utm_medium text,
        utm_campaign text, channel text, late_events bigint, PRIMARY KEY (visitor, site, session_start));
      CREATE TABLE gold.daily_users (
        site text COLLATE "C", day date, visitor text COLLATE "C", PRIMARY KEY (day, site, visitor));
      CREATE TABLE gold.visitor_countries (
        site text COLLATE "C", visitor text COLLATE "C", hour timestamptz, country text COLLATE "C",
        first_seen timestamptz, last_seen timestamptz, PRIMARY KEY (hour, site, visitor, country))\
      """;

  private final EmbeddedPostgres postgres;

  TestGold() throws Exception {
    postgres = EmbeddedPostgres.builder().start();
    execute("CREATE ROLE medallion_reader LOGIN");
    executeAll("schema");
    execute(DECLARED);
    // The other views read it.
    execute(sql("views/watermark.sql"));
    executeAll("views");
    grant();
  }

  /** What has been made since, the reader may read. */
  void grant() throws Exception {
    execute("SET medallion.role = medallion_reader;" + sql("roles/grants_reader.sql"));
  }

  int port() {
    return postgres.getPort();
  }

  Configuration configuration() {
    return configuration(Map.of());
  }

  Configuration configuration(Map<String, String> settings) {
    Map<String, String> environment = new HashMap<>(settings);
    environment.put(
        "MEDALLION_POSTGRES_URL",
        "jdbc:postgresql://localhost:" + postgres.getPort() + "/postgres");
    return Configuration.builder().environment(environment).build();
  }

  Connection connection() throws Exception {
    return postgres.getPostgresDatabase().getConnection();
  }

  /** In one transaction, as gold runs them. */
  private void executeAll(String part) throws Exception {
    try (Stream<Path> files = Files.list(Path.of("../../sql", part));
        Connection connection = connection();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      for (Path file : files.sorted().toList()) {
        statement.execute(Files.readString(file));
      }
      connection.commit();
    }
  }

  private static String sql(String file) throws Exception {
    return Files.readString(Path.of("../../sql", file));
  }

  String one(String sql) throws Exception {
    try (Connection connection = connection();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return result.getString(1);
    }
  }

  void execute(String sql) throws Exception {
    try (Connection connection = connection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Override
  public void close() throws IOException {
    postgres.close();
  }
}
