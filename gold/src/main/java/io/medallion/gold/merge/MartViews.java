package io.medallion.gold.merge;

import io.medallion.gold.mart.MartRefusal;
import io.medallion.gold.postgres.SqlFile;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.postgresql.util.PSQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The views of a user's own, made by the role that owns the schema. What Postgres does not accept
 * is noted next to the marts that are refused, and stops nothing. Commits nothing.
 */
final class MartViews {
  private static final Logger LOG = LoggerFactory.getLogger(MartViews.class);

  /** Where an unqualified name is looked for, as a reader has it. */
  private static final String SEARCH_PATH = "SET LOCAL search_path TO gold, public";

  /** A view cannot be replaced by one with other columns. */
  private static final String OTHER_COLUMNS = "42P16";

  private static final String ENDING = ".view.sql";
  private static final String CREATE =
      "CREATE OR REPLACE VIEW gold.\"%s\" WITH (security_invoker = true) AS ";

  private final Connection owner;

  MartViews(Connection owner) {
    this.owner = owner;
  }

  /** The name of a file's view. */
  static String name(SqlFile view) {
    String file = view.path().substring(view.path().replace('\\', '/').lastIndexOf('/') + 1);
    return file.substring(0, file.indexOf('.'));
  }

  /**
   * Makes those that are new, changed or not accepted before. Those whose file is gone stay.
   *
   * @param views as files have them
   */
  void update(List<SqlFile> views) throws SQLException {
    Map<String, String> kept = kept();
    List<SqlFile> differing =
        views.stream().filter(view -> !view.text().equals(kept.get(name(view)))).toList();
    if (differing.isEmpty()) {
      return;
    }
    Map<SqlFile, SQLException> problems = create(differing);
    boolean otherColumns =
        problems.values().stream().anyMatch(e -> OTHER_COLUMNS.equals(e.getSQLState()));
    if (otherColumns && dropTogether(kept)) {
      make(views, kept);
    } else {
      refuse(problems);
    }
  }

  /**
   * Drops all of them, so that the tables below can be replaced.
   *
   * @return what each was made with
   */
  Map<String, String> drop() throws SQLException {
    Map<String, String> kept = kept();
    drop(kept);
    return kept;
  }

  /** Drops one and forgets it; nothing if there is none of this name. */
  void drop(String name) throws SQLException {
    try (PreparedStatement delete =
        owner.prepareStatement("DELETE FROM gold.mart_views WHERE view = ?")) {
      delete.setString(1, name);
      if (delete.executeUpdate() > 0) {
        execute("DROP VIEW IF EXISTS gold.\"%s\"".formatted(name));
      }
    }
  }

  private void drop(Map<String, String> kept) throws SQLException {
    if (!kept.isEmpty()) {
      execute(
          "DROP VIEW "
              + kept.keySet().stream()
                  .map("gold.\"%s\""::formatted)
                  .collect(Collectors.joining(", ")));
    }
  }

  /** False if somebody else's view stands on one. */
  private boolean dropTogether(Map<String, String> kept) throws SQLException {
    Savepoint before = owner.setSavepoint();
    try {
      drop(kept);
      return true;
    } catch (SQLException e) {
      owner.rollback(before);
      return false;
    }
  }

  /**
   * Makes all of them when none is there. Of one that is not accepted any more, what was there
   * before stays.
   *
   * @param kept what was there, by name; made again if its file is gone
   */
  void make(List<SqlFile> views, Map<String, String> kept) throws SQLException {
    Map<String, SqlFile> all = new LinkedHashMap<>();
    kept.forEach((name, text) -> all.put(name, new SqlFile(name + ENDING, text)));
    views.forEach(view -> all.put(name(view), view));
    Map<SqlFile, SQLException> problems = create(List.copyOf(all.values()));
    create(
        problems.keySet().stream()
            .filter(view -> kept.containsKey(name(view)))
            .map(view -> new SqlFile(view.path(), kept.get(name(view))))
            .toList());
    refuse(problems);
  }

  /** What stands on another comes after it, whatever their names. */
  private Map<SqlFile, SQLException> create(List<SqlFile> views) throws SQLException {
    execute(SEARCH_PATH);
    Map<SqlFile, SQLException> problems = new LinkedHashMap<>();
    List<SqlFile> pending = views;
    int tried;
    do {
      tried = pending.size();
      problems.clear();
      for (SqlFile view : pending) {
        create(view).ifPresent(e -> problems.put(view, e));
      }
      pending = List.copyOf(problems.keySet());
    } while (!pending.isEmpty() && pending.size() < tried);
    return problems;
  }

  private Optional<SQLException> create(SqlFile view) throws SQLException {
    Savepoint before = owner.setSavepoint();
    try {
      execute(CREATE.formatted(name(view)) + view.text());
      try (PreparedStatement upsert =
          owner.prepareStatement(
              "INSERT INTO gold.mart_views (view, statement) VALUES (?, ?)"
                  + " ON CONFLICT (view) DO UPDATE SET statement = excluded.statement")) {
        upsert.setString(1, name(view));
        upsert.setString(2, view.text());
        upsert.executeUpdate();
      }
      forget(view.path());
      owner.releaseSavepoint(before);
      return Optional.empty();
    } catch (SQLException e) {
      owner.rollback(before);
      return Optional.of(e);
    }
  }

  private void refuse(Map<SqlFile, SQLException> problems) throws SQLException {
    for (Map.Entry<SqlFile, SQLException> problem : problems.entrySet()) {
      refuse(problem.getKey(), problem.getValue());
    }
  }

  private void refuse(SqlFile view, SQLException e) throws SQLException {
    String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    int[] place = place(view, e);
    LOG.warn("A view is not made: {}:{}:{}: {}", view.path(), place[0], place[1], reason);
    forget(view.path());
    MartRefusal.write(
        owner,
        List.of(
            new MartRefusal(
                view.path(),
                place[0],
                place[1],
                "Postgres does not take the view gold." + name(view),
                reason,
                "Mend the SELECT, which is in Postgres's SQL; gold tries again at its next start.",
                false)));
  }

  private void forget(String file) throws SQLException {
    try (PreparedStatement delete =
        owner.prepareStatement("DELETE FROM gold.refused_marts WHERE file = ?")) {
      delete.setString(1, file);
      delete.executeUpdate();
    }
  }

  /** Line and column, from 1; the beginning if Postgres names no place. */
  private static int[] place(SqlFile view, SQLException e) {
    int at =
        e instanceof PSQLException known && known.getServerErrorMessage() != null
            ? known.getServerErrorMessage().getPosition()
                - CREATE.formatted(name(view)).length()
                - 1
            : 0;
    String before = view.text().substring(0, Math.max(0, Math.min(at, view.text().length())));
    int line = before.lastIndexOf('\n') + 1;
    return new int[] {
      (int) before.lines().count() + (line == before.length() ? 1 : 0), before.length() - line + 1
    };
  }

  /** What each was made with, those only that are there. */
  private Map<String, String> kept() throws SQLException {
    Map<String, String> kept = new LinkedHashMap<>();
    try (Statement statement = owner.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT view, statement FROM gold.mart_views"
                    + " WHERE to_regclass(format('gold.%I', view)) IS NOT NULL ORDER BY view")) {
      while (rows.next()) {
        kept.put(rows.getString(1), rows.getString(2));
      }
    }
    return kept;
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = owner.createStatement()) {
      statement.execute(sql);
    }
  }
}
