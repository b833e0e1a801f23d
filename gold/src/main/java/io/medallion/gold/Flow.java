package io.medallion.gold;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneOffset;

/** Writes {@code gold.flow}. Counts are cumulative, so that writing them again changes nothing. */
final class Flow {
  private static final String UPSERT =
      """
      INSERT INTO gold.flow (layer, position, rows_read, rows_written, duplicates, quarantined,
        newest_kafka, updated_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, clock_timestamp())
      ON CONFLICT (layer) DO UPDATE SET
        position = excluded.position, rows_read = excluded.rows_read,
        rows_written = excluded.rows_written, duplicates = excluded.duplicates,
        quarantined = excluded.quarantined, newest_kafka = excluded.newest_kafka,
        updated_at = excluded.updated_at""";

  private static final String GOLD =
      """
      INSERT INTO gold.flow (layer, position, rows_read, rows_written, duplicates, quarantined,
        newest_kafka, updated_at)
      SELECT 'gold', silver_version::text, silver_rows, silver_rows - bots - beyond_lateness, 0, 0,
        newest_kafka, merged_at
      FROM gold.ledger
      ON CONFLICT (layer) DO UPDATE SET
        position = excluded.position, rows_read = excluded.rows_read,
        rows_written = excluded.rows_written, newest_kafka = excluded.newest_kafka,
        updated_at = excluded.updated_at""";

  private Flow() {}

  static void write(Connection connection, FlowSnapshot flow) throws SQLException {
    try (PreparedStatement upsert = connection.prepareStatement(UPSERT)) {
      for (FlowSnapshot.Layer layer : flow.layers()) {
        upsert.setString(1, layer.name());
        upsert.setString(2, layer.position());
        upsert.setLong(3, layer.rowsRead());
        upsert.setLong(4, layer.rowsWritten());
        upsert.setLong(5, layer.duplicates());
        upsert.setLong(6, layer.quarantined());
        Instant newest = layer.newestKafkaTime();
        upsert.setObject(7, newest == null ? null : newest.atOffset(ZoneOffset.UTC));
        upsert.executeUpdate();
      }
    }
    try (Statement statement = connection.createStatement()) {
      statement.execute(GOLD);
    }
  }
}
