package io.medallion.gold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medallion.common.config.Configuration;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.gold.merge.GoldMerge;
import io.medallion.gold.merge.MergeSession;
import io.medallion.gold.postgres.Migrations;
import io.medallion.gold.postgres.Postgres;
import io.medallion.gold.postgres.SqlFile;
import io.medallion.gold.read.GoldSnapshot;
import io.medallion.gold.source.SilverRange;
import io.medallion.gold.status.LayerStatusSnapshot;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class SchemaAndRolesIT {
  private static final String INSUFFICIENT_PRIVILEGE = "42501";

  private Postgres postgres;
  private String database;

  @BeforeAll
  static void roles() {
    Postgres server = TestPostgres.superuser("postgres");
    TestPostgres.execute(
        server,
        "CREATE ROLE medallion_owner LOGIN PASSWORD 'o'; CREATE ROLE medallion_writer LOGIN"
            + " PASSWORD 'w'; CREATE ROLE medallion_reader LOGIN PASSWORD 'r'; CREATE ROLE"
            + " \"odd \"\"role\" LOGIN PASSWORD 'x'");
    requirePasswordsOf(server, "medallion_owner,medallion_writer,medallion_reader");
  }

  /** The embedded server trusts everyone; these roles must show a password. */
  private static void requirePasswordsOf(Postgres server, String roles) {
    Path hba = Path.of(TestPostgres.rows(server, "SHOW hba_file").get(0));
    try {
      Files.writeString(
          hba, "host all %s all scram-sha-256%n".formatted(roles) + Files.readString(hba));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    TestPostgres.execute(server, "SELECT pg_reload_conf()");
  }

  @BeforeEach
  void database() {
    postgres = TestPostgres.database();
    database = postgres.url().substring(postgres.url().lastIndexOf('/') + 1);
    TestPostgres.execute(postgres, "GRANT CREATE ON DATABASE " + database + " TO medallion_owner");
  }

  private Configuration.Builder configuration(String writerPassword) {
    return Configuration.builder()
        .flag("postgres.url", postgres.url())
        .flag("postgres.owner.user", "medallion_owner")
        .flag("postgres.start-timeout", "3s")
        .environment(
            Map.of(
                "MEDALLION_POSTGRES_OWNER_PASSWORD",
                "o",
                "MEDALLION_POSTGRES_PASSWORD",
                writerPassword,
                "MEDALLION_POSTGRES_READER_PASSWORD",
                "r"));
  }

  @Test
  void ownerMigratesWriterMergesReaderReads() {
    List<SilverRow> events = new RandomEvents(3).take(40);
    try (GoldMerge gold =
        GoldMerge.open(configuration("w").build(), TestMarts.SHIPPED, Fixtures.TABLE)) {
      assertThat(gold.position()).isEqualTo(GoldMerge.NOTHING_MERGED);
      Postgres writer = new Postgres(postgres.url(), "medallion_writer", "w");
      gold.merge(
          Fixtures.copied(writer, events),
          new SilverRange(-1, 0),
          Fixtures.UNREAD,
          LayerStatusSnapshot.UNKNOWN);
    }
    Postgres reader = new Postgres(postgres.url(), "medallion_reader", "r");
    assertThat(TestPostgres.rows(reader, "SELECT silver_version FROM gold.ledger"))
        .containsExactly("0");
    assertThat(TestPostgres.rows(reader, "SELECT * FROM gold.user_sessions")).isNotEmpty();
  }

  @Test
  void aRoleOfSomeSitesSeesTheirRowsInTablesAndViewsAndNoOthers() {
    List<SilverRow> events = new RandomEvents(3).take(400);
    try (GoldMerge gold =
        GoldMerge.open(configuration("w").build(), TestMarts.SHIPPED, Fixtures.TABLE)) {
      Postgres writer = new Postgres(postgres.url(), "medallion_writer", "w");
      gold.merge(
          Fixtures.copied(writer, events.subList(0, 200)),
          new SilverRange(-1, 0),
          Fixtures.UNREAD,
          LayerStatusSnapshot.UNKNOWN);
      TestPostgres.execute(
          postgres,
          "SET medallion.role = 'berlin'; SET medallion.sites = '{Europe/Berlin}';"
              + SqlFile.of("roles/site_reader").text());
      gold.merge(
          Fixtures.copied(writer, events.subList(200, 400)),
          new SilverRange(0, 1),
          Fixtures.UNREAD,
          LayerStatusSnapshot.UNKNOWN);
    }
    Postgres reader = new Postgres(postgres.url(), "medallion_reader", "r");
    Postgres berlin = new Postgres(postgres.url(), "berlin", "");
    List<String> bySite =
        TestPostgres.rows(
            postgres,
            "SELECT table_name FROM information_schema.columns WHERE table_schema = 'gold'"
                + " AND column_name = 'site' AND table_name NOT LIKE '%\\_\\_%'");
    assertThat(bySite).contains("sessions", "page_views", "users_by_day", "attribution_by_day");
    List<String> filled = new ArrayList<>();
    for (String relation : bySite) {
      List<String> own =
          TestPostgres.rows(
              reader, "SELECT * FROM gold.%s WHERE site = 'Europe/Berlin'".formatted(relation));
      assertThat(TestPostgres.rows(berlin, "SELECT * FROM gold." + relation))
          .as(relation)
          .containsExactlyInAnyOrderElementsOf(own);
      if (!own.isEmpty()
          && TestPostgres.rows(reader, "SELECT * FROM gold." + relation).size() > own.size()) {
        filled.add(relation);
      }
    }
    assertThat(filled).contains("sessions", "daily_users", "page_views", "users_by_day");
    assertThat(TestPostgres.rows(berlin, "SELECT silver_version FROM gold.freshness"))
        .containsExactly("1");
    refused(berlin, "SELECT * FROM gold.layer_status");
    refused(berlin, "DELETE FROM gold.sessions");
  }

  @Test
  void rolesCannotDoWhatTheyMustNot() {
    GoldMerge.open(configuration("w").build(), TestMarts.SHIPPED, Fixtures.TABLE).close();
    Postgres writer = new Postgres(postgres.url(), "medallion_writer", "w");
    Postgres reader = new Postgres(postgres.url(), "medallion_reader", "r");
    refused(writer, "CREATE TABLE gold.mine (a int)");
    refused(writer, "DROP TABLE gold.sessions");
    refused(writer, "ALTER TABLE gold.sessions ADD mine int");
    refused(writer, "UPDATE gold.schema_versions SET version = 99");
    refused(reader, "DELETE FROM gold.sessions");
    refused(reader, "INSERT INTO gold.page_views VALUES ('s', now(), '/', 1)");
    refused(reader, "UPDATE gold.ledger SET silver_version = 1");
    refused(reader, "SELECT * FROM gold_staging.sessions");
    for (Postgres role : List.of(writer, reader)) {
      refused(role, "BEGIN; LOCK TABLE gold.schema_versions IN EXCLUSIVE MODE");
      refused(role, "BEGIN; LOCK TABLE gold.schema_versions IN ROW SHARE MODE");
    }
  }

  @Test
  void nobodyButASuperuserMakesOrFillsLargeObjects() {
    Postgres owner = new Postgres(postgres.url(), "medallion_owner", "o");
    Postgres reader = new Postgres(postgres.url(), "medallion_reader", "r");
    String made = TestPostgres.rows(postgres, "SELECT lo_create(0)").get(0);
    run(owner, "roles/no_large_objects");
    assertThat(TestPostgres.rows(reader, "SELECT lo_create(0)")).as("not forbidden").hasSize(1);

    run(postgres, "roles/no_large_objects");
    run(postgres, "roles/no_large_objects");

    for (String statement :
        List.of(
            "SELECT lo_create(0)",
            "SELECT lo_creat(-1)",
            "SELECT lo_from_bytea(0, 'x')",
            "SELECT lo_put(" + made + ", 0, 'x')",
            "SELECT lo_open(" + made + ", 131072)",
            "SELECT lowrite(0, 'x')",
            "SELECT lo_truncate64(0, 1000000000000)",
            "SELECT lo_import('/etc/hosts')")) {
      refused(reader, statement);
      refused(owner, statement);
    }
  }

  private static void run(Postgres role, String file) {
    try (Connection connection = role.connect()) {
      SqlFile.of(file).run(connection);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void refused(Postgres role, String sql) {
    assertThatThrownBy(
            () -> {
              try (Connection connection = role.connect();
                  Statement statement = connection.createStatement()) {
                statement.execute(sql);
              }
            })
        .as(sql)
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(INSUFFICIENT_PRIVILEGE));
  }

  @Test
  void roleNamesAreQuoted() {
    Configuration odd = configuration("w").flag("postgres.user", "odd \"role").build();
    try (GoldMerge gold = GoldMerge.open(odd, TestMarts.SHIPPED, Fixtures.TABLE)) {
      assertThat(gold.position()).isEqualTo(GoldMerge.NOTHING_MERGED);
    }
  }

  @Test
  void aConnectionThatMergesHasItsDefaultsUnlessToldOtherwise() throws SQLException {
    GoldMerge.open(configuration("w").build(), TestMarts.SHIPPED, Fixtures.TABLE).close();
    TestPostgres.execute(
        postgres,
        "ALTER DATABASE "
            + database
            + " SET statement_timeout = '30s'; ALTER DATABASE "
            + database
            + " SET synchronous_commit = off");
    assertThat(settings(postgres.url()))
        .containsExactly("on", "off", "1.1", "64MB", "64MB", "1min", "30min");
    TestPostgres.execute(
        postgres,
        "ALTER ROLE medallion_writer SET work_mem = '8MB'; ALTER ROLE medallion_writer IN DATABASE "
            + database
            + " SET lock_timeout = '7s'");
    try {
      assertThat(settings(postgres.url() + "?options=-c%20statement_timeout=9s"))
          .containsExactly("on", "off", "1.1", "8MB", "64MB", "7s", "9s");
    } finally {
      TestPostgres.execute(postgres, "ALTER ROLE medallion_writer RESET work_mem");
    }
  }

  private static List<String> settings(String url) throws SQLException {
    List<String> values = new ArrayList<>();
    try (MergeSession session =
            new MergeSession(
                new Postgres(url, "medallion_writer", "w").connect(),
                TestMarts.of(Fixtures.SETTINGS));
        Statement statement = session.connection().createStatement()) {
      for (String name :
          List.of(
              "synchronous_commit",
              "jit",
              "random_page_cost",
              "work_mem",
              "temp_buffers",
              "lock_timeout",
              "statement_timeout")) {
        try (ResultSet value = statement.executeQuery("SHOW " + name)) {
          value.next();
          values.add(value.getString(1));
        }
      }
    }
    return values;
  }

  @Test
  void aWrongPasswordIsSaidSoAndNotShown() {
    assertThatThrownBy(
            () -> GoldMerge.open(configuration("secret-wrong").build(), TestMarts.SHIPPED, "t"))
        .isInstanceOfSatisfying(
            MedallionException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.POSTGRES_ACCESS_DENIED);
              assertThat(e.explain()).doesNotContain("secret-wrong");
            });
  }

  @Test
  void anUnreachableServerIsSaidSoInTime() throws IOException {
    int nobody;
    try (ServerSocket socket = new ServerSocket(0)) {
      nobody = socket.getLocalPort();
    }
    Configuration wrong =
        configuration("w")
            .flag("postgres.url", "jdbc:postgresql://localhost:" + nobody + "/gold")
            .flag("postgres.start-timeout", "1s")
            .build();
    assertThatThrownBy(() -> GoldMerge.open(wrong, TestMarts.SHIPPED, "t"))
        .isInstanceOfSatisfying(
            MedallionException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.POSTGRES_UNREACHABLE));
  }

  @Test
  void processesThatStartAtOnceMigrateOnce() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> starts =
          java.util.stream.IntStream.range(0, 4)
              .<Future<?>>mapToObj(i -> threads.submit(() -> TestPostgres.migrate(postgres)))
              .toList();
      for (Future<?> start : starts) {
        start.get();
      }
    } finally {
      threads.shutdown();
    }
    assertThat(TestPostgres.rows(postgres, "SELECT count(*) FROM gold.schema_versions"))
        .containsExactly("" + Migrations.FILES.size());
  }

  /** On the empty database, and on one that is there. */
  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void whatAReaderMayLockHoldsUpNoStart() throws SQLException {
    Postgres reader = new Postgres(postgres.url(), "medallion_reader", "r");
    for (int start = 0; start < 2; start++) {
      try (Connection connection = reader.connect();
          Statement statement = connection.createStatement()) {
        connection.setAutoCommit(false);
        // What gold's starts used to wait for.
        statement.execute("SELECT pg_advisory_lock(" + 0x676f6c64L + ")");
        if (start > 0) {
          statement.execute("LOCK TABLE gold.schema_versions, gold.ledger IN ACCESS SHARE MODE");
          statement.execute("SELECT count(*) FROM gold.user_sessions");
        }
        GoldMerge.open(configuration("w").build(), TestMarts.SHIPPED, Fixtures.TABLE).close();
      }
    }
  }

  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aSchemaThatSomebodyHoldsIsSaidSoInTime() throws SQLException {
    heldBy("CREATE SCHEMA gold AUTHORIZATION medallion_owner", postgres, "postgres");
    GoldMerge.open(configuration("w").build(), TestMarts.SHIPPED, Fixtures.TABLE).close();
    heldBy(
        "LOCK TABLE gold.schema_versions IN EXCLUSIVE MODE",
        new Postgres(postgres.url(), "medallion_owner", "o"),
        "medallion_owner");
    GoldMerge.open(configuration("w").build(), TestMarts.SHIPPED, Fixtures.TABLE).close();
  }

  private void heldBy(String statement, Postgres holder, String name) throws SQLException {
    Configuration hasty =
        configuration("w")
            .flag("postgres.url", postgres.url() + "?options=-c%20lock_timeout=300ms")
            .build();
    try (Connection connection = holder.connect();
        Statement held = connection.createStatement()) {
      connection.setAutoCommit(false);
      held.execute(statement);
      assertThatThrownBy(() -> GoldMerge.open(hasty, TestMarts.SHIPPED, Fixtures.TABLE))
          .isInstanceOfSatisfying(
              MedallionException.class,
              e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.POSTGRES_SCHEMA_HELD);
                assertThat(e.problem()).contains("process ", " of " + name);
              });
      connection.rollback();
    }
  }

  @Test
  void aStartWaitsAMinuteForAHolderUnlessToldOtherwise() throws SQLException {
    assertThat(lockTimeout(postgres.url())).isEqualTo("1min");
    assertThat(lockTimeout(postgres.url() + "?options=-c%20lock_timeout=7s")).isEqualTo("7s");
  }

  private static String lockTimeout(String url) throws SQLException {
    try (Connection connection = new Postgres(url, "medallion_owner", "o").connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      SqlFile.of("schema/session").run(connection);
      try (ResultSet value = statement.executeQuery("SHOW lock_timeout")) {
        value.next();
        return value.getString(1);
      }
    }
  }

  /** Roles that are made later get their rights at the next start. */
  @Test
  void rolesMayBeMadeAfterTheSchema() {
    Configuration late =
        configuration("w")
            .flag("postgres.user", "late_writer")
            .flag("postgres.reader.user", "late_reader")
            .build();
    assertThatThrownBy(() -> GoldMerge.open(late, TestMarts.SHIPPED, Fixtures.TABLE))
        .isInstanceOfSatisfying(
            MedallionException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.POSTGRES_ACCESS_DENIED));
    TestPostgres.execute(postgres, "CREATE ROLE late_writer LOGIN; CREATE ROLE late_reader LOGIN");

    try (GoldMerge gold = GoldMerge.open(late, TestMarts.SHIPPED, Fixtures.TABLE)) {
      assertThat(gold.position()).isEqualTo(GoldMerge.NOTHING_MERGED);
    }
    Postgres reader = new Postgres(postgres.url(), "late_reader", null);
    assertThat(TestPostgres.rows(reader, "SELECT count(*) FROM gold.ledger")).hasSize(1);
  }

  @Test
  void aNewerSchemaIsRefused() {
    TestPostgres.migrate(postgres);
    TestPostgres.execute(postgres, "INSERT INTO gold.schema_versions VALUES (99, 'later', now())");
    assertThatThrownBy(() -> TestPostgres.migrate(postgres))
        .isInstanceOfSatisfying(
            MedallionException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.POSTGRES_SCHEMA_NEWER));
  }

  @Test
  void whatReadsAllOfGoldReadsThisReleasesSchemaOnly() {
    Configuration reader = configuration("w").build();
    assertThat(GoldSnapshot.take(reader)).as("no schema").isEmpty();
    GoldMerge.open(reader, TestMarts.SHIPPED, Fixtures.TABLE).close();
    assertThat(GoldSnapshot.take(reader)).as("nothing merged").isEmpty();
    TestPostgres.execute(postgres, "INSERT INTO gold.schema_versions VALUES (99, 'later', now())");
    assertThatThrownBy(() -> GoldSnapshot.take(reader))
        .isInstanceOfSatisfying(
            MedallionException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.POSTGRES_SCHEMA_NEWER));
  }
}
