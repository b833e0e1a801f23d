package io.medallion.gold.alert;

import io.medallion.gold.alert.AlertDefinition.Target;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;

/** Writes what has become of alerts, and what is to be told of it, in one transaction with both. */
final class AlertLog {
  private static final String UPSERT =
      """
      INSERT INTO gold.alerts (id, alert, window_start, window_end, state, changes, key, shown, changed_at)
      VALUES (?, ?, timestamptz 'epoch' + ? * interval '1 microsecond',
        timestamptz 'epoch' + ? * interval '1 microsecond', ?, ?, ?::jsonb, ?::jsonb, now())
      ON CONFLICT (id) DO UPDATE SET window_start = excluded.window_start, window_end = excluded.window_end,
        state = excluded.state, changes = excluded.changes, key = excluded.key, shown = excluded.shown,
        changed_at = excluded.changed_at""";

  private static final String MESSAGE =
      """
      INSERT INTO gold.alert_messages (id, target, alert, body)
      SELECT ?, target, ?, jsonb_build_object(
        'id', ?, 'alert', ?, 'state', ?, 'severity', ?, 'description', ?,
        'window_start', timestamptz 'epoch' + ? * interval '1 microsecond',
        'window_end', timestamptz 'epoch' + ? * interval '1 microsecond',
        'key', ?::jsonb, 'values', ?::jsonb, 'silver_version', (SELECT silver_version FROM gold.ledger))
      FROM unnest(?) AS target
      ON CONFLICT (id, target) DO NOTHING""";

  private static final String SHOW = "UPDATE gold.alerts SET shown = ?::jsonb WHERE id = ?";

  private final Set<Target> configured;

  /**
   * @param configured all who can be told
   */
  AlertLog(Set<Target> configured) {
    this.configured = configured;
  }

  /**
   * What has become of an alert.
   *
   * @param id its own
   * @param definition whose it is
   * @param start of its window
   * @param end of its window
   * @param state what it is now
   * @param changes how often that has changed
   * @param key whom it is about, JSON
   * @param shown the numbers, JSON
   */
  record Change(
      UUID id,
      AlertDefinition definition,
      long start,
      long end,
      State state,
      int changes,
      String key,
      String shown) {}

  /** What an alert may be. */
  enum State {
    RAISED,
    WITHDRAWN,
    ENDED;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The id of what is known by a text. */
  static UUID id(String text) {
    return UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Writes changes and their messages. */
  void write(Connection connection, List<Change> changes) throws SQLException {
    if (changes.isEmpty()) {
      return;
    }
    try (PreparedStatement upsert = connection.prepareStatement(UPSERT);
        PreparedStatement message = connection.prepareStatement(MESSAGE)) {
      for (Change change : changes) {
        add(upsert, change);
        add(message, change, connection);
      }
      upsert.executeBatch();
      message.executeBatch();
    }
  }

  /** Numbers that have changed, of alerts that have not. */
  void show(Connection connection, List<Change> changes) throws SQLException {
    if (changes.isEmpty()) {
      return;
    }
    try (PreparedStatement update = connection.prepareStatement(SHOW)) {
      for (Change change : changes) {
        update.setString(1, change.shown());
        update.setObject(2, change.id());
        update.addBatch();
      }
      update.executeBatch();
    }
  }

  /** Of what was not so nobody is named any longer. */
  private static void add(PreparedStatement upsert, Change change) throws SQLException {
    boolean withdrawn = change.state() == State.WITHDRAWN;
    upsert.setObject(1, change.id());
    upsert.setString(2, change.definition().name());
    upsert.setLong(3, change.start());
    upsert.setLong(4, change.end());
    upsert.setString(5, change.state().word());
    upsert.setInt(6, change.changes());
    upsert.setString(7, withdrawn ? null : change.key());
    upsert.setString(8, withdrawn ? null : change.shown());
    upsert.addBatch();
  }

  private void add(PreparedStatement message, Change change, Connection connection)
      throws SQLException {
    AlertDefinition definition = change.definition();
    UUID id = id(change.id() + ":" + change.changes());
    Set<Target> told = definition.targets().isEmpty() ? configured : definition.targets();
    message.setObject(1, id);
    message.setString(2, definition.name());
    message.setString(3, id.toString());
    message.setString(4, definition.name());
    message.setString(5, change.state().word());
    message.setString(6, definition.severity().name().toLowerCase(Locale.ROOT));
    message.setString(7, definition.description());
    message.setLong(8, change.start());
    message.setLong(9, change.end());
    message.setString(10, change.key());
    message.setString(11, change.shown());
    message.setArray(
        12, connection.createArrayOf("text", told.stream().map(Target::word).sorted().toArray()));
    message.addBatch();
  }
}
