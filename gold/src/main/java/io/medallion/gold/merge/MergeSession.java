package io.medallion.gold.merge;

import io.medallion.gold.mart.Mart;
import io.medallion.gold.mart.Marts;
import io.medallion.gold.mart.ReplacedRanges;
import io.medallion.gold.mart.TimeRange;
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
import java.util.TreeMap;
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
      "SELECT mart, keys, (extract(epoch FROM since) * 1000000)::bigint,"
          + " (extract(epoch FROM until) * 1000000)::bigint FROM reread";

  private static final String LOST_BUCKETS =
      "SELECT mart, (extract(epoch FROM since) * 1000000)::bigint,"
          + " (extract(epoch FROM until) * 1000000)::bigint"
          + " FROM lost_buckets WHERE NOT counted_again ORDER BY mart, since";

  /**
   * A mart's relation, and what is done with it.
   *
   * @param mart whose it is
   * @param merges merge what is staged
   * @param removals take out what is made again
   * @param prunings remove what is not kept any more
   */
  private record Relation(
      Mart mart, List<SqlFile> merges, List<SqlFile> removals, List<SqlFile> prunings) {
    static Relation of(Mart mart) {
      return new Relation(mart, mart.statements(), mart.removals(), mart.prunings());
    }

    String name() {
      return mart.relation();
    }

    String staged() {
      return "staged_" + name();
    }
  }

  private final Connection connection;
  private final List<Relation> relations;

  public MergeSession(Connection connection, Marts marts) throws SQLException {
    this.connection = connection;
    this.relations = marts.all().stream().map(Relation::of).toList();
    connection.setAutoCommit(false);
    SqlFile.of("merge/session").run(connection);
    try (PreparedStatement gap =
        connection.prepareStatement("SELECT set_config('medallion.session_gap', ?, false)")) {
      gap.setString(1, marts.settings().sessionGapMicros() + " microseconds");
      gap.execute();
    }
    SqlFile.of("merge/remake").run(connection);
    for (Relation relation : relations) {
      execute(
          "CREATE TEMP TABLE %s (LIKE gold_staging.%s) ON COMMIT DELETE ROWS"
              .formatted(relation.staged(), relation.name()));
      run(relation.mart().preparations());
    }
    connection.commit();
  }

  public Connection connection() {
    return connection;
  }

  /** Merges what is staged into every mart, all of it at once. */
  void merge(List<Staging.Result> staged) throws SQLException, StagedRowsGone {
    for (Relation relation : relations) {
      copyInline(relation, staged);
      for (Staging.Result rows : staged) {
        moveCopied(relation, rows);
      }
      run(relation.merges());
    }
  }

  /** Empties the temporary tables, for another merge in the same transaction. */
  void clear() throws SQLException {
    for (Relation relation : relations) {
      execute("TRUNCATE " + relation.staged());
      for (String passage : relation.mart().passages()) {
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
    for (Relation relation : relations) {
      run(relation.removals());
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
    for (Relation relation : relations) {
      run(relation.prunings());
    }
  }

  /** By mart, times of windows that new events lie in, and that have no sets to add them to. */
  Map<String, List<TimeRange>> lostBuckets() throws SQLException {
    Map<String, List<TimeRange>> lost = new TreeMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(LOST_BUCKETS)) {
      while (rows.next()) {
        lost.computeIfAbsent(rows.getString(1), mart -> new ArrayList<>())
            .add(new TimeRange(rows.getLong(2), rows.getLong(3)));
      }
    }
    return lost;
  }

  /** Empties all windows that start in these times, to be filled by a merge of their events. */
  void emptyLostBuckets() throws SQLException {
    clear();
    for (Relation relation : relations) {
      run(relation.mart().recounts());
    }
    execute("UPDATE lost_buckets SET counted_again = true");
  }

  private Map<String, Map<List<String>, List<TimeRange>>> reread() throws SQLException {
    Map<String, Map<List<String>, List<TimeRange>>> sessions = new HashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(REREAD)) {
      while (rows.next()) {
        sessions
            .computeIfAbsent(rows.getString(1), mart -> new HashMap<>())
            .computeIfAbsent(
                List.of((String[]) rows.getArray(2).getArray()), key -> new ArrayList<>(2))
            .add(new TimeRange(rows.getLong(3), rows.getLong(4)));
      }
    }
    return sessions;
  }

  /** Removes all rows of marts, for a rebuild. */
  void empty(Marts again) throws SQLException {
    for (Mart mart : again.all()) {
      for (String table : mart.tables()) {
        execute("DELETE FROM " + table);
      }
    }
  }

  /** Removes what attempts that died long ago have left in staging. */
  void sweep() throws SQLException {
    for (Relation relation : relations) {
      execute(
          "DELETE FROM gold_staging.%s WHERE staged_at < now() - interval '1 day'"
              .formatted(relation.name()));
    }
  }

  private void copyInline(Relation relation, List<Staging.Result> staged) throws SQLException {
    byte[][] parts =
        staged.stream()
            .flatMap(rows -> rows.tasks().stream())
            .map(task -> task.inline(relation.name()))
            .filter(Objects::nonNull)
            .toArray(byte[][]::new);
    if (parts.length > 0) {
      Copy.into(connection, relation.staged(), relation.mart().columns(), parts);
    }
  }

  /** Takes the rows of the attempts that succeeded, and removes those of the others with them. */
  private void moveCopied(Relation relation, Staging.Result staged)
      throws SQLException, StagedRowsGone {
    long expected = staged.tasks().stream().mapToLong(task -> task.copied(relation.name())).sum();
    if (expected == 0) {
      return;
    }
    Long[] attempts = staged.tasks().stream().map(StagedRows::attempt).toArray(Long[]::new);
    long found = take(relation, staged.stage(), attempts);
    if (found != expected) {
      throw new StagedRowsGone(relation.name(), expected, found);
    }
    delete(relation, staged.stage());
  }

  /** Removes what was staged for a merge that is not to be. */
  void discard(List<Staging.Result> staged) throws SQLException {
    for (Relation relation : relations) {
      for (Staging.Result rows : staged) {
        if (rows.tasks().stream().anyMatch(task -> task.copied(relation.name()) > 0)) {
          delete(relation, rows.stage());
        }
      }
    }
  }

  private void delete(Relation relation, UUID stage) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement(
            "DELETE FROM gold_staging.%s WHERE stage = ?".formatted(relation.name()))) {
      delete.setObject(1, stage);
      delete.executeUpdate();
    }
  }

  private long take(Relation relation, UUID stage, Long[] attempts) throws SQLException {
    String columns = String.join(", ", relation.mart().columns());
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO %1$s (%3$s) SELECT %3$s FROM gold_staging.%2$s WHERE stage = ? AND attempt = ANY (?)"
                .formatted(relation.staged(), relation.name(), columns))) {
      insert.setObject(1, stage);
      insert.setArray(2, connection.createArrayOf("bigint", attempts));
      return insert.executeUpdate();
    }
  }

  private void run(List<SqlFile> statements) throws SQLException {
    for (SqlFile statement : statements) {
      statement.run(connection);
    }
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
