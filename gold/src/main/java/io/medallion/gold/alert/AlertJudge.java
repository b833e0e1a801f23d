package io.medallion.gold.alert;

import io.medallion.gold.alert.AlertLog.Change;
import io.medallion.gold.alert.AlertLog.State;
import io.medallion.gold.mart.MartRefusal;
import io.medallion.gold.mart.TimeRange;
import io.medallion.gold.postgres.Postgres;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Judges alerts over marts in the transaction of the merge that changes these: windows that have
 * become complete, and complete ones whose rows have changed. What is raised, and what is not so
 * any more, is written down with the messages that tell it, or not at all, as the merge is.
 *
 * <p>An alert that Postgres cannot judge is set aside until the next start, and stops no merge.
 */
public final class AlertJudge {
  /** Of a gold without alerts over marts. It says nothing to Postgres. */
  public static final AlertJudge NONE =
      new AlertJudge(List.of(), Duration.ZERO, new AlertLog(Set.of()));

  private static final Logger LOG = LoggerFactory.getLogger(AlertJudge.class);

  /** How long a statement of an alert may keep a merge. */
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /** So many times are judged apart from each other; more become one with their neighbours. */
  private static final int MOST_RANGES = 32;

  /** More at once are no news to anybody. */
  private static final int MOST_RAISED = 1_000;

  private static final int MOST_FOUND = 100_000;

  /** A statement that was given up, which others are for being in each other's way. */
  private static final String CANCELLED = "57014";

  private static final String MICROS = "(extract(epoch FROM %s) * 1000000)::bigint";
  private static final String TIMES =
      "CREATE TEMP TABLE changed_times (mart text, since timestamptz, until timestamptz)"
          + " ON COMMIT DELETE ROWS";
  private static final String SETTINGS =
      "SELECT set_config('TimeZone', 'UTC', true), set_config('statement_timeout', '%ds', true)"
          .formatted(LIMIT.toSeconds());
  private static final String COMPLETE =
      "SELECT %s, %s FROM gold.watermark CROSS JOIN gold.ledger"
          .formatted(MICROS.formatted("watermark"), MICROS.formatted("retained_from"));
  private static final String PRUNE =
      "DELETE FROM gold.alerts WHERE alert = ?"
          + " AND window_start < timestamptz 'epoch' + ? * interval '1 microsecond'";
  private static final String STATES =
      "SELECT alert, definition, " + MICROS.formatted("judged_until") + " FROM gold.alert_state";
  private static final String CHANGED =
      "SELECT mart, %s, %s FROM (SELECT mart, unnest(range_agg(tstzrange(since, until))) AS times FROM pg_temp.changed_times GROUP BY mart) AS changed ORDER BY mart, times"
          .formatted(MICROS.formatted("lower(times)"), MICROS.formatted("upper(times)"));
  private static final String RECORDED =
      "SELECT id, %s, %s, state, changes, key, shown FROM gold.alerts WHERE alert = ?"
          .formatted(MICROS.formatted("window_start"), MICROS.formatted("window_end"));
  private static final String BETWEEN =
      " AND window_start >= timestamptz 'epoch' + ? * interval '1 microsecond'"
          + " AND window_start < timestamptz 'epoch' + ? * interval '1 microsecond'";
  private static final String JUDGED =
      """
      INSERT INTO gold.alert_state AS kept (alert, definition, judged_until)
      SELECT alert, definition, timestamptz 'epoch' + ? * interval '1 microsecond'
      FROM unnest(?::text[], ?::text[]) AS judged (alert, definition)
      ON CONFLICT (alert) DO UPDATE SET definition = excluded.definition,
        judged_until = greatest(kept.judged_until, excluded.judged_until)""";
  private static final String FORGET =
      "UPDATE gold.alert_state SET judged_until = NULL WHERE alert = ANY (?)"
          + " AND judged_until IS NOT NULL";

  private final List<JudgedAlert> alerts;
  private final long maxAge;
  private final AlertLog log;
  private final Map<String, MartRefusal> failed = new ConcurrentHashMap<>();

  /**
   * @param maxAge how long ago a window may have ended for an alert to be raised over it
   */
  AlertJudge(List<JudgedAlert> alerts, Duration maxAge, AlertLog log) {
    this.alerts = List.copyOf(alerts);
    this.maxAge = maxAge.toNanos() / 1_000;
    this.log = log;
  }

  /** What an alert was judged by, and up to when; null if all of it is to be judged. */
  private record Judged(String definition, Long until) {}

  /** A row of {@code gold.alerts}. */
  private record Recorded(
      UUID id, long start, long end, State state, int changes, String key, String shown) {}

  /** A row that an alert is about. */
  private record Found(UUID id, long start, String key, String shown) {}

  /** How many alerts have been set aside. */
  public int failed() {
    return failed.size();
  }

  /** How many are judged. */
  public int size() {
    return alerts.size() - failed.size();
  }

  /** Prepares a connection that merges, before its first transaction. */
  public void prepare(Connection connection) throws SQLException {
    if (!alerts.isEmpty()) {
      execute(connection, TIMES);
    }
  }

  /** Has all windows judged again: the rows that they were judged by are gone. */
  public void forget(Connection connection) throws SQLException {
    if (!alerts.isEmpty()) {
      execute(connection, "UPDATE gold.alert_state SET judged_until = NULL");
    }
  }

  /** Judges, as the last act of a merge before it is committed. */
  public void judge(Connection connection) throws SQLException {
    if (alerts.isEmpty()) {
      return;
    }
    execute(connection, SETTINGS);
    Bounds bounds = bounds(connection);
    if (bounds.complete() == null) {
      return;
    }
    prune(connection, bounds);
    Map<String, Judged> states = states(connection);
    Map<String, List<TimeRange>> changed = changed(connection);
    List<JudgedAlert> judged = new ArrayList<>();
    for (JudgedAlert alert : alerts) {
      if (!failed.containsKey(alert.name())
          && judge(connection, alert, states.get(alert.name()), changed, bounds)) {
        judged.add(alert);
      }
    }
    note(connection, judged, bounds.complete());
    refuse(connection);
  }

  private boolean judge(
      Connection connection,
      JudgedAlert alert,
      Judged state,
      Map<String, List<TimeRange>> changed,
      Bounds bounds)
      throws SQLException {
    long complete = bounds.complete();
    long first = bounds.first(alert);
    boolean known =
        state != null && state.until() != null && alert.fingerprint().equals(state.definition());
    List<TimeRange> ranges = new ArrayList<>();
    long until = known ? Math.max(complete, state.until()) : complete;
    long behind = until - alert.over().length() + 1;
    if (known) {
      ranges.add(new TimeRange(state.until() - alert.over().length() + 1, behind));
      ranges.addAll(alert.touched(changed));
    } else {
      ranges.add(new TimeRange(Long.MIN_VALUE, behind));
    }
    List<TimeRange> clipped =
        ranges.stream()
            .map(
                range ->
                    new TimeRange(Math.max(range.since(), first), Math.min(range.until(), behind)))
            .filter(alert::mayStartIn)
            .toList();
    if (clipped.isEmpty()) {
      return true;
    }
    Savepoint before = connection.setSavepoint();
    try {
      judge(connection, alert, TimeRange.union(clipped), behind - maxAge);
      connection.releaseSavepoint(before);
      return true;
    } catch (SQLException e) {
      if (Postgres.mayReturn(e) && !CANCELLED.equals(e.getSQLState())) {
        throw e;
      }
      connection.rollback(before);
      setAside(alert, String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
      return false;
    } catch (NoVerdict e) {
      connection.rollback(before);
      setAside(alert, e.getMessage());
      return false;
    }
  }

  /** The rows of an alert are not what an alert can be about. */
  private static final class NoVerdict extends Exception {
    private static final long serialVersionUID = 1L;

    NoVerdict(String why) {
      super(why);
    }
  }

  /**
   * Compares what is found with what was recorded.
   *
   * @param ranges of the windows, by their starts
   * @param oldest the first start of a window that an alert may be raised over
   */
  private void judge(Connection connection, JudgedAlert alert, List<TimeRange> ranges, long oldest)
      throws SQLException, NoVerdict {
    List<TimeRange> looked = new ArrayList<>();
    for (TimeRange range : ranges) {
      if (range.until() > oldest) {
        looked.add(new TimeRange(Math.max(range.since(), oldest), range.until()));
      }
      if (range.since() < oldest) {
        // Of older windows only those are of interest that somebody was told of.
        recorded(connection, alert, new TimeRange(range.since(), Math.min(range.until(), oldest)))
            .forEach(r -> looked.add(new TimeRange(r.start(), r.start() + 1)));
      }
    }
    List<Change> changes = new ArrayList<>();
    List<Change> shown = new ArrayList<>();
    for (TimeRange range : few(TimeRange.union(looked))) {
      compare(connection, alert, range, oldest, changes, shown);
    }
    changes.sort(Comparator.comparingLong(Change::start).thenComparing(Change::id));
    log.write(connection, changes);
    log.show(connection, shown);
  }

  private void compare(
      Connection connection,
      JudgedAlert alert,
      TimeRange range,
      long oldest,
      List<Change> changes,
      List<Change> shown)
      throws SQLException, NoVerdict {
    Map<UUID, Found> found = found(connection, alert, range);
    Set<UUID> known = new HashSet<>();
    for (Recorded old : recorded(connection, alert, range)) {
      known.add(old.id());
      Found now = found.get(old.id());
      if (now == null && old.state() == State.RAISED) {
        changes.add(change(alert, old, State.WITHDRAWN, old.key(), old.shown()));
      } else if (now != null && old.state() != State.RAISED) {
        changes.add(change(alert, old, State.RAISED, now.key(), now.shown()));
      } else if (now != null && !now.shown().equals(old.shown())) {
        shown.add(change(alert, old, State.RAISED, now.key(), now.shown()));
      }
    }
    int raised = 0;
    for (Found now : found.values()) {
      if (!known.contains(now.id()) && now.start() >= oldest) {
        if (++raised > MOST_RAISED) {
          throw new NoVerdict(
              "It would be raised over more than %,d rows at once.".formatted(MOST_RAISED));
        }
        changes.add(
            new Change(
                now.id(),
                alert.definition(),
                now.start(),
                now.start() + alert.over().length(),
                State.RAISED,
                1,
                now.key(),
                now.shown()));
      }
    }
  }

  private static Change change(
      JudgedAlert alert, Recorded old, State state, String key, String shown) {
    return new Change(
        old.id(), alert.definition(), old.start(), old.end(), state, old.changes() + 1, key, shown);
  }

  /** The same times and some between them, as few ranges as are judged apart. */
  static List<TimeRange> few(List<TimeRange> ranges) {
    List<TimeRange> few = new ArrayList<>(ranges);
    while (few.size() > MOST_RANGES) {
      int nearest = 0;
      for (int i = 1; i < few.size() - 1; i++) {
        if (gap(few, i) < gap(few, nearest)) {
          nearest = i;
        }
      }
      TimeRange next = few.remove(nearest + 1);
      few.set(nearest, new TimeRange(few.get(nearest).since(), next.until()));
    }
    return few;
  }

  private static long gap(List<TimeRange> ranges, int i) {
    return ranges.get(i + 1).since() - ranges.get(i).until();
  }

  private static Map<UUID, Found> found(Connection connection, JudgedAlert alert, TimeRange range)
      throws SQLException, NoVerdict {
    Map<UUID, Found> found = new LinkedHashMap<>();
    try (Statement statement = connection.createStatement()) {
      statement.setFetchSize(MOST_RAISED);
      try (ResultSet rows =
          statement.executeQuery(
              "SELECT %s, key, shown FROM (\n%s\n) AS found"
                  .formatted(
                      MICROS.formatted("window_start"),
                      new AlertQuery(alert.over()).during(range)))) {
        while (rows.next()) {
          long start = rows.getLong(1);
          String key = rows.getString(2);
          UUID id = AlertLog.id("%s\n%d\n%s".formatted(alert.name(), start, key));
          if (found.put(id, new Found(id, start, key, rows.getString(3))) != null) {
            throw new NoVerdict(
                "Several rows have the same window and the key %s; add columns to `key`."
                    .formatted(key));
          }
          if (found.size() > MOST_FOUND) {
            throw new NoVerdict("It is so of more than %,d rows at once.".formatted(MOST_FOUND));
          }
        }
      }
    }
    return found;
  }

  private static List<Recorded> recorded(Connection connection, JudgedAlert alert, TimeRange range)
      throws SQLException {
    boolean all = range.since() == Long.MIN_VALUE;
    List<Recorded> recorded = new ArrayList<>();
    try (PreparedStatement select = connection.prepareStatement(RECORDED + BETWEEN)) {
      select.setString(1, alert.name());
      // Long before anything; what cannot be added to a time is no time.
      select.setLong(2, all ? Math.floorDiv(Long.MIN_VALUE, 100) : range.since());
      select.setLong(3, range.until());
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          recorded.add(
              new Recorded(
                  rows.getObject(1, UUID.class),
                  rows.getLong(2),
                  rows.getLong(3),
                  State.valueOf(rows.getString(4).toUpperCase(Locale.ROOT)),
                  rows.getInt(5),
                  rows.getString(6),
                  rows.getString(7)));
        }
      }
    }
    return recorded;
  }

  private void setAside(JudgedAlert alert, String reason) {
    MartRefusal refusal =
        new MartRefusal(
            alert.definition().path(),
            1,
            1,
            "The alert %s failed".formatted(alert.name()),
            reason,
            "Mend the file, which `medallion alerts test FILE` tries; gold judges it again, and all"
                + " that it has missed, at its next start.",
            true);
    LOG.error("An alert is set aside, gold and the others go on: {}", refusal);
    failed.put(alert.name(), refusal);
  }

  /**
   * Which windows are judged.
   *
   * @param complete those that end by then; null before the first event
   * @param retained those that depend on nothing before it; null if all is kept
   */
  private record Bounds(Long complete, Long retained) {
    /** The first start of a window of which everything is kept that it depends on. */
    long first(JudgedAlert alert) {
      return retained == null ? Long.MIN_VALUE : retained + alert.dependsBack();
    }
  }

  private static Bounds bounds(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(COMPLETE)) {
      return row.next()
          ? new Bounds(row.getObject(1, Long.class), row.getObject(2, Long.class))
          : new Bounds(null, null);
    }
  }

  /** What was told of windows that are not kept any more is neither so nor not so. */
  private void prune(Connection connection, Bounds bounds) throws SQLException {
    if (bounds.retained() == null) {
      return;
    }
    try (PreparedStatement delete = connection.prepareStatement(PRUNE)) {
      for (JudgedAlert alert : alerts) {
        delete.setString(1, alert.name());
        delete.setLong(2, bounds.first(alert));
        delete.addBatch();
      }
      delete.executeBatch();
    }
  }

  private static Map<String, Judged> states(Connection connection) throws SQLException {
    Map<String, Judged> states = new HashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(STATES)) {
      while (rows.next()) {
        states.put(rows.getString(1), new Judged(rows.getString(2), rows.getObject(3, Long.class)));
      }
    }
    return states;
  }

  private static Map<String, List<TimeRange>> changed(Connection connection) throws SQLException {
    Map<String, List<TimeRange>> changed = new HashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(CHANGED)) {
      while (rows.next()) {
        changed
            .computeIfAbsent(rows.getString(1), mart -> new ArrayList<>())
            .add(new TimeRange(rows.getLong(2), rows.getLong(3)));
      }
    }
    return changed;
  }

  private static void note(Connection connection, List<JudgedAlert> judged, long complete)
      throws SQLException {
    if (judged.isEmpty()) {
      return;
    }
    try (PreparedStatement upsert = connection.prepareStatement(JUDGED)) {
      upsert.setLong(1, complete);
      upsert.setArray(2, texts(connection, judged.stream().map(JudgedAlert::name).toList()));
      upsert.setArray(3, texts(connection, judged.stream().map(JudgedAlert::fingerprint).toList()));
      upsert.executeUpdate();
    }
  }

  /** In each merge: the one in which it failed may have been undone. */
  private void refuse(Connection connection) throws SQLException {
    if (failed.isEmpty()) {
      return;
    }
    try (PreparedStatement forget = connection.prepareStatement(FORGET)) {
      forget.setArray(1, texts(connection, List.copyOf(failed.keySet())));
      forget.executeUpdate();
    }
    MartRefusal.write(connection, failed.values());
  }

  private static java.sql.Array texts(Connection connection, List<String> texts)
      throws SQLException {
    return connection.createArrayOf("text", texts.toArray());
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
