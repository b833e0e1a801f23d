package io.medallion.gold.merge;

import io.medallion.gold.mart.Identities;
import io.medallion.gold.mart.Mart;
import io.medallion.gold.mart.MartFailed;
import io.medallion.gold.mart.Marts;
import io.medallion.gold.mart.ReplacedRanges;
import io.medallion.gold.mart.Rollup;
import io.medallion.gold.mart.SiteVisitor;
import io.medallion.gold.mart.TimeRange;
import io.medallion.gold.postgres.Copy;
import io.medallion.gold.postgres.CopyBuffer;
import io.medallion.gold.postgres.Postgres;
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
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

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
   * @param resolutions put persons in the place of marked ids
   * @param moves take out the rows of visitors that become another's
   */
  private record Relation(
      Mart mart,
      List<SqlFile> merges,
      List<SqlFile> removals,
      List<SqlFile> prunings,
      List<SqlFile> resolutions,
      List<SqlFile> moves) {
    static Relation of(Mart mart) {
      return new Relation(
          mart,
          mart.statements(),
          mart.removals(),
          mart.prunings(),
          mart.resolutions(),
          mart.moves());
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

  /** Those over its marts' tables. */
  private final List<Rollup> rollups;

  /** Null if nothing depends on who is who. */
  private final IdentityLinks links;

  private boolean moved;

  public MergeSession(Connection connection, Marts marts) throws SQLException {
    this.connection = connection;
    this.relations = marts.all().stream().map(Relation::of).toList();
    Set<String> tables =
        marts.all().stream()
            .flatMap(mart -> mart.tables().stream())
            .map(table -> table.replace("\"", ""))
            .collect(Collectors.toSet());
    this.rollups =
        Rollup.ALL.stream().filter(rollup -> tables.contains("gold." + rollup.mart())).toList();
    connection.setAutoCommit(false);
    SqlFile.of("merge/session").run(connection);
    SqlFile.of("merge/remake").run(connection);
    Optional<Identities> identities = marts.identities();
    this.links =
        identities.isPresent() ? new IdentityLinks(connection, identities.get().schema()) : null;
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

  /**
   * Learns who is who from what is staged, and merges it into every mart, all of it at once.
   *
   * @return visitors whose rows have to be made again from silver, which is to be done by {@link
   *     #merge} in the same transaction; their staged rows were left out
   */
  IdentityLinks.ReadAgain learn(List<Staging.Result> staged) throws SQLException, StagedRowsGone {
    if (links == null) {
      merge(staged);
      return IdentityLinks.ReadAgain.NOBODY;
    }
    copyIdentities(staged);
    IdentityLinks.ReadAgain again = links.learn();
    moved = links.hasMoved();
    mergeResolved(staged, moved);
    if (moved) {
      links.clear();
    }
    return again;
  }

  /** Takes down which ids were seen together, of a pass that is for nothing else. */
  void observe(List<Staging.Result> staged) throws SQLException, StagedRowsGone {
    copyIdentities(staged);
    links.observe();
  }

  /**
   * Judges what was observed, and moves the rows of those who are another.
   *
   * @return as {@link #learn}
   */
  IdentityLinks.ReadAgain judge() throws SQLException, StagedRowsGone {
    IdentityLinks.ReadAgain again = links.judge();
    if (links.hasMoved()) {
      mergeResolved(List.of(), true);
      clear();
    }
    links.clear();
    return again;
  }

  /** Judges all that was observed, before there are any rows that depend on it. */
  void judgeAll() throws SQLException {
    links.judgeAll();
  }

  /** Whether rows of some visitors became another's in the last merge that learnt. */
  boolean hasMoved() {
    return moved;
  }

  /** Whether anything depends on who is who. */
  boolean isLinking() {
    return links != null;
  }

  /** Merges what is staged into every mart, all of it at once, by the links that are known. */
  void merge(List<Staging.Result> staged) throws SQLException, StagedRowsGone {
    if (links != null) {
      copyIdentities(staged);
    }
    mergeResolved(staged, false);
  }

  private void copyIdentities(List<Staging.Result> staged) throws SQLException, StagedRowsGone {
    copy(relations.get(0), staged);
  }

  private void mergeResolved(List<Staging.Result> staged, boolean moved)
      throws SQLException, StagedRowsGone {
    boolean resolved = false;
    if (links != null) {
      links.resolve();
      resolved = links.hasResolved();
    }
    for (Relation relation : relations) {
      if (relation.mart() instanceof Identities) {
        continue;
      }
      try {
        copy(relation, staged);
        if (resolved) {
          run(relation.resolutions());
        }
        if (moved) {
          run(relation.moves());
        }
        run(relation.merges());
      } catch (SQLException e) {
        throw failed(relation.mart(), e);
      }
    }
    if (links != null) {
      links.clearResolved();
    }
  }

  /** A row that Postgres does not take is its mart's own failure, if a file declares that. */
  private static SQLException failed(Mart mart, SQLException e) {
    if (mart.isDeclared() && Postgres.isAboutData(e)) {
      throw new MartFailed(mart.name(), MartFailed.firstLine(e), e);
    }
    return e;
  }

  private void copy(Relation relation, List<Staging.Result> staged)
      throws SQLException, StagedRowsGone {
    copyInline(relation, staged);
    for (Staging.Result rows : staged) {
      moveCopied(relation, rows);
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
    ReplacedRanges replaced = new ReplacedRanges(ranges, byStagedKeys(reread()));
    clear();
    return replaced;
  }

  /** Sessions are known by visitors, and events by ids. */
  private Map<String, Map<List<String>, List<TimeRange>>> byStagedKeys(
      Map<String, Map<List<String>, List<TimeRange>>> sessions) throws SQLException {
    if (links == null) {
      return sessions;
    }
    Map<String, Map<List<String>, List<TimeRange>>> staged = new HashMap<>();
    for (Map.Entry<String, Map<List<String>, List<TimeRange>>> of : sessions.entrySet()) {
      int place = key(of.getKey(), Mart::visitorKey);
      int site = key(of.getKey(), Mart::siteKey);
      if (place < 0) {
        staged.put(of.getKey(), of.getValue());
        continue;
      }
      Map<SiteVisitor, List<String>> ids =
          links.idsOf(
              of.getValue().keySet().stream()
                  .map(key -> new SiteVisitor(key.get(site), key.get(place)))
                  .distinct()
                  .toList());
      Map<List<String>, List<TimeRange>> byIds =
          staged.computeIfAbsent(of.getKey(), mart -> new HashMap<>());
      for (Map.Entry<List<String>, List<TimeRange>> session : of.getValue().entrySet()) {
        List<String> known = session.getKey();
        for (String id : ids.get(new SiteVisitor(known.get(site), known.get(place)))) {
          List<String> key = new ArrayList<>(known);
          key.set(place, id);
          byIds.computeIfAbsent(key, k -> new ArrayList<>(2)).addAll(session.getValue());
        }
      }
    }
    return staged;
  }

  private int key(String mart, ToIntFunction<Mart> which) {
    return relations.stream()
        .map(Relation::mart)
        .filter(of -> of.name().equals(mart))
        .mapToInt(which)
        .max()
        .orElse(-1);
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
    for (Rollup rollup : rollups) {
      run(rollup.prunings());
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
