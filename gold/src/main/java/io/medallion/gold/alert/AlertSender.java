package io.medallion.gold.alert;

import io.medallion.gold.alert.AlertDefinition.Target;
import io.medallion.gold.postgres.Postgres;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends one target the messages that wait for it, in their order, each until it is taken and
 * longer: whoever dies between sending and noting that sends it again, with the same id. A target
 * that takes nothing is asked less and less often.
 *
 * <p>Not thread-safe. Holds a connection until closed.
 */
final class AlertSender implements AutoCloseable {
  /** The one step after which a message is not sent again; tests let it fail. */
  @FunctionalInterface
  interface Noted {
    void run(Connection connection) throws SQLException;
  }

  private static final Logger LOG = LoggerFactory.getLogger(AlertSender.class);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);
  private static final Duration SWEEP_EVERY = Duration.ofHours(1);
  private static final int AT_ONCE = 100;

  private static final String WAITING =
      "SELECT number, id, alert, body FROM gold.alert_messages"
          + " WHERE target = ? AND sent_at IS NULL ORDER BY number LIMIT "
          + AT_ONCE;
  private static final String SENT =
      "UPDATE gold.alert_messages SET sent_at = now(), body = NULL, error = NULL,"
          + " attempts = attempts + 1 WHERE number = ?";
  private static final String FAILED =
      "UPDATE gold.alert_messages SET error = ?, attempts = attempts + 1 WHERE number = ?";
  private static final String COUNT =
      "SELECT count(*) FROM gold.alert_messages WHERE target = ? AND sent_at IS NULL";
  private static final String SWEEP =
      "DELETE FROM gold.alert_messages WHERE target = ? AND sent_at < now() - interval '7 days'";

  private final Postgres postgres;
  private final Target target;
  private final AlertTarget to;
  private final Noted noted;
  private Connection connection;
  private volatile long waits;
  private Duration pause = Duration.ZERO;
  private Instant next = Instant.EPOCH;
  private Instant sweep = Instant.EPOCH;

  AlertSender(Postgres postgres, Target target, AlertTarget to) {
    this(postgres, target, to, Connection::commit);
  }

  AlertSender(Postgres postgres, Target target, AlertTarget to, Noted noted) {
    this.postgres = postgres;
    this.target = target;
    this.to = to;
    this.noted = noted;
  }

  private record Message(long number, UUID id, String alert, String body) {}

  Target target() {
    return target;
  }

  /** How many messages waited when it was looked last. */
  long waits() {
    return waits;
  }

  /**
   * Sends what waits, unless the target is to be left alone for a while.
   *
   * @return whether nothing waits any more
   */
  boolean send() throws SQLException, InterruptedException {
    try {
      if (connection == null) {
        connection = postgres.connect();
        connection.setAutoCommit(false);
      }
      if (Instant.now().isBefore(next)) {
        count();
        return false;
      }
      sweep();
      List<Message> waiting = waiting();
      while (!waiting.isEmpty()) {
        for (Message message : waiting) {
          if (!send(message)) {
            count();
            return false;
          }
        }
        waiting = waiting();
      }
      waits = 0;
      return true;
    } catch (SQLException e) {
      disconnect();
      throw e;
    }
  }

  private boolean send(Message message) throws SQLException, InterruptedException {
    try {
      to.send(message.id(), message.alert(), message.body());
    } catch (AlertTarget.NotTaken e) {
      note(FAILED, message, e.getMessage());
      connection.commit();
      pause = pause.isZero() ? FIRST_PAUSE : pause.multipliedBy(2);
      pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
      next = Instant.now().plus(pause);
      LOG.warn(
          "An alert was not taken by {}, trying again in {} s: {}",
          target.word(),
          pause.toSeconds(),
          e.getMessage());
      return false;
    }
    note(SENT, message, null);
    noted.run(connection);
    pause = Duration.ZERO;
    return true;
  }

  private void note(String sql, Message message, String error) throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(sql)) {
      int next = 1;
      if (error != null) {
        update.setString(next++, error);
      }
      update.setLong(next, message.number());
      update.executeUpdate();
    }
  }

  private List<Message> waiting() throws SQLException {
    List<Message> waiting = new ArrayList<>();
    try (PreparedStatement select = connection.prepareStatement(WAITING)) {
      select.setString(1, target.word());
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          waiting.add(
              new Message(
                  rows.getLong(1),
                  rows.getObject(2, UUID.class),
                  rows.getString(3),
                  rows.getString(4)));
        }
      }
    }
    connection.commit();
    return waiting;
  }

  private void count() throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(COUNT)) {
      select.setString(1, target.word());
      try (ResultSet row = select.executeQuery()) {
        row.next();
        waits = row.getLong(1);
      }
    }
    connection.commit();
  }

  private void sweep() throws SQLException {
    if (Instant.now().isBefore(sweep)) {
      return;
    }
    try (PreparedStatement delete = connection.prepareStatement(SWEEP)) {
      delete.setString(1, target.word());
      delete.executeUpdate();
    }
    connection.commit();
    sweep = Instant.now().plus(SWEEP_EVERY);
  }

  private void disconnect() {
    if (connection != null) {
      postgres.closeQuietly(connection);
      connection = null;
    }
  }

  @Override
  public void close() {
    disconnect();
    to.close();
  }
}
