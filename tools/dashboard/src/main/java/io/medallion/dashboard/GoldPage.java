package io.medallion.dashboard;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.medallion.common.Resource;
import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.contract.Contract;
import io.medallion.common.error.MedallionException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.postgresql.Driver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the page shows, read as the role that can do nothing else. Not thread-safe; a lost
 * connection is made again at the next question.
 */
final class GoldPage implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GoldPage.class);

  /** No such schema or table: gold has not run on this database yet. */
  private static final Set<String> NOT_THERE = Set.of("3F000", "42P01");

  /** The class of errors of a log-in. */
  private static final String REFUSED = "28";

  /** What the driver says where the server asks for a password and none was given. */
  private static final String REJECTED = "08004";

  private static final String NOT_ALLOWED = "42501";
  private static final String IS_THERE = resource("is_there.sql");
  private static final String MARK = resource("mark.sql");
  private static final String SNAPSHOT = resource("snapshot.sql");

  private static final ObjectMapper JSON = new ObjectMapper();

  private final String url;
  private final String zones;
  private final Properties properties = new Properties();
  private Connection connection;
  private boolean schemaSeen;

  GoldPage(Configuration configuration) {
    url = configuration.get(Keys.POSTGRES_URL);
    zones = zones(configuration);
    properties.setProperty("user", configuration.get(Keys.POSTGRES_READER_USER));
    configuration
        .secret(Keys.POSTGRES_READER_PASSWORD)
        .ifPresent(password -> properties.setProperty("password", password));
    properties.setProperty("ApplicationName", "medallion-dashboard");
    properties.setProperty("readOnly", "true");
    // A server that hangs is away as well.
    properties.setProperty("connectTimeout", "3");
    properties.setProperty("socketTimeout", "15");
  }

  private static final List<String> OF_ALL_SITES =
      List.of("reasons", "flags", "refused", "filling");

  /** By whose clocks the days of sites begin: their names and zones as JSON. */
  private static String zones(Configuration configuration) {
    ObjectNode zones = JSON.createObjectNode();
    try {
      Contract.of(configuration)
          .sites()
          .forEach(site -> zones.put(site.name(), site.zone().getId().replace("Z", "UTC")));
    } catch (MedallionException e) {
      // The page is not where events are judged: it may run where their contract is not.
      LOG.warn("the sites' time zones are not known: {}", e.explain());
    }
    return zones.toString();
  }

  /** Changes with every merge; empty before the first. */
  Optional<String> mark() throws SQLException {
    return ask(MARK);
  }

  /** The numbers of a view as JSON; empty before the first merge. */
  Optional<String> snapshot(View view) throws SQLException {
    Range range = view.range();
    Optional<String> numbers =
        ask(
            SNAPSHOT,
            range.length(),
            text(range.first()),
            text(range.last()),
            range.bar(),
            view.zone().getId(),
            JSON.valueToTree(view.filters()).toString(),
            zones);
    return view.limited() ? numbers.map(json -> ofOneSite(json, view)) : numbers;
  }

  /** Without what is of all sites together, and without the names of the others. */
  private static String ofOneSite(String json, View view) {
    try {
      ObjectNode numbers = (ObjectNode) JSON.readTree(json);
      String site = view.filters().get("site");
      numbers.putArray("sites").add(site);
      ((ObjectNode) numbers.get("zones")).retain(site);
      numbers.putObject("layers");
      for (String list : OF_ALL_SITES) {
        numbers.putArray(list);
      }
      numbers.putNull("bots").putNull("late_dropped");
      return numbers.toString();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Postgres writes JSON", e);
    }
  }

  private static String text(LocalDate day) {
    return day == null ? null : day.toString();
  }

  /** What a person has to know of an error. */
  static String explain(Exception e) {
    String state = e instanceof SQLException sql ? String.valueOf(sql.getSQLState()) : "";
    if (state.equals(REJECTED)) {
      return "Postgres wants the reader's password: give postgres.reader.password or its file";
    }
    return state.startsWith(REFUSED) || state.equals(NOT_ALLOWED)
        ? "Postgres refuses the reader's role"
        : "Postgres does not answer";
  }

  private Optional<String> ask(String sql, String... parameters) throws SQLException {
    try {
      if (connection == null) {
        connection = new Driver().connect(url, properties);
        if (connection == null) {
          throw new SQLException("not an address of PostgreSQL");
        }
      }
      // A question for tables that are not there yet would be an error in Postgres's log, each
      // time.
      schemaSeen = schemaSeen || first(IS_THERE).isPresent();
      return schemaSeen ? first(sql, parameters) : Optional.empty();
    } catch (SQLException e) {
      close();
      schemaSeen = false;
      if (e.getSQLState() != null && NOT_THERE.contains(e.getSQLState())) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private Optional<String> first(String sql, String... parameters) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setString(i + 1, parameters[i]);
      }
      try (ResultSet found = statement.executeQuery()) {
        return found.next() ? Optional.ofNullable(found.getString(1)) : Optional.empty();
      }
    }
  }

  private static String resource(String name) {
    return Resource.text(GoldPage.class, name);
  }

  /** Gives the connection back; the next question makes another. */
  @Override
  @SuppressWarnings("EmptyCatch")
  public void close() {
    if (connection != null) {
      try {
        connection.close();
      } catch (SQLException e) {
        // It is lost already.
      }
      connection = null;
    }
  }
}
