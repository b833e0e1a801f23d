package io.medallion.gold;

import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * Brings gold's schema to this program's version, one file of {@code sql/schema} after the other,
 * in one transaction under a lock, so that two processes may start at once.
 */
final class Migrations {
  /** In order; the n-th is version n. Never changed once released: a change is a new file. */
  static final List<String> FILES =
      List.of(
          "001_gold",
          "002_silver_days",
          "003_lateness_and_countries",
          "004_year",
          "005_flow_seen",
          "006_waiting",
          "007_rollups",
          "008_retention",
          "009_room_for_updates",
          "010_present",
          "011_watermark",
          "012_new_users");

  /** Made anew with every new version: they hold no data. */
  static final List<String> VIEWS =
      List.of(
          "watermark",
          "page_view_counts",
          "active_user_counts",
          "minutes",
          "user_sessions",
          "conversion",
          "funnel",
          "session_quality",
          "now",
          "daily_active",
          "lateness",
          "worth_a_look");

  /** Any number, as long as nobody else in the database uses it: the letters "gold". */
  private static final long LOCK = 0x676f6c64L;

  private Migrations() {}

  /**
   * Migrates, and grants the roles what they need.
   *
   * @param owner a connection of the role that owns the schema; its transaction is committed
   * @param writer the role that merges
   * @param reader the role that reads; where it does not exist, nothing is granted to it
   */
  static void run(Connection owner, String writer, String reader) throws SQLException {
    owner.setAutoCommit(false);
    try (Statement statement = owner.createStatement()) {
      statement.execute("SELECT pg_advisory_xact_lock(" + LOCK + ")");
      int version = version(statement);
      refuseNewer(version);
      if (version < FILES.size()) {
        migrate(owner, version);
      }
      grant(owner, "roles/grants_writer", writer);
      grant(owner, "roles/grants_reader", reader);
      owner.commit();
    } catch (SQLException e) {
      owner.rollback();
      throw e;
    }
  }

  private static void migrate(Connection owner, int version) throws SQLException {
    if (version == 0) {
      SqlFile.of("schema/000_versions").run(owner);
    }
    for (int next = version + 1; next <= FILES.size(); next++) {
      String file = FILES.get(next - 1);
      SqlFile.of("schema/" + file).run(owner);
      try (PreparedStatement insert =
          owner.prepareStatement("INSERT INTO gold.schema_versions VALUES (?, ?, now())")) {
        insert.setInt(1, next);
        insert.setString(2, file);
        insert.executeUpdate();
      }
    }
    for (String view : VIEWS) {
      SqlFile.of("views/" + view).run(owner);
    }
  }

  /** The version in the database; 0 where there is no schema yet. */
  private static int version(Statement statement) throws SQLException {
    try (ResultSet table =
        statement.executeQuery("SELECT to_regclass('gold.schema_versions') IS NOT NULL")) {
      table.next();
      if (!table.getBoolean(1)) {
        return 0;
      }
    }
    try (ResultSet version =
        statement.executeQuery("SELECT coalesce(max(version), 0) FROM gold.schema_versions")) {
      version.next();
      return version.getInt(1);
    }
  }

  /**
   * Makes sure that the schema, where there is one, is this program's.
   *
   * @param reader any role that may read it
   * @return whether there is one
   * @throws MedallionException where another release made it
   */
  static boolean isHere(Statement reader) throws SQLException {
    int version = version(reader);
    refuseNewer(version);
    if (version > 0 && version < FILES.size()) {
      throw new MedallionException(
          ErrorCode.POSTGRES_SCHEMA_OLDER,
          "The schema in Postgres has version %d, this program reads version %d"
              .formatted(version, FILES.size()),
          "Gold has not run on it since this release came.",
          "Start gold of this release once; it migrates the schema before it merges.");
    }
    return version > 0;
  }

  private static void refuseNewer(int version) {
    if (version > FILES.size()) {
      throw new MedallionException(
          ErrorCode.POSTGRES_SCHEMA_NEWER,
          "The schema in Postgres has version %d, this program knows %d"
              .formatted(version, FILES.size()),
          "A newer release has migrated it.",
          "Run that release, or a later one.");
    }
  }

  /** Roles are named by configuration, so their names are bound and quoted in Postgres. */
  private static void grant(Connection owner, String file, String role) throws SQLException {
    try (PreparedStatement name =
        owner.prepareStatement("SELECT set_config('medallion.role', ?, true)")) {
      name.setString(1, role);
      name.execute();
    }
    SqlFile.of(file).run(owner);
  }
}
