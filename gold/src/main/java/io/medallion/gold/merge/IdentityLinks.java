package io.medallion.gold.merge;

import io.medallion.gold.mart.SiteVisitor;
import io.medallion.gold.mart.Stitching;
import io.medallion.gold.mart.TimeRange;
import io.medallion.gold.mart.Windows;
import io.medallion.gold.postgres.SqlFile;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Who is who, inside a merge: learns from what is staged which ids were seen together, finds whose
 * rows become another's by that, and whose staged rows are.
 *
 * <p>A visitor's rows move where all ids that they are made of become one other visitor's, as when
 * somebody logs in: they are parts of the other's rows, and merge as those do. Where they have to
 * be taken apart the visitor's events are read again.
 */
final class IdentityLinks {
  private static final long HALF_HOUR = 30 * Windows.MINUTE;
  private static final int HALF_HOURS = 48;
  private static final List<String> PASSAGES =
      List.of(
          "judged_again",
          "observed_identities",
          "identity_pairs",
          "judged_identities",
          "changed_identities",
          "member_identities",
          "moved_visitors",
          "moved_times");

  /**
   * Visitors whose rows were taken out because they fall apart, to be made again from their events.
   *
   * @param visitors as events have them, marked
   * @param times when they have events, in order, apart from each other
   */
  record ReadAgain(Set<SiteVisitor> visitors, List<TimeRange> times) {
    static final ReadAgain NOBODY = new ReadAgain(Set.of(), List.of());

    boolean isAny() {
      return !visitors.isEmpty();
    }
  }

  private final Connection connection;
  private final String schema;

  IdentityLinks(Connection connection, String schema) throws SQLException {
    this.connection = connection;
    this.schema = schema;
    execute("session");
  }

  /** Learns from an ordinary merge: what it takes is of the size of what is staged. */
  ReadAgain learn() throws SQLException {
    execute("observe");
    execute("fresh_links");
    execute("new_pairs");
    if (!isAny("judged_again")) {
      execute("remember");
      return ReadAgain.NOBODY;
    }
    execute("judge");
    execute("move");
    execute("link");
    execute("remember");
    return hasMoved() ? readAgain() : ReadAgain.NOBODY;
  }

  /** Takes down what was seen, to be judged later. */
  void observe() throws SQLException {
    execute("observe");
    execute("remember");
    execute("observed_ids");
    empty("observed_identities");
  }

  /** Judges what {@link #observe} has taken down, and what the removal of days has left. */
  ReadAgain judge() throws SQLException {
    execute("all_pairs");
    execute("judge");
    execute("move");
    execute("link");
    return readAgain();
  }

  /** Judges every id, of a gold whose other rows are not made yet. */
  void judgeAll() throws SQLException {
    empty("judged_again");
    execute("every_id");
    execute("all_pairs");
    execute("judge");
    execute("link");
    clear();
  }

  /** Finds out whose staged rows are; those of {@link ReadAgain} are marked as such. */
  void resolve() throws SQLException {
    execute("resolve");
  }

  boolean hasMoved() throws SQLException {
    return isAny("moved_visitors");
  }

  boolean hasResolved() throws SQLException {
    return isAny("resolved_visitors");
  }

  /** Forgets what was judged, which is done. */
  void clear() throws SQLException {
    for (String passage : PASSAGES) {
      empty(passage);
    }
  }

  /** Forgets whose the rows are that were staged. */
  void clearResolved() throws SQLException {
    empty("resolved_visitors");
  }

  /**
   * The ids that visitors' rows may be made of, marked and cut as keys of staged rows are.
   *
   * @param visitors as gold has them
   */
  Map<SiteVisitor, List<String>> idsOf(Collection<SiteVisitor> visitors) throws SQLException {
    Map<SiteVisitor, List<String>> ids = new HashMap<>();
    try (PreparedStatement select = connection.prepareStatement(text("ids_of"))) {
      Object[] sites = visitors.stream().map(SiteVisitor::site).toArray();
      Object[] names = visitors.stream().map(SiteVisitor::visitor).toArray();
      select.setArray(1, connection.createArrayOf("text", sites));
      select.setArray(2, connection.createArrayOf("text", names));
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          ids.computeIfAbsent(
                  new SiteVisitor(rows.getString(1), rows.getString(2)),
                  visitor -> new ArrayList<>())
              .add(kind(rows.getString(3)).key(rows.getString(4)));
        }
      }
    }
    return ids;
  }

  private ReadAgain readAgain() throws SQLException {
    Set<SiteVisitor> visitors = new HashSet<>();
    List<TimeRange> times = new ArrayList<>();
    try (Statement statement = connection.createStatement()) {
      try (ResultSet rows = statement.executeQuery(text("read_again"))) {
        while (rows.next()) {
          visitors.add(
              new SiteVisitor(
                  rows.getString(1), kind(rows.getString(2)).marked(rows.getString(3))));
        }
      }
      if (visitors.isEmpty()) {
        return ReadAgain.NOBODY;
      }
      try (ResultSet rows = statement.executeQuery(text("read_times"))) {
        while (rows.next()) {
          long day = rows.getLong(1) * Windows.DAY;
          long bits = rows.getLong(2);
          for (int n = 0; n < HALF_HOURS; n++) {
            if ((bits >> n & 1) == 1) {
              times.add(new TimeRange(day + n * HALF_HOUR, day + (n + 1) * HALF_HOUR));
            }
          }
        }
      }
    }
    return new ReadAgain(visitors, TimeRange.union(times));
  }

  private static Stitching.Kind kind(String text) {
    return Stitching.Kind.valueOf(text.toUpperCase(Locale.ROOT));
  }

  private boolean isAny(String table) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet any = statement.executeQuery("SELECT EXISTS (SELECT FROM %s)".formatted(table))) {
      any.next();
      return any.getBoolean(1);
    }
  }

  private void empty(String table) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("DELETE FROM " + table);
    }
  }

  private void execute(String file) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(text(file));
    }
  }

  private String text(String file) {
    return SqlFile.of("merge/identities/" + file)
        .text()
        .replace("gold.ledger", schema + ".ledger")
        .replace("gold.identities", schema + ".identities")
        .replace("gold.identity_days", schema + ".identity_days");
  }
}
