package io.medallion.gold.postgres;

import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import java.io.Serializable;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.postgresql.Driver;

/**
 * How to reach gold's database as one role. Travels to executors; the password stands in no URL and
 * in no text of this record.
 */
public record Postgres(String url, String user, String password) implements Serializable {
  private static final Set<String> REFUSED =
      Set.of("28P01", "28000", "3D000", "42501", "0LP01", "3F000");
  private static final Set<String> PASSING =
      Set.of("40001", "40P01", "55P03", "53300", "57P01", "57P02", "57P03", "58000", "57014");
  private static final String CONNECTION_ERRORS = "08";

  /** Classes of states: data exceptions, violated constraints, what exceeds the server's limits. */
  private static final Set<String> ABOUT_DATA = Set.of("22", "23", "54");

  private static final String NO_SUCH_DATABASE = "3D000";

  /** The driver's own. */
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);

  /** The role that merges. */
  public static Postgres writer(Configuration configuration) {
    return new Postgres(
        configuration.get(Keys.POSTGRES_URL),
        configuration.get(Keys.POSTGRES_USER),
        configuration.secret(Keys.POSTGRES_PASSWORD).orElse(null));
  }

  /** The role that owns the schema; the writer if none is configured. */
  public static Postgres owner(Configuration configuration) {
    return configuration
        .find(Keys.POSTGRES_OWNER_USER)
        .map(
            owner ->
                new Postgres(
                    configuration.get(Keys.POSTGRES_URL),
                    owner,
                    configuration.secret(Keys.POSTGRES_OWNER_PASSWORD).orElse(null)))
        .orElseGet(() -> writer(configuration));
  }

  /** The role that only reads; the writer where the reader has no password but the writer has. */
  public static Postgres reader(Configuration configuration) {
    Optional<String> password = configuration.secret(Keys.POSTGRES_READER_PASSWORD);
    if (password.isEmpty() && configuration.secret(Keys.POSTGRES_PASSWORD).isPresent()) {
      return writer(configuration);
    }
    return new Postgres(
        configuration.get(Keys.POSTGRES_URL),
        configuration.get(Keys.POSTGRES_READER_USER),
        password.orElse(null));
  }

  /** A connection that can only read, if one is to be had at once. */
  public Connection connectToRead() throws SQLException {
    Connection connection = connect();
    connection.setReadOnly(true);
    connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    connection.setAutoCommit(false);
    return connection;
  }

  /** A connection, or the driver's error. */
  public Connection connect() throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", user);
    if (password != null) {
      properties.setProperty("password", password);
    }
    properties.setProperty("ApplicationName", "medallion-gold");
    // Not through DriverManager: it does not see a driver that came by spark-submit --packages.
    Connection connection = new Driver().connect(url, properties);
    if (connection == null) {
      throw new MedallionException(
          ErrorCode.CONFIG_INVALID_VALUE,
          "postgres.url = " + withoutParameters() + " is not an address of PostgreSQL",
          "The driver takes addresses that begin with jdbc:postgresql:",
          "Give one such as jdbc:postgresql://host:5432/database.");
    }
    return connection;
  }

  /**
   * A connection at start: waits for a server that is not up yet, but not for ever.
   *
   * @throws MedallionException if it is refused, or does not answer in time
   */
  public Connection connect(Duration timeout) {
    Backoff backoff = new Backoff(timeout);
    while (true) {
      try {
        return connect();
      } catch (SQLException e) {
        if (!isPassing(e)) {
          throw failed(e);
        }
        if (!backoff.pause()) {
          throw unreachable(timeout, e);
        }
      }
    }
  }

  /**
   * Connects once, as one who only wants to know whether that goes well.
   *
   * @return the server's version, in its own words
   * @throws MedallionException if it does not answer, or refuses
   */
  public String serverVersion() {
    try (Connection connection = connect()) {
      return connection.getMetaData().getDatabaseProductVersion();
    } catch (SQLException e) {
      throw explained(e);
    }
  }

  /** Whether the same again may go well: connections lost, deadlocks, a server on its way. */
  public static boolean isPassing(SQLException e) {
    String state = e.getSQLState();
    return state != null && (state.startsWith(CONNECTION_ERRORS) || PASSING.contains(state));
  }

  /**
   * Whether it is about the values of a row: a number too large for its column, a null or a key
   * longer than there may be.
   */
  public static boolean isAboutData(SQLException e) {
    String state = e.getSQLState();
    return state != null && ABOUT_DATA.stream().anyMatch(state::startsWith);
  }

  /** The same for a server that was in use before: a database being restored is away for a time. */
  public static boolean mayReturn(SQLException e) {
    return isPassing(e) || NO_SUCH_DATABASE.equals(e.getSQLState());
  }

  /** The error of a statement or a connection that will not go well by itself. */
  public MedallionException failed(SQLException e) {
    if (e.getSQLState() != null && REFUSED.contains(e.getSQLState())) {
      return new MedallionException(
          ErrorCode.POSTGRES_ACCESS_DENIED,
          "Postgres at %s refused the role %s".formatted(withoutParameters(), user),
          message(e),
          "Check user, password and database, and that sql/roles/roles.sql was run.",
          e);
    }
    throw new IllegalStateException(
        "Postgres failed with state " + e.getSQLState() + ": " + message(e), e);
  }

  /** The error of a reader, which does not wait for a server. */
  public MedallionException explained(SQLException e) {
    return isPassing(e) ? unreachable(CONNECT_LIMIT, e) : failed(e);
  }

  public MedallionException unreachable(Duration waited, SQLException e) {
    return new MedallionException(
        ErrorCode.POSTGRES_UNREACHABLE,
        "Postgres at %s did not answer within %d s"
            .formatted(withoutParameters(), waited.toSeconds()),
        message(e),
        "Check postgres.url, that the server runs, and that it is reachable from here.",
        e);
  }

  /** Closes a connection that may be broken: Postgres then ends its transaction. */
  @SuppressWarnings("EmptyCatch")
  public void closeQuietly(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      // Nothing to save: what was not committed is rolled back by the server.
    }
  }

  @Override
  public String toString() {
    return user + " at " + withoutParameters();
  }

  /** Parameters of the address may hold secrets of the driver. */
  private String withoutParameters() {
    int parameters = url.indexOf('?');
    return parameters < 0 ? url : url.substring(0, parameters);
  }

  private static String message(SQLException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }
}
