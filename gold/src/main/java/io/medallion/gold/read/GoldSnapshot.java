package io.medallion.gold.read;

import io.medallion.common.config.Configuration;
import io.medallion.common.error.MedallionException;
import io.medallion.gold.mart.GoldSettings;
import io.medallion.gold.mart.Marts;
import io.medallion.gold.mart.Rollup;
import io.medallion.gold.mart.TimeRange;
import io.medallion.gold.postgres.Migrations;
import io.medallion.gold.postgres.Postgres;
import io.medallion.gold.postgres.SqlFile;
import io.medallion.gold.status.LayerStatusSnapshot;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Gold at one moment: its ledger, and the rows of every table as of that very merge, while gold
 * goes on. Holds one transaction until closed. Not thread-safe.
 */
public final class GoldSnapshot implements AutoCloseable {
  private static final int FETCH_ROWS = 10_000;
  private static final SqlFile LEDGER = SqlFile.of("verify/ledger");
  private static final SqlFile COLUMNS = SqlFile.of("verify/columns");
  private static final SqlFile WITHOUT_LEDGER = SqlFile.of("verify/without_ledger");
  private static final SqlFile LAYER_STATUS = SqlFile.of("reader/layer_status");
  private static final SqlFile DEFINITIONS = SqlFile.of("verify/definitions");

  /** What a column holds, and so how it is written as text. */
  public enum Kind {
    /** Microseconds since 1970. */
    TIME("(extract(epoch FROM %1$s) * 1000000)::bigint::text"),
    /** Microseconds. */
    INTERVAL("(extract(epoch FROM %1$s) * 1000000)::bigint::text"),
    /** As in ISO 8601. */
    DAY("to_char(%1$s, 'YYYY-MM-DD')"),
    /** As it is. */
    TEXT("%1$s::text"),
    /** Decimals with all digits of their scale. */
    NUMBER("%1$s::text"),
    /** As many digits as tell it from its neighbours. */
    DOUBLE("%1$s::text"),
    /** One after the other, each after its length in bytes, as a text may hold any separator. */
    TEXTS(
        "CASE WHEN array_ndims(%1$s) > 1 THEN %1$s::text ELSE array_to_string(ARRAY("
            + "SELECT coalesce(octet_length(one) || ':' || one, '-')"
            + " FROM unnest(%1$s) WITH ORDINALITY AS each (one, n) ORDER BY n), ' ') END"),
    /** The same, each as a {@link #TIME}. */
    TIMES(
        "array_to_string(ARRAY(SELECT (extract(epoch FROM one) * 1000000)::bigint"
            + " FROM unnest(%1$s) WITH ORDINALITY AS each (one, n) ORDER BY n), E'\\x1f')");

    private final String expression;

    Kind(String expression) {
      this.expression = expression;
    }
  }

  /** A column by its name and kind. */
  public record Column(String name, Kind kind) {}

  /**
   * How far gold is.
   *
   * @param silverTable the id of the silver table
   * @param silverVersion the last version merged
   * @param rows silver rows in the versions merged
   * @param bots of these, left out because a crawler sent them
   * @param lateDropped of these, left out because they came too late
   * @param newestEvent microseconds since 1970; null before the first row
   * @param retainedFrom microseconds since 1970 from which rows of less than a day are kept; null
   *     for all
   * @param userSetsRetainedFrom the same of the sets behind active users
   * @param beyondRetention of the rows, those of days before {@code retainedFrom}
   */
  public record Position(
      String silverTable,
      long silverVersion,
      long rows,
      long bots,
      long lateDropped,
      Long newestEvent,
      Long retainedFrom,
      Long userSetsRetainedFrom,
      long beyondRetention) {}

  /**
   * What a mart was made with.
   *
   * @param text as it is recorded
   * @param countsBots whether crawlers' events count
   * @param latenessMicros events later than this are left out
   * @param stitched whether its visitors are persons, by the links between ids
   */
  public record Definition(String text, boolean countsBots, long latenessMicros, boolean stitched) {
    private static final Pattern TEXT =
        Pattern.compile(
            "version=\\d+ bots=(\\S+) lateness=(?:(\\d+)us|\\S+)(?: stitching=(\\w+))?"
                + "(?: gap=\\d+us)?(?: select=\\w+)?");

    /**
     * Reads one.
     *
     * @throws IllegalStateException if it is none
     */
    public static Definition of(String text) {
      Matcher parts = TEXT.matcher(text);
      if (!parts.matches()) {
        throw new IllegalStateException("No definition of a mart: " + text);
      }
      return new Definition(
          text,
          parts.group(1).equals("counted"),
          parts.group(2) == null ? GoldSettings.UNLIMITED : Long.parseLong(parts.group(2)),
          parts.group(3) != null);
    }
  }

  private final Postgres postgres;
  private final Connection connection;
  private final Position position;
  private final Map<String, Definition> definitions;

  private GoldSnapshot(
      Postgres postgres,
      Connection connection,
      Position position,
      Map<String, Definition> definitions) {
    this.postgres = postgres;
    this.connection = connection;
    this.position = position;
    this.definitions = definitions;
  }

  /**
   * Takes it, as the role that only reads; empty if gold has merged nothing yet.
   *
   * @throws MedallionException if Postgres does not answer or refuses, or its schema is another
   *     release's
   */
  public static Optional<GoldSnapshot> take(Configuration configuration) {
    Postgres postgres = Postgres.reader(configuration);
    Connection connection = null;
    GoldSnapshot image = null;
    try {
      connection = postgres.connectToRead();
      image = read(postgres, connection);
    } catch (SQLException e) {
      if (!GoldReader.isNotThere(e)) {
        throw postgres.explained(e);
      }
    } finally {
      if (image == null && connection != null) {
        postgres.closeQuietly(connection);
      }
    }
    return Optional.ofNullable(image);
  }

  private static GoldSnapshot read(Postgres postgres, Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      if (!Migrations.isHere(statement)) {
        return null;
      }
      // A whole table may take longer than a reader's question should.
      statement.execute("SET LOCAL statement_timeout = 0");
      Position position;
      try (ResultSet ledger = statement.executeQuery(LEDGER.text())) {
        if (!ledger.next() || ledger.getLong(2) < 0) {
          return null;
        }
        position =
            new Position(
                ledger.getString(1),
                ledger.getLong(2),
                ledger.getLong(3),
                ledger.getLong(4),
                ledger.getLong(5),
                ledger.getObject(6, Long.class),
                ledger.getObject(7, Long.class),
                ledger.getObject(8, Long.class),
                ledger.getLong(9));
      }
      Map<String, Definition> definitions = new HashMap<>();
      try (ResultSet rows = statement.executeQuery(DEFINITIONS.text())) {
        while (rows.next()) {
          definitions.put(rows.getString(1), Definition.of(rows.getString(2)));
        }
      }
      return new GoldSnapshot(postgres, connection, position, Map.copyOf(definitions));
    }
  }

  /**
   * The tables that hold what a gold without a ledger cannot have merged; none of one that has
   * merged nothing.
   *
   * @throws MedallionException as {@link #take}
   */
  public static List<String> withoutLedger(Configuration configuration) {
    Postgres postgres = Postgres.reader(configuration);
    try (Connection connection = postgres.connectToRead();
        Statement statement = connection.createStatement()) {
      List<String> tables = new ArrayList<>();
      if (Migrations.isHere(statement)) {
        try (ResultSet rows = statement.executeQuery(WITHOUT_LEDGER.text())) {
          while (rows.next()) {
            tables.add(rows.getString(1));
          }
        }
      }
      return tables;
    } catch (SQLException e) {
      if (GoldReader.isNotThere(e)) {
        return List.of();
      }
      throw postgres.explained(e);
    }
  }

  /** What the layers had done as of this very merge, as gold has recorded it. */
  public List<LayerStatusSnapshot.Layer> layerStatus() {
    List<LayerStatusSnapshot.Layer> layers = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(LAYER_STATUS.text())) {
      while (rows.next()) {
        layers.add(GoldReader.layerOf(rows));
      }
      return layers;
    } catch (SQLException e) {
      throw postgres.explained(e);
    }
  }

  /**
   * How views differ from the queries that they should be, by what Postgres makes of both; those
   * that are the same are left out.
   *
   * @param queries by the view's name, without its schema
   * @return what is wrong by the view's name
   */
  public Map<String, String> differingViews(Map<String, String> queries) {
    try {
      return new ViewComparison(connection).differing(queries);
    } catch (SQLException e) {
      throw postgres.explained(e);
    }
  }

  /** The files of views of a user's own as they were when gold made them, by the view's name. */
  public Map<String, String> viewsMade() {
    Map<String, String> made = new TreeMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT view, statement FROM gold.mart_views")) {
      while (rows.next()) {
        made.put(rows.getString(1), rows.getString(2));
      }
      return made;
    } catch (SQLException e) {
      throw postgres.explained(e);
    }
  }

  /** The tables of every mart that is a class, by the mart's name. */
  public static Map<String, List<String>> martTables() {
    return Marts.tablesOfClasses();
  }

  /**
   * The tables that there are and their columns, those of others in the same schema included;
   * without what gold keeps of itself, and what cannot follow from silver.
   */
  public Map<String, List<String>> columns() {
    Map<String, List<String>> columns = new TreeMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(COLUMNS.text())) {
      while (rows.next()) {
        columns
            .computeIfAbsent(rows.getString(1), table -> new ArrayList<>())
            .add(rows.getString(2));
      }
      return columns;
    } catch (SQLException e) {
      throw postgres.explained(e);
    }
  }

  /** How far gold was. */
  public Position position() {
    return position;
  }

  /** What each mart that is kept was made with, by name. */
  public Map<String, Definition> definitions() {
    return definitions;
  }

  /**
   * The rows of a table, each as the texts of these columns; null stays null.
   *
   * @param columns the first of them make the key
   * @param keys how many; rows come in the order of these, texts by their bytes in UTF-8; in none
   *     if there are none
   * @param within of the first column that is a time or a day; null for all
   */
  public Rows rows(String table, List<Column> columns, int keys, TimeRange within) {
    return selected("gold." + quoted(table), columns, keys, within);
  }

  /** The rows that a rollup should have by those of its mart, in the same form. */
  public Rows rolledUp(Rollup rollup, List<Column> columns, int keys, TimeRange within) {
    return selected("(" + rollup.query() + ")", columns, keys, within);
  }

  private Rows selected(String from, List<Column> columns, int keys, TimeRange within) {
    // A bare name would be the text that is selected, and 100 come before 50.
    String order =
        IntStream.range(0, keys)
            .mapToObj(i -> "kept." + quoted(columns.get(i).name()))
            .collect(Collectors.joining(", ", keys == 0 ? "" : " ORDER BY ", ""));
    Optional<Column> time =
        columns.stream().filter(c -> c.kind() == Kind.TIME || c.kind() == Kind.DAY).findFirst();
    String where =
        within == null || time.isEmpty()
            ? ""
            : " WHERE %1$s >= ? AND %1$s < ?".formatted(quoted(time.get().name()));
    try {
      PreparedStatement statement =
          connection.prepareStatement(
              "SELECT %s FROM %s AS kept%s%s".formatted(select(columns), from, where, order));
      statement.setFetchSize(FETCH_ROWS);
      if (!where.isEmpty()) {
        bind(statement, time.get().kind(), within);
      }
      return new Rows(statement, statement.executeQuery(), columns.size());
    } catch (SQLException e) {
      throw postgres.explained(e);
    }
  }

  private static void bind(PreparedStatement statement, Kind kind, TimeRange within)
      throws SQLException {
    OffsetDateTime since = time(within.since());
    OffsetDateTime until = time(within.until());
    statement.setObject(1, kind == Kind.DAY ? since.toLocalDate() : since);
    statement.setObject(2, kind == Kind.DAY ? until.toLocalDate() : until);
  }

  private static OffsetDateTime time(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
  }

  /**
   * One row of a table; empty if there is none of this key.
   *
   * @param key the values of the first columns, times in microseconds since 1970
   */
  public Optional<String[]> row(String table, List<Column> columns, List<String> key) {
    String where =
        IntStream.range(0, key.size())
            .mapToObj(i -> quoted(columns.get(i).name()) + " = ?")
            .collect(Collectors.joining(" AND "));
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT %s FROM gold.%s WHERE %s".formatted(select(columns), quoted(table), where))) {
      for (int i = 0; i < key.size(); i++) {
        statement.setObject(i + 1, value(columns.get(i).kind(), key.get(i)));
      }
      try (Rows rows = new Rows(statement, statement.executeQuery(), columns.size())) {
        return rows.hasNext() ? Optional.of(rows.next()) : Optional.empty();
      }
    } catch (SQLException e) {
      throw postgres.explained(e);
    }
  }

  /**
   * Whose an id is.
   *
   * @param site on which
   * @param kind anonymous or session
   * @param id the id
   * @param person null if it is nobody's
   */
  public record Link(String site, String kind, String id, String person) {}

  /** The links of ids that are some visitors', or would be of the same name. */
  public List<Link> links(List<String> visitors) {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT site, kind, id, person FROM gold.identities WHERE person = ANY (?) OR id = ANY (?)")) {
      for (int i = 1; i <= 2; i++) {
        statement.setArray(i, connection.createArrayOf("text", visitors.toArray()));
      }
      List<Link> links = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          links.add(
              new Link(rows.getString(1), rows.getString(2), rows.getString(3), rows.getString(4)));
        }
      }
      return links;
    } catch (SQLException e) {
      throw postgres.explained(e);
    }
  }

  private static Object value(Kind kind, String text) {
    return switch (kind) {
      case TIME -> time(Long.parseLong(text));
      case DAY -> LocalDate.parse(text);
      case NUMBER -> new BigDecimal(text);
      default -> text;
    };
  }

  private static String quoted(String name) {
    return '"' + name + '"';
  }

  private static String select(List<Column> columns) {
    return columns.stream()
        .map(column -> column.kind().expression.formatted(quoted(column.name())))
        .collect(Collectors.joining(", "));
  }

  /** Rows as they come; nothing of them is kept. */
  public final class Rows implements Iterator<String[]>, AutoCloseable {
    private final PreparedStatement statement;
    private final ResultSet result;
    private final int columns;
    private boolean ahead;
    private boolean done;

    private Rows(PreparedStatement statement, ResultSet result, int columns) {
      this.statement = statement;
      this.result = result;
      this.columns = columns;
    }

    @Override
    public boolean hasNext() {
      try {
        if (!ahead && !done) {
          ahead = result.next();
          done = !ahead;
        }
        return ahead;
      } catch (SQLException e) {
        throw postgres.explained(e);
      }
    }

    @Override
    public String[] next() {
      return Stream.of(nextBytes())
          .map(text -> text == null ? null : new String(text, StandardCharsets.UTF_8))
          .toArray(String[]::new);
    }

    /** The same rows, each text in UTF-8. */
    public Iterator<byte[][]> bytes() {
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return Rows.this.hasNext();
        }

        @Override
        public byte[][] next() {
          return nextBytes();
        }
      };
    }

    private byte[][] nextBytes() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      ahead = false;
      try {
        byte[][] row = new byte[columns][];
        for (int i = 0; i < columns; i++) {
          row[i] = result.getBytes(i + 1);
        }
        return row;
      } catch (SQLException e) {
        throw postgres.explained(e);
      }
    }

    @Override
    public void close() {
      try {
        statement.close();
      } catch (SQLException e) {
        throw postgres.explained(e);
      }
    }
  }

  /** Ends the transaction. */
  @Override
  public void close() {
    postgres.closeQuietly(connection);
  }
}
