package io.medallion.gold;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.gold.merge.MartTables;
import io.medallion.gold.postgres.Migrations;
import io.medallion.gold.postgres.Postgres;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A real Postgres for all tests of a process; each asks for a database of its own. */
public final class TestPostgres {
  /** Who waits for a lock in a database. */
  static final String WAITING =
      "SELECT pid FROM pg_locks JOIN pg_database ON oid = database"
          + " WHERE NOT granted AND datname = current_database()";

  private static final EmbeddedPostgres SERVER = start();
  private static final AtomicInteger DATABASES = new AtomicInteger();

  private TestPostgres() {}

  /** Of the release that is on the class path; if one is asked for, of this one. */
  private static EmbeddedPostgres start() {
    try {
      EmbeddedPostgres server =
          EmbeddedPostgres.builder()
              // The machine outlives the test: what its Postgres has written need not be on the
              // disk.
              .setServerConfig("fsync", "off")
              .start();
      String release = System.getProperty("test.postgres.release");
      if (release != null) {
        assertThat(release(server)).isEqualTo(Integer.parseInt(release.split("\\.", -1)[0]));
      }
      return server;
    } catch (IOException | SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static int release(EmbeddedPostgres server) throws SQLException {
    try (Connection connection = server.getPostgresDatabase().getConnection()) {
      return connection.getMetaData().getDatabaseMajorVersion();
    }
  }

  static int port() {
    return SERVER.getPort();
  }

  /** A new database, owned by the superuser. */
  public static Postgres database() {
    String name = "gold_" + DATABASES.incrementAndGet();
    execute(superuser("postgres"), "CREATE DATABASE " + name);
    return superuser(name);
  }

  /** Of many databases, one that is not needed any more. */
  public static void drop(Postgres postgres) {
    String name = postgres.url().substring(postgres.url().lastIndexOf('/') + 1);
    execute(superuser("postgres"), "DROP DATABASE " + name + " WITH (FORCE)");
  }

  static Postgres superuser(String database) {
    return new Postgres(url(database), "postgres", null);
  }

  static String url(String database) {
    return "jdbc:postgresql://localhost:" + SERVER.getPort() + "/" + database;
  }

  /** Runs a statement. */
  public static void execute(Postgres postgres, String sql) {
    try (Connection connection = postgres.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Each row as its columns' texts between bars, in order of the text. */
  public static List<String> rows(Postgres postgres, String sql) {
    List<String> rows = new ArrayList<>();
    try (Connection connection = postgres.connect();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      int columns = result.getMetaData().getColumnCount();
      while (result.next()) {
        List<String> row = new ArrayList<>();
        for (int i = 1; i <= columns; i++) {
          row.add(result.getString(i));
        }
        rows.add(String.join("|", row.stream().map(String::valueOf).toList()));
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    rows.sort(null);
    return rows;
  }

  /** Makes gold's schema. */
  public static void migrate(Postgres postgres) {
    try (Connection connection = postgres.connect()) {
      Migrations.run(
          connection,
          "postgres",
          "medallion_reader",
          owner -> new MartTables(owner).create(TestMarts.SHIPPED));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
