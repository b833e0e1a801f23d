package io.medallion.gold.merge;

import io.medallion.gold.mart.GoldSettings;
import io.medallion.gold.mart.Mart;
import io.medallion.gold.mart.Marts;
import io.medallion.gold.mart.ReplacedRanges;
import io.medallion.gold.mart.TimeRange;
import io.medallion.gold.mart.Windows;
import io.medallion.gold.postgres.Copy;
import io.medallion.gold.postgres.CopyBuffer;
import io.medallion.gold.postgres.SqlFile;
import io.medallion.gold.stage.StagedRows;
import io.medallion.gold.stage.Staging;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/**
 * A connection that merges: its temporary tables, and the marts' statements over them. Commits
 * nothing.
 */
public final class MergeSession implements AutoCloseable {
  /** What was staged is gone: an unlogged table does not survive a crash of Postgres. */
  static final class StagedRowsGone extends Exception {
    private static final long serialVersionUID = 1L;

    StagedRowsGone(String mart, long expected, long found) {
      super("of %d staged rows of %s, %d are left".formatted(expected, mart, found));
    }
  }

  private static final String REREAD =
      "SELECT visitor, (extract(epoch FROM since) * 1000000)::bigint,"
          + " (extract(epoch FROM until) * 1000000)::bigint FROM reread";

  private static final String LOST_HOURS =
      "SELECT (extract(epoch FROM hour) * 1000000)::bigint FROM lost_hours ORDER BY hour";

  private final Connection connection;
  private final List<Mart> marts;
  private final Map<String, SqlFile> files = new HashMap<>();

  public MergeSession(Connection connection, GoldSettings settings) throws SQLException {
    this.connection = connection;
    this.marts = Marts.of(settings);
    connection.setAutoCommit(false);
    SqlFile.of("marts/session").run(connection);
    try (PreparedStatement gap =
        connection.prepareStatement("SELECT set_config('medallion.session_gap', ?, false)")) {
      gap.setString(1, settings.sessionGapMicros() + " microseconds");
      gap.execute();
    }
    SqlFile.of("marts/remake").run(connection);
    for (Mart mart : marts) {
      execute(
          "CREATE TEMP TABLE staged_%1$s (LIKE gold_staging.%1$s) ON COMMIT DELETE ROWS"
              .formatted(mart.name()));
      if (!mart.passages().isEmpty()) {
        file(mart, "passages").run(connection);
      }
    }
    connection.commit();
  }

  public Connection connection() {
    return connection;
  }

  /** Merges what is staged into every mart, all of it at once. */
  void merge(List<Staging.Result> staged) throws SQLException, StagedRowsGone {
    for (Mart mart : marts) {
      copyInline(mart, staged);
      for (Staging.Result rows : staged) {
        moveCopied(mart, rows);
      }
      for (String statement : mart.statements()) {
        file(mart, statement).run(connection);
      }
    }
  }

  /** Empties the temporary tables, for another merge in the same transaction. */
  void clear() throws SQLException {
    for (Mart mart : marts) {
      execute("TRUNCATE staged_" + mart.name());
      for (String passage : mart.passages()) {
        execute("TRUNCATE " + passage);
      }
    }
  }

  /**
   * Removes every mart's rows of some times, to be made again.
   *
   * @return these times, and what else has to be made again with them
   */
  ReplacedRanges remove(List<TimeRange> ranges) throws SQLException {
    CopyBuffer buffer = new CopyBuffer();
    ranges.forEach(range -> buffer.row(2).time(range.since()).time(range.until()));
    Copy.into(connection, "remade", List.of("since", "until"), buffer.toBytes());
    execute("ANALYZE remade");
    for (Mart mart : marts) {
      for (String removal : mart.removals()) {
        file(mart, removal).run(connection);
      }
    }
    ReplacedRanges replaced = new ReplacedRanges(ranges, reread());
    clear();
    return replaced;
  }

  /** From when on what is kept, in this transaction. */
  void keep(RetentionBounds bounds) throws SQLException {
    try (PreparedStatement settings =
        connection.prepareStatement(
            "SELECT set_config('medallion.retained_from', ?, true),"
                + " set_config('medallion.user_sets_retained_from', ?, true)")) {
      settings.setString(1, RetentionBounds.text(bounds.rows()));
      settings.setString(2, RetentionBounds.text(bounds.sets()));
      settings.execute();
    }
  }

  /** Removes every mart's rows that are not kept any more. */
  void prune() throws SQLException {
    for (Mart mart : marts) {
      for (String pruning : mart.prunings()) {
        file(mart, pruning).run(connection);
      }
    }
  }

  /** Hours of active users that new events lie in, and that have no sets to add them to. */
  List<TimeRange> lostHours() throws SQLException {
    List<TimeRange> hours = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(LOST_HOURS)) {
      while (rows.next()) {
        hours.add(new TimeRange(rows.getLong(1), rows.getLong(1) + Windows.HOUR));
      }
    }
    return hours;
  }

  /** Empties these hours, to be filled by a merge of all their events. */
  void emptyLostHours() throws SQLException {
    clear();
    SqlFile.of("marts/active_users/recount").run(connection);
  }

  private Map<String, List<TimeRange>> reread() throws SQLException {
    Map<String, List<TimeRange>> visitors = new HashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(REREAD)) {
      while (rows.next()) {
        visitors
            .computeIfAbsent(rows.getString(1), visitor -> new ArrayList<>(2))
            .add(new TimeRange(rows.getLong(2), rows.getLong(3)));
      }
    }
    return visitors;
  }

  /** Removes all rows of marts, for a rebuild. */
  void empty(List<Mart> anew) throws SQLException {
    for (Mart mart : anew) {
      for (String table : mart.tables()) {
        execute("DELETE FROM gold." + table);
      }
    }
  }

  /** Removes what attempts that died long ago have left in staging. */
  void sweep() throws SQLException {
    for (Mart mart : marts) {
      execute(
          "DELETE FROM gold_staging.%s WHERE staged_at < now() - interval '1 day'"
              .formatted(mart.name()));
    }
  }

  private void copyInline(Mart mart, List<Staging.Result> staged) throws SQLException {
    byte[][] parts =
        staged.stream()
            .flatMap(rows -> rows.tasks().stream())
            .map(task -> task.inline(mart.name()))
            .filter(Objects::nonNull)
            .toArray(byte[][]::new);
    if (parts.length > 0) {
      Copy.into(connection, "staged_" + mart.name(), mart.columns(), parts);
    }
  }

  /** Takes the rows of the attempts that succeeded, and removes those of the others with them. */
  private void moveCopied(Mart mart, Staging.Result staged) throws SQLException, StagedRowsGone {
    long expected = staged.tasks().stream().mapToLong(task -> task.copied(mart.name())).sum();
    if (expected == 0) {
      return;
    }
    Long[] attempts = staged.tasks().stream().map(StagedRows::attempt).toArray(Long[]::new);
    long found = take(mart, staged.stage(), attempts);
    if (found != expected) {
      throw new StagedRowsGone(mart.name(), expected, found);
    }
    delete(mart, staged.stage());
  }

  /** Removes what was staged for a merge that is not to be. */
  void discard(List<Staging.Result> staged) throws SQLException {
    for (Mart mart : marts) {
      for (Staging.Result rows : staged) {
        if (rows.tasks().stream().anyMatch(task -> task.copied(mart.name()) > 0)) {
          delete(mart, rows.stage());
        }
      }
    }
  }

  private void delete(Mart mart, UUID stage) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement(
            "DELETE FROM gold_staging.%s WHERE stage = ?".formatted(mart.name()))) {
      delete.setObject(1, stage);
      delete.executeUpdate();
    }
  }

  private long take(Mart mart, UUID stage, Long[] attempts) throws SQLException {
    String columns = String.join(", ", mart.columns());
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO staged_%1$s (%2$s) SELECT %2$s FROM gold_staging.%1$s WHERE stage = ? AND attempt = ANY (?)"
                .formatted(mart.name(), columns))) {
      insert.setObject(1, stage);
      insert.setArray(2, connection.createArrayOf("bigint", attempts));
      return insert.executeUpdate();
    }
  }

  private SqlFile file(Mart mart, String statement) {
    return files.computeIfAbsent("marts/" + mart.name() + "/" + statement, SqlFile::of);
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
