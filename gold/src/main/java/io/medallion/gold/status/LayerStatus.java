package io.medallion.gold.status;

import io.medallion.lakehouse.SourceLag;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes {@code gold.layer_status} and {@code gold.observed_layer_status}. Counts are cumulative,
 * so that writing them again changes nothing.
 */
public final class LayerStatus {
  private static final String UPSERT =
      """
      INSERT INTO gold.%1$s (layer, position, rows_read, rows_written, duplicates, quarantined,
        reasons, more_events, flags, newest_kafka, committed_at, %2$s)
      VALUES (?, ?, ?, ?, ?, ?,
        (SELECT coalesce(jsonb_object_agg(code, records), '{}')
         FROM unnest(?::text[], ?::bigint[]) AS r (code, records)),
        ?,
        (SELECT coalesce(jsonb_object_agg(flag, events), '{}')
         FROM unnest(?::text[], ?::bigint[]) AS f (flag, events)),
        ?, ?, clock_timestamp())
      ON CONFLICT (layer) DO UPDATE SET
        position = excluded.position, rows_read = excluded.rows_read,
        rows_written = excluded.rows_written, duplicates = excluded.duplicates,
        quarantined = excluded.quarantined, reasons = excluded.reasons,
        more_events = excluded.more_events, flags = excluded.flags,
        newest_kafka = excluded.newest_kafka, committed_at = excluded.committed_at,
        %2$s = excluded.%2$s""";

  private static final String GOLD =
      """
      INSERT INTO gold.layer_status (layer, position, rows_read, rows_written, duplicates, quarantined,
        newest_kafka, committed_at, updated_at)
      SELECT 'gold', silver_version::text, silver_rows, silver_rows - bots - late_dropped, 0, 0,
        newest_kafka, merged_at, merged_at
      FROM gold.ledger
      ON CONFLICT (layer) DO UPDATE SET
        position = excluded.position, rows_read = excluded.rows_read,
        rows_written = excluded.rows_written, newest_kafka = excluded.newest_kafka,
        committed_at = excluded.committed_at, updated_at = excluded.updated_at""";

  private static final String WAITING =
      "UPDATE gold.observed_layer_status SET waiting = ?, waiting_seconds = ?, waiting_at = ?"
          + " WHERE layer = 'bronze'";

  private LayerStatus() {}

  /** What was done as of a merge; in its transaction, once the ledger has moved. */
  public static void write(Connection connection, LayerStatusSnapshot status) throws SQLException {
    write(connection, "layer_status", "updated_at", status);
    try (Statement statement = connection.createStatement()) {
      statement.execute(GOLD);
    }
  }

  /** What was observed, merged or not, and what waited in Kafka. */
  static void writeObserved(
      Connection connection, LayerStatusSnapshot status, Optional<SourceLag> kafka)
      throws SQLException {
    write(connection, "observed_layer_status", "observed_at", status);
    if (kafka.isPresent()) {
      try (PreparedStatement waiting = connection.prepareStatement(WAITING)) {
        waiting.setLong(1, kafka.get().rows());
        waiting.setDouble(2, kafka.get().waited().toMillis() / 1000.0);
        waiting.setObject(3, time(kafka.get().at()));
        waiting.executeUpdate();
      }
    }
  }

  private static void write(
      Connection connection, String table, String time, LayerStatusSnapshot status)
      throws SQLException {
    try (PreparedStatement upsert = connection.prepareStatement(UPSERT.formatted(table, time))) {
      for (LayerStatusSnapshot.Layer layer : status.layers()) {
        upsert.setString(1, layer.name());
        upsert.setString(2, layer.position());
        upsert.setLong(3, layer.rowsRead());
        upsert.setLong(4, layer.rowsWritten());
        upsert.setLong(5, layer.duplicates());
        upsert.setLong(6, layer.quarantined());
        setCounts(upsert, 7, layer.reasons());
        upsert.setLong(9, layer.moreEvents());
        setCounts(upsert, 10, layer.flags());
        upsert.setObject(12, time(layer.newestKafkaTime()));
        upsert.setObject(13, time(layer.committedAt()));
        upsert.executeUpdate();
      }
    }
  }

  /** Names and their counts, as two parameters from one on. */
  private static void setCounts(PreparedStatement upsert, int first, Map<String, Long> counts)
      throws SQLException {
    List<String> names = List.copyOf(counts.keySet());
    Connection connection = upsert.getConnection();
    upsert.setArray(first, connection.createArrayOf("text", names.toArray()));
    upsert.setArray(
        first + 1, connection.createArrayOf("bigint", names.stream().map(counts::get).toArray()));
  }

  private static OffsetDateTime time(Instant instant) {
    return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
  }
}
