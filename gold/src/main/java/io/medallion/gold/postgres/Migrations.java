package io.medallion.gold.postgres;

import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Brings gold's schema to this program's version, one file of {@code sql/schema} after the other,
 * in one transaction under a lock, so that two processes may start at once and one that is killed
 * leaves nothing half done.
 */
public final class Migrations {
  /** In order; the n-th is version n. Never changed once released: a change is a new file. */
  public static final List<String> FILES = List.of("001_gold");

  /** Created again with every new version: they hold no data. */
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
          "suspicious_visitors",
          "retention",
          "session_sources",
          "attribution");

  /** Another gold made what this one was about to make: the schema, or a table in it. */
  private static final Set<String> MADE_MEANWHILE = Set.of("23505", "42P06", "42P07");

  private static final Pattern VIEW =
      Pattern.compile(
          "CREATE OR REPLACE VIEW gold\\.(\\S+) WITH \\(security_invoker = true\\) AS(.*?);\\s*(?:\n|$)",
          Pattern.DOTALL);
  private static final String LOCK_NOT_AVAILABLE = "55P03";

  private Migrations() {}

  /** What belongs to the schema besides its files. */
  @FunctionalInterface
  public interface Tables {
    /** Makes tables, after those of the files and before the views. */
    void make(Connection owner) throws SQLException;

    /** Makes views, after those of the files. */
    default void makeViews(Connection owner) throws SQLException {}
  }

  /**
   * Migrates, and grants the roles what they need. All of it or nothing: killed anywhere, the next
   * start finds the schema as it was.
   *
   * @param owner a connection of the role that owns the schema; its transaction is committed
   * @param writer the role that merges
   * @param reader the role that reads; if it does not exist, nothing is granted to it
   * @param tables those that no file declares
   * @throws MedallionException if somebody holds the schema for too long
   */
  public static void run(Connection owner, String writer, String reader, Tables tables)
      throws SQLException {
    run(owner, writer, reader, FILES, tables);
  }

  /** The same with other files, so that tests have later versions to come to. */
  static void run(Connection owner, String writer, String reader, List<String> files, Tables tables)
      throws SQLException {
    owner.setAutoCommit(false);
    try (Statement statement = owner.createStatement()) {
      int version = lock(owner, statement);
      refuseNewer(version, files);
      if (version < files.size()) {
        migrate(owner, version, files);
      }
      tables.make(owner);
      if (version < files.size()) {
        createViews(owner);
      }
      tables.makeViews(owner);
      grant(owner, "roles/grants_writer", writer);
      grant(owner, "roles/grants_reader", reader);
      owner.commit();
    } catch (SQLException e) {
      owner.rollback();
      if (LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
        throw held(owner, e);
      }
      throw e;
    }
  }

  /**
   * Takes the schema for this transaction, by a lock that only the owner can take: an advisory one
   * any role can. If there is no schema yet, making its first table is that lock: a second gold
   * waits for the first one's to be committed or undone.
   *
   * @return the version in the database; 0 if there was no schema
   */
  private static int lock(Connection owner, Statement statement) throws SQLException {
    SqlFile.of("schema/session").run(owner);
    while (!hasVersions(statement)) {
      if (makeVersions(owner)) {
        return 0;
      }
    }
    SqlFile.of("schema/lock").run(owner);
    return version(statement);
  }

  /** False if another gold has just made them. */
  private static boolean makeVersions(Connection owner) throws SQLException {
    Savepoint before = owner.setSavepoint();
    try {
      SqlFile.of("schema/000_versions").run(owner);
      return true;
    } catch (SQLException e) {
      if (!MADE_MEANWHILE.contains(e.getSQLState())) {
        throw e;
      }
      owner.rollback(before);
      return false;
    }
  }

  private static MedallionException held(Connection owner, SQLException e) throws SQLException {
    List<String> holders = new ArrayList<>();
    try (Statement statement = owner.createStatement();
        ResultSet rows = statement.executeQuery(SqlFile.of("schema/holders").text())) {
      while (rows.next()) {
        holders.add(rows.getString(1));
      }
    }
    owner.rollback();
    return new MedallionException(
        ErrorCode.POSTGRES_SCHEMA_HELD,
        "The schema in Postgres is held by somebody else: "
            + (holders.isEmpty() ? "gone meanwhile" : String.join(", ", holders)),
        String.valueOf(e.getMessage()).lines().findFirst().orElse(""),
        "Wait for that session or end it (pg_terminate_backend), and start gold again.",
        e);
  }

  private static void migrate(Connection owner, int version, List<String> files)
      throws SQLException {
    for (int next = version + 1; next <= files.size(); next++) {
      String file = files.get(next - 1);
      SqlFile.of("schema/" + file).run(owner);
      try (PreparedStatement insert =
          owner.prepareStatement("INSERT INTO gold.schema_versions VALUES (?, ?, now())")) {
        insert.setInt(1, next);
        insert.setString(2, file);
        insert.executeUpdate();
      }
    }
  }

  /** The names, without their schema, of the views that are shipped, in the order they are made. */
  public static List<String> viewNames() {
    return List.copyOf(viewQueries().keySet());
  }

  /** Their queries by their names, in the same order. */
  public static Map<String, String> viewQueries() {
    Map<String, String> queries = new LinkedHashMap<>();
    VIEWS.stream()
        .flatMap(view -> VIEW.matcher(SqlFile.of("views/" + view).text()).results())
        .forEach(match -> queries.put(match.group(1), match.group(2)));
    return queries;
  }

  /** Makes the views that are shipped, or makes them again. */
  public static void createViews(Connection owner) throws SQLException {
    for (String view : VIEWS) {
      SqlFile.of("views/" + view).run(owner);
    }
  }

  /** Drops the views that are shipped, so that tables below them can be replaced. */
  public static void dropViews(Connection owner) throws SQLException {
    List<String> names = viewNames();
    try (Statement statement = owner.createStatement()) {
      for (int i = names.size() - 1; i >= 0; i--) {
        statement.execute("DROP VIEW IF EXISTS gold." + names.get(i));
      }
    }
  }

  /** The version in the database; 0 if there is no schema yet. */
  private static int version(Statement statement) throws SQLException {
    if (!hasVersions(statement)) {
      return 0;
    }
    try (ResultSet version =
        statement.executeQuery("SELECT coalesce(max(version), 0) FROM gold.schema_versions")) {
      version.next();
      return version.getInt(1);
    }
  }

  private static boolean hasVersions(Statement statement) throws SQLException {
    try (ResultSet table =
        statement.executeQuery("SELECT to_regclass('gold.schema_versions') IS NOT NULL")) {
      table.next();
      return table.getBoolean(1);
    }
  }

  /**
   * Makes sure that the schema, if there is one, is this program's.
   *
   * @param reader any role that may read it
   * @return whether there is one
   * @throws MedallionException if another release made it
   */
  public static boolean isHere(Statement reader) throws SQLException {
    return isHere(reader, FILES);
  }

  /** The same of a program with other files. */
  static boolean isHere(Statement reader, List<String> files) throws SQLException {
    int version = version(reader);
    refuseNewer(version, files);
    if (version > 0 && version < files.size()) {
      throw new MedallionException(
          ErrorCode.POSTGRES_SCHEMA_OLDER,
          "The schema in Postgres has version %d, this program reads version %d"
              .formatted(version, files.size()),
          "Gold has not run on it since this release came.",
          "Start gold of this release once; it migrates the schema before it merges.");
    }
    return version > 0;
  }

  private static void refuseNewer(int version, List<String> files) {
    if (version > files.size()) {
      throw new MedallionException(
          ErrorCode.POSTGRES_SCHEMA_NEWER,
          "The schema in Postgres has version %d, this program knows %d"
              .formatted(version, files.size()),
          "A newer release has migrated it.",
          "Run that release, or a later one.");
    }
  }

  /** Roles are named by configuration, so their names are bound and quoted in Postgres. */
  public static void grant(Connection owner, String file, String role) throws SQLException {
    try (PreparedStatement name =
        owner.prepareStatement("SELECT set_config('medallion.role', ?, true)")) {
      name.setString(1, role);
      name.execute();
    }
    SqlFile.of(file).run(owner);
  }
}
