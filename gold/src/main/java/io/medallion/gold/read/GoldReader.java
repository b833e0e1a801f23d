package io.medallion.gold.read;

import io.medallion.common.config.Configuration;
import io.medallion.common.error.MedallionException;
import io.medallion.gold.mart.MartRefusal;
import io.medallion.gold.postgres.Postgres;
import io.medallion.gold.postgres.SqlFile;
import io.medallion.gold.status.LayerStatusSnapshot;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads gold as the role that can do nothing else. Each question is answered from one snapshot. Not
 * thread-safe; a lost connection is made again at the next question.
 */
public final class GoldReader implements AutoCloseable {
  private static final int QUERY_LIMIT_SECONDS = 20;

  /** No such schema or table: gold has not run on this database yet. */
  private static final Set<String> NOT_THERE = Set.of("3F000", "42P01");

  private static final SqlFile LEDGER = SqlFile.of("reader/ledger");
  private static final SqlFile LAYER_STATUS = SqlFile.of("reader/layer_status");
  private static final SqlFile SESSION_EVENTS = SqlFile.of("reader/session_events");
  private static final SqlFile PAGE_VIEWS = SqlFile.of("reader/page_views");
  private static final SqlFile ACTIVE_USERS = SqlFile.of("reader/active_users");
  private static final SqlFile SESSIONS = SqlFile.of("reader/sessions");
  private static final SqlFile SITES = SqlFile.of("reader/sites");
  private static final SqlFile TOP_PAGES = SqlFile.of("reader/top_pages");
  private static final SqlFile TOP_COUNTRIES = SqlFile.of("reader/top_countries");

  private static final SqlFile REFUSED = SqlFile.of("reader/refused_marts");
  private static final SqlFile FILLING = SqlFile.of("reader/filling_marts");

  private interface Question<T> {
    T ask(Statement statement) throws SQLException;
  }

  private interface Reading<T> {
    T of(ResultSet row) throws SQLException;
  }

  /**
   * Gold's ledger and what the sessions hold at the same moment.
   *
   * @param ledger how far gold is
   * @param sessionEvents the events of all sessions; null if not all of them are kept
   */
  public record Balance(GoldLedger ledger, Long sessionEvents) {}

  private final Postgres postgres;
  private Connection connection;

  private GoldReader(Postgres postgres) {
    this.postgres = postgres;
  }

  /** A reader of the configured database; connects at the first question. */
  public static GoldReader of(Configuration configuration) {
    return new GoldReader(Postgres.reader(configuration));
  }

  /**
   * How far gold is; empty if it has merged nothing yet.
   *
   * @throws MedallionException if Postgres does not answer or refuses
   */
  public Optional<GoldLedger> ledger() {
    return ask(GoldReader::ledger);
  }

  /**
   * The ledger together with the events in sessions; empty if gold has merged nothing yet.
   *
   * @throws MedallionException if Postgres does not answer or refuses
   */
  public Optional<Balance> balance() {
    return ask(
        statement -> {
          Optional<GoldLedger> ledger = ledger(statement);
          return ledger.isEmpty()
              ? Optional.empty()
              : Optional.of(new Balance(ledger.get(), sessionEvents(statement)));
        });
  }

  /**
   * What the layers had done as of the last merge; empty if there was none.
   *
   * @throws MedallionException if Postgres does not answer or refuses
   */
  public Optional<LayerStatusSnapshot> layerStatus() {
    return ask(
        statement -> {
          List<LayerStatusSnapshot.Layer> layers =
              rows(statement, LAYER_STATUS, GoldReader::layerOf);
          return layers.isEmpty() ? Optional.empty() : Optional.of(new LayerStatusSnapshot(layers));
        });
  }

  /**
   * The current numbers; empty if gold has merged no row yet.
   *
   * @throws MedallionException if Postgres does not answer or refuses
   */
  public Optional<CurrentMetrics> numbers() {
    return ask(
        statement -> {
          if (ledger(statement).filter(l -> l.silverRows() > 0).isEmpty()) {
            return Optional.empty();
          }
          List<long[]> sessions =
              rows(
                  statement,
                  SESSIONS,
                  row ->
                      new long[] {
                        row.getLong("open"), row.getLong("closed"), row.getLong("converted")
                      });
          return Optional.of(
              new CurrentMetrics(
                  rows(
                      statement,
                      PAGE_VIEWS,
                      row ->
                          new CurrentMetrics.Minute(
                              instant(row, "window_start"), row.getLong("views"))),
                  number(statement, ACTIVE_USERS),
                  sessions.get(0)[0],
                  sessions.get(0)[1],
                  sessions.get(0)[2],
                  rows(statement, SITES, GoldReader::ranked),
                  rows(statement, TOP_PAGES, GoldReader::ranked),
                  rows(statement, TOP_COUNTRIES, GoldReader::ranked)));
        });
  }

  /**
   * The marts whose files gold could not keep at its last start, those that have failed since, and
   * those that it is filling from silver's history.
   *
   * @throws MedallionException if Postgres does not answer or refuses
   */
  public MartTroubles martTroubles() {
    return this.<MartTroubles>ask(
            statement ->
                Optional.of(
                    new MartTroubles(
                        refused(statement), rows(statement, FILLING, row -> row.getString(1)))))
        .orElse(MartTroubles.NONE);
  }

  /**
   * Marts that are not what their files say.
   *
   * @param refused files that cannot be kept, or have failed
   * @param filling names of marts that are being filled
   */
  public record MartTroubles(List<MartRefusal> refused, List<String> filling) {
    /** There are none. */
    public static final MartTroubles NONE = new MartTroubles(List.of(), List.of());
  }

  static List<MartRefusal> refused(Statement statement) throws SQLException {
    return rows(
        statement,
        REFUSED,
        row ->
            new MartRefusal(
                row.getString("file"),
                row.getInt("line_number"),
                row.getInt("column_number"),
                row.getString("problem"),
                row.getString("reason"),
                row.getString("remedy"),
                row.getBoolean("failed")));
  }

  private static Optional<GoldLedger> ledger(Statement statement) throws SQLException {
    return rows(
            statement,
            LEDGER,
            row ->
                new GoldLedger(
                    row.getLong("silver_version"),
                    row.getLong("silver_rows"),
                    row.getLong("bots"),
                    row.getLong("late_dropped"),
                    row.getLong("links"),
                    row.getLong("refused_links"),
                    instant(row, "newest_kafka"),
                    instant(row, "merged_at"),
                    filling(row)))
        .stream()
        .findFirst();
  }

  private static Optional<GoldLedger.Filling> filling(ResultSet row) throws SQLException {
    long version = row.getLong("filling_version");
    return row.wasNull()
        ? Optional.empty()
        : Optional.of(
            new GoldLedger.Filling(
                version, row.getInt("filling_files"), row.getInt("filling_files_merged")));
  }

  static LayerStatusSnapshot.Layer layerOf(ResultSet row) throws SQLException {
    return new LayerStatusSnapshot.Layer(
        row.getString("layer"),
        row.getString("position"),
        row.getLong("rows_read"),
        row.getLong("rows_written"),
        row.getLong("duplicates"),
        row.getLong("quarantined"),
        counts(row, "codes", "records"),
        row.getLong("more_events"),
        counts(row, "flags", "flagged"),
        instant(row, "newest_kafka"),
        instant(row, "committed_at"));
  }

  private static Map<String, Long> counts(ResultSet row, String names, String numbers)
      throws SQLException {
    String[] keys = (String[]) row.getArray(names).getArray();
    Long[] values = (Long[]) row.getArray(numbers).getArray();
    Map<String, Long> counts = new HashMap<>();
    for (int i = 0; i < keys.length; i++) {
      counts.put(keys[i], values[i]);
    }
    return counts;
  }

  private static CurrentMetrics.Ranked ranked(ResultSet row) throws SQLException {
    return new CurrentMetrics.Ranked(row.getString("name"), row.getLong("count"));
  }

  private static Long sessionEvents(Statement statement) throws SQLException {
    return rows(statement, SESSION_EVENTS, row -> row.getObject(1, Long.class)).get(0);
  }

  /** The first column of the first row; 0 if there is none. */
  private static long number(Statement statement, SqlFile sql) throws SQLException {
    return rows(statement, sql, row -> row.getLong(1)).stream().findFirst().orElse(0L);
  }

  private static <T> List<T> rows(Statement statement, SqlFile sql, Reading<T> reading)
      throws SQLException {
    List<T> rows = new ArrayList<>();
    try (ResultSet found = statement.executeQuery(sql.text())) {
      while (found.next()) {
        rows.add(reading.of(found));
      }
    }
    return rows;
  }

  private static Instant instant(ResultSet row, String column) throws SQLException {
    OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }

  private <T> Optional<T> ask(Question<Optional<T>> question) {
    try {
      if (connection == null) {
        connection = postgres.connectToRead();
      }
      try (Statement statement = connection.createStatement()) {
        statement.setQueryTimeout(QUERY_LIMIT_SECONDS);
        Optional<T> answer = question.ask(statement);
        connection.commit();
        return answer;
      }
    } catch (SQLException e) {
      close();
      if (isNotThere(e)) {
        return Optional.empty();
      }
      throw postgres.explained(e);
    }
  }

  /** Whether gold has not run on this database yet. */
  static boolean isNotThere(SQLException e) {
    return e.getSQLState() != null && NOT_THERE.contains(e.getSQLState());
  }

  /** Gives the connection back; the next question makes another. */
  @Override
  public void close() {
    if (connection != null) {
      postgres.closeQuietly(connection);
      connection = null;
    }
  }
}
