package io.medallion.dashboard.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import com.univocity.parsers.csv.CsvWriter;
import com.univocity.parsers.csv.CsvWriterSettings;
import io.medallion.common.Resource;
import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import java.io.StringWriter;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.stream.Collectors;
import org.postgresql.Driver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads marts as the role that can do nothing else, each question from one snapshot. Keeps a few
 * connections. Safe for use by many threads.
 */
public final class MartReader implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MartReader.class);

  /** Numbers keep all their digits. */
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

  private static final String MARTS = Resource.text(MartReader.class, "marts.sql");
  private static final String AS_OF = Resource.text(MartReader.class, "as_of.sql");
  private static final String TAG = Resource.text(MartReader.class, "tag.sql");

  /** No such schema or table: gold has not run on this database yet. */
  private static final Set<String> NOT_THERE = Set.of("3F000", "42P01");

  /** A value that is none of its column's type: the classes of data exceptions. */
  private static final String DATA = "22";

  /** Connections that are kept for the next questions. */
  private static final int MOST_IDLE = 4;

  private static final String CANCELED = "57014";
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final String url;
  private final Duration limit;
  private final Properties properties = new Properties();
  private final BlockingQueue<Connection> idle = new ArrayBlockingQueue<>(MOST_IDLE);
  private volatile boolean closed;

  private interface Question<T> {
    T ask(Connection connection) throws SQLException, ApiException;
  }

  /**
   * One of the configured database.
   *
   * @param configuration with {@code postgres.url} and the reader's role
   */
  public MartReader(Configuration configuration) {
    this(configuration, LIMIT);
  }

  /**
   * The same.
   *
   * @param limit how long Postgres works on one question at most
   */
  public MartReader(Configuration configuration, Duration limit) {
    this.limit = limit;
    url = configuration.get(Keys.POSTGRES_URL);
    properties.setProperty("user", configuration.get(Keys.POSTGRES_READER_USER));
    configuration
        .secret(Keys.POSTGRES_READER_PASSWORD)
        .ifPresent(password -> properties.setProperty("password", password));
    properties.setProperty("ApplicationName", "medallion-api");
    properties.setProperty("readOnly", "true");
    properties.setProperty("readOnlyMode", "always");
    properties.setProperty("options", "-c statement_timeout=" + limit.toMillis());
    properties.setProperty("connectTimeout", "3");
    properties.setProperty("socketTimeout", String.valueOf(limit.toSeconds() + 5));
  }

  /**
   * All marts and views; empty before gold's first start.
   *
   * @throws ApiException if Postgres does not answer
   */
  public List<Mart> marts() throws ApiException {
    return ask(connection -> marts(connection, null));
  }

  /** All of them as JSON: a list of objects with name, kind, description and columns. */
  public ArrayNode martsJson() throws ApiException {
    ArrayNode list = JSON.createArrayNode();
    marts().forEach(mart -> list.add(JSON.valueToTree(mart)));
    return list;
  }

  /**
   * What changes with every merge; empty before the first, and of a view, which may ask for the
   * time.
   *
   * @param name of a mart or view
   * @throws ApiException if Postgres does not answer
   */
  public Optional<String> tag(String name) throws ApiException {
    return ask(
        connection ->
            marts(connection, name).stream().anyMatch(Mart::changesWithMerges)
                ? one(connection, TAG)
                : Optional.empty());
  }

  /**
   * As of when all numbers are, and what they leave out; null values before the first merge.
   *
   * @throws ApiException if Postgres does not answer
   */
  public ObjectNode asOf() throws ApiException {
    return ask(MartReader::asOf);
  }

  /**
   * Rows of a mart as JSON.
   *
   * @throws ApiException if there is none, the question is none for it, or it takes too long
   */
  public ObjectNode rows(String name, MartQuery query) throws ApiException {
    return ask(
        connection -> {
          MartQuery.Prepared prepared = prepared(connection, name, query);
          ObjectNode answer = JSON.createObjectNode();
          answer.put("mart", name);
          answer.set("as_of", asOf(connection));
          answer.set("columns", JSON.valueToTree(prepared.columns()));
          ArrayNode rows = answer.putArray("rows");
          String sql =
              "SELECT json_build_array(%s)::text FROM (%s) AS asked"
                  .formatted(
                      prepared.columns().stream()
                          .map(MartColumn::quoted)
                          .collect(Collectors.joining(", ")),
                      prepared.sql());
          List<String> found = new ArrayList<>();
          each(connection, sql, prepared.values(), row -> found.add(row.getString(1)));
          found.stream()
              .limit(prepared.limit())
              .forEach(row -> rows.addRawValue(new RawValue(row)));
          answer.put("truncated", found.size() > prepared.limit());
          if (prepared.totals().isPresent()) {
            answer.set("totals", totals(connection, prepared));
          }
          return answer;
        });
  }

  /** The same as CSV (RFC 4180) with a headline. */
  public String csv(String name, MartQuery query) throws ApiException {
    return ask(
        connection -> {
          MartQuery.Prepared prepared = prepared(connection, name, query);
          CsvWriterSettings settings = new CsvWriterSettings();
          settings.getFormat().setLineSeparator("\r\n");
          settings.setQuoteEscapingEnabled(true);
          settings.setEmptyValue("\"\"");
          settings.setIgnoreLeadingWhitespaces(false);
          settings.setIgnoreTrailingWhitespaces(false);
          StringWriter text = new StringWriter();
          CsvWriter csv = new CsvWriter(text, settings);
          csv.writeHeaders(prepared.columns().stream().map(MartColumn::name).toList());
          String sql =
              "SELECT %s FROM (%s) AS asked"
                  .formatted(
                      prepared.columns().stream()
                          .map(column -> column.quoted() + "::text")
                          .collect(Collectors.joining(", ")),
                      prepared.sql());
          List<Object[]> found = new ArrayList<>();
          each(
              connection,
              sql,
              prepared.values(),
              row -> {
                Object[] cells = new Object[prepared.columns().size()];
                for (int i = 0; i < cells.length; i++) {
                  cells[i] = row.getString(i + 1);
                }
                found.add(cells);
              });
          found.stream().limit(prepared.limit()).forEach(csv::writeRow);
          csv.close();
          return text.toString();
        });
  }

  private static JsonNode totals(Connection connection, MartQuery.Prepared prepared)
      throws SQLException {
    List<String> twice = new ArrayList<>(prepared.values());
    twice.addAll(prepared.values());
    List<String> found = new ArrayList<>();
    each(connection, prepared.totals().orElseThrow(), twice, row -> found.add(row.getString(1)));
    ArrayNode numbers = (ArrayNode) json(found.get(0));
    ObjectNode totals = JSON.createObjectNode();
    totals.set("groups", numbers.remove(0));
    totals.set("measures", numbers);
    return totals;
  }

  private interface Reading {
    void of(ResultSet row) throws SQLException;
  }

  private static MartQuery.Prepared prepared(Connection connection, String name, MartQuery query)
      throws SQLException, ApiException {
    List<Mart> found = marts(connection, name);
    if (found.isEmpty()) {
      throw new ApiException(
          404, "There is no mart '%s'".formatted(name), "GET /api/v1/marts lists them.");
    }
    return query.prepared(name, found.get(0).columns());
  }

  private static List<Mart> marts(Connection connection, String only) throws SQLException {
    List<Mart> marts = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(MARTS)) {
      statement.setString(1, only);
      statement.setString(2, only);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          String name = rows.getString("name");
          if (marts.isEmpty() || !marts.get(marts.size() - 1).name().equals(name)) {
            marts.add(
                new Mart(
                    name,
                    rows.getString("kind"),
                    rows.getString("description"),
                    new ArrayList<>(),
                    new TreeMap<>()));
          }
          Mart mart = marts.get(marts.size() - 1);
          String column = rows.getString("column_name");
          mart.columns()
              .add(
                  new MartColumn(
                      column,
                      rows.getString("type"),
                      rows.getString("column_description"),
                      rows.getBoolean("is_key")));
          Array steps = rows.getArray("steps");
          if (steps != null) {
            mart.funnels().put(column, List.of((String[]) steps.getArray()));
          }
        }
      }
    }
    return marts;
  }

  private static ObjectNode asOf(Connection connection) throws SQLException {
    Optional<String> known = one(connection, AS_OF);
    return known.isPresent() ? (ObjectNode) json(known.get()) : JSON.createObjectNode();
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Postgres writes JSON", e);
    }
  }

  private static Optional<String> one(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return rows.next() ? Optional.ofNullable(rows.getString(1)) : Optional.empty();
    }
  }

  private static void each(Connection connection, String sql, List<String> values, Reading reading)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.size(); i++) {
        statement.setString(i + 1, values.get(i));
      }
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          reading.of(rows);
        }
      }
    }
  }

  /** On a connection that is there, which may have been lost meanwhile, else on a new one. */
  private <T> T ask(Question<T> question) throws ApiException {
    Connection kept = idle.poll();
    if (kept != null) {
      try {
        return ask(kept, question);
      } catch (SQLException e) {
        if (!isLost(e)) {
          throw explained(e);
        }
      }
    }
    try {
      return ask(connection(), question);
    } catch (SQLException e) {
      throw explained(e);
    }
  }

  private <T> T ask(Connection connection, Question<T> question) throws SQLException, ApiException {
    boolean usable = false;
    try {
      T answer = question.ask(connection);
      connection.commit();
      usable = true;
      return answer;
    } finally {
      if (!usable || closed || !idle.offer(connection)) {
        connection.close();
      }
    }
  }

  private Connection connection() throws SQLException {
    Connection connection = new Driver().connect(url, properties);
    if (connection == null) {
      throw new SQLException("not an address of PostgreSQL");
    }
    // The driver tells the server this machine's zone, whatever the address says.
    one(connection, "SELECT set_config('TimeZone', 'UTC', false)");
    connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    connection.setAutoCommit(false);
    return connection;
  }

  private static boolean isLost(SQLException e) {
    String state = String.valueOf(e.getSQLState());
    return state.startsWith("08") || state.startsWith("57P");
  }

  /** Gives its connections back. */
  @Override
  public void close() {
    closed = true;
    for (Connection kept = idle.poll(); kept != null; kept = idle.poll()) {
      try {
        kept.close();
      } catch (SQLException e) {
        LOG.debug("a connection was lost already", e);
      }
    }
  }

  private ApiException explained(SQLException e) {
    String state = String.valueOf(e.getSQLState());
    if (NOT_THERE.contains(state)) {
      return new ApiException(
          503, "Gold has not run on this database yet", "Start it: medallion gold.");
    }
    if (state.startsWith(DATA)) {
      return new ApiException(
          400, String.valueOf(e.getMessage()), "Give values of the columns' types.");
    }
    if (state.equals(CANCELED)) {
      return new ApiException(
          503,
          "The answer took longer than %d ms".formatted(limit.toMillis()),
          "Ask for a shorter range: from, to, and columns that have an index.");
    }
    return new ApiException(
        503,
        "Postgres does not answer, or refuses the reader's role",
        "Look at postgres.url and the reader's password; medallion status says more.");
  }
}
