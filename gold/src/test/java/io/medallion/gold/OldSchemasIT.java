package io.medallion.gold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/**
 * A database of an earlier schema, with as much of today's rows as it has columns for: migrated,
 * and gone on with. In every other one the marts count as made by an earlier release, and are made
 * anew.
 */
class OldSchemasIT {
  private static final List<SilverEvent> EVENTS = new RandomEvents(31).take(240);
  private static final int HALF = EVENTS.size() / 2;

  /** The tables of a schema, and their columns but the generated ones. */
  private static final String WRITTEN =
      """
      SELECT c.relname, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum)
      FROM pg_class AS c
      JOIN pg_attribute AS a
        ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
      WHERE c.relnamespace = 'gold'::regnamespace AND c.relkind = 'r'
        AND c.relname <> 'schema_versions'
      GROUP BY c.relname""";

  /** Tables that earlier schemas had, and what they held. */
  private static final Map<String, String> GONE =
      Map.of(
          "visitors",
          "INSERT INTO gold.visitors SELECT visitor, min(day) FROM gold.daily_users GROUP BY 1");

  /** A view of before schema 012, as it stood on a table that this removes. */
  private static final String USERS_BY_DAY_BEFORE =
      """
      CREATE VIEW gold.users_by_day AS
      SELECT today.day, today.active, coalesce(first.visitors, 0) AS new,
        today.active - coalesce(first.visitors, 0) AS returning
      FROM (SELECT day, count(*) AS active FROM gold.daily_users GROUP BY day) AS today
      LEFT JOIN (SELECT first_day, count(*) AS visitors FROM gold.visitors GROUP BY first_day) AS first
        ON first.first_day = today.day""";

  private static final String OF_LATER_MARTS =
      "DELETE FROM gold.definitions WHERE to_regclass('gold_staging.' || mart) IS NULL";

  private static final String OF_EARLIER_RELEASES =
      OF_LATER_MARTS
          + "; UPDATE gold.definitions SET definition = regexp_replace(definition, '\\d+', '0')";

  @Test
  void rowsOfEveryEarlierSchemaAreGoneOnWith() throws SQLException, IOException {
    Postgres now = TestPostgres.database();
    TestPostgres.migrate(now);
    merge(now, GoldMerge.NOTHING_MERGED, EVENTS.subList(0, HALF));
    for (int version = 1; version < Migrations.FILES.size(); version++) {
      Postgres old = TestPostgres.database();
      migrateTo(old, version);
      copy(now, old);
      TestPostgres.execute(old, version % 2 == 0 ? OF_EARLIER_RELEASES : OF_LATER_MARTS);
      TestPostgres.migrate(old);
      try (GoldMerge gold = Fixtures.gold(old)) {
        gold.fill(gold.outdated(), new PlainSilver(EVENTS.subList(0, HALF)), 0);
      }
      GoldContents tables = new GoldContents(old);
      String described = "from schema " + version;
      tables.assertEqual(Oracle.ofPeople(EVENTS.subList(0, HALF)), described);
      merge(old, 0, EVENTS.subList(HALF, EVENTS.size()));
      tables.assertEqual(Oracle.ofPeople(EVENTS), described + ", gone on with");
      assertThat(tables.rows("SELECT count(*) FROM gold.user_sessions"))
          .containsExactly("" + Oracle.ofPeople(EVENTS).sessions().size());
    }
  }

  @Test
  void whatAnEarlierReleaseMergesMeanwhileIsCounted() throws Exception {
    Postgres old = TestPostgres.database();
    migrateTo(old, Migrations.FILES.indexOf("012_new_users"));
    TestPostgres.execute(old, USERS_BY_DAY_BEFORE);
    CompletableFuture<Void> migration;
    try (Connection merge = old.connect();
        Statement statement = merge.createStatement()) {
      merge.setAutoCommit(false);
      statement.execute("INSERT INTO gold.daily_users VALUES ('2026-01-05', 'somebody')");
      statement.execute("INSERT INTO gold.visitors VALUES ('somebody', '2026-01-05')");
      migration = CompletableFuture.runAsync(() -> TestPostgres.migrate(old));
      await().until(() -> !TestPostgres.rows(old, TestPostgres.WAITING).isEmpty());
      merge.commit();
    }
    migration.get(1, TimeUnit.MINUTES);
    assertThat(TestPostgres.rows(old, "SELECT * FROM gold.users_by_day"))
        .containsExactly("2026-01-05|1|1|0");
  }

  private static void merge(Postgres postgres, long after, List<SilverEvent> events) {
    try (GoldMerge gold = Fixtures.gold(postgres)) {
      gold.merge(
          Fixtures.inline(postgres, events),
          new SilverRange(after, after + 1),
          Fixtures.UNREAD,
          FlowSnapshot.UNKNOWN);
    }
  }

  private static void migrateTo(Postgres postgres, int version) throws SQLException {
    try (Connection connection = postgres.connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      SqlFile.of("schema/000_versions").run(connection);
      for (int i = 1; i <= version; i++) {
        SqlFile.of("schema/" + Migrations.FILES.get(i - 1)).run(connection);
        statement.execute("INSERT INTO gold.schema_versions VALUES (" + i + ", 'old', now())");
      }
      connection.commit();
    }
  }

  /** What the older schema has of the rows. */
  private static void copy(Postgres from, Postgres to) throws SQLException, IOException {
    try (Connection source = from.connect();
        Connection target = to.connect()) {
      CopyManager out = source.unwrap(PGConnection.class).getCopyAPI();
      CopyManager in = target.unwrap(PGConnection.class).getCopyAPI();
      List<String> tables = TestPostgres.rows(to, WRITTEN);
      for (String table : tables) {
        String[] nameAndColumns = table.split("\\|", 2);
        if (GONE.containsKey(nameAndColumns[0])) {
          continue;
        }
        String columns = "gold.%s (%s)".formatted((Object[]) nameAndColumns);
        ByteArrayOutputStream rows = new ByteArrayOutputStream();
        out.copyOut("COPY " + columns + " TO STDOUT", rows);
        in.copyIn("COPY " + columns + " FROM STDIN", new ByteArrayInputStream(rows.toByteArray()));
      }
      for (Map.Entry<String, String> gone : GONE.entrySet()) {
        if (tables.stream().anyMatch(table -> table.startsWith(gone.getKey() + "|"))) {
          TestPostgres.execute(to, gone.getValue());
        }
      }
    }
  }
}
