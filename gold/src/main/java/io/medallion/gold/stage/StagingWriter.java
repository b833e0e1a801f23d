package io.medallion.gold.stage;

import io.medallion.gold.mart.Counts;
import io.medallion.gold.mart.Mart;
import io.medallion.gold.postgres.Copy;
import io.medallion.gold.postgres.CopyBuffer;
import io.medallion.gold.postgres.Postgres;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** Where a task's partial aggregates go: kept for the driver while small, else into staging. */
final class StagingWriter implements AutoCloseable {
  private final Postgres postgres;
  private final UUID stage;
  private final long attempt;
  private final int inlineBytes;
  private final Map<Mart, CopyBuffer> buffers = new LinkedHashMap<>();
  private final Map<Mart, Long> copied = new LinkedHashMap<>();
  private Connection connection;

  StagingWriter(Postgres postgres, UUID stage, long attempt, int inlineBytes) {
    this.postgres = postgres;
    this.stage = stage;
    this.attempt = attempt;
    this.inlineBytes = inlineBytes;
  }

  void emit(Mart mart, Mart.Accumulator accumulator) throws SQLException {
    accumulator.drainTo(buffers.computeIfAbsent(mart, m -> new CopyBuffer()));
    if (buffers.values().stream().mapToLong(CopyBuffer::length).sum() > inlineBytes) {
      copy();
    }
  }

  /** Commits what was copied. Rows of an attempt that dies before are gone; after, nobody's. */
  StagedRows finish(Counts counts) throws SQLException {
    StagedRows staged = new StagedRows(attempt, counts);
    if (connection == null) {
      buffers.forEach((mart, buffer) -> staged.inline(mart.name(), buffer.toBytes()));
      return staged;
    }
    copy();
    connection.commit();
    copied.forEach((mart, rows) -> staged.copied(mart.name(), rows));
    return staged;
  }

  private void copy() throws SQLException {
    if (connection == null) {
      connection = open();
    }
    for (Map.Entry<Mart, CopyBuffer> entry : buffers.entrySet()) {
      Mart mart = entry.getKey();
      CopyBuffer buffer = entry.getValue();
      if (!buffer.isEmpty()) {
        Copy.into(connection, "gold_staging." + mart.name(), mart.columns(), buffer.toBytes());
        copied.merge(mart, buffer.rows(), Long::sum);
        buffer.clear();
      }
    }
  }

  private Connection open() throws SQLException {
    Connection opened = postgres.connect();
    opened.setAutoCommit(false);
    try (PreparedStatement settings =
        opened.prepareStatement(
            "SELECT set_config('medallion.stage', ?, false),"
                + " set_config('medallion.attempt', ?, false)")) {
      settings.setString(1, stage.toString());
      settings.setString(2, Long.toString(attempt));
      settings.execute();
    }
    return opened;
  }

  @Override
  public void close() throws SQLException {
    if (connection != null) {
      connection.close();
    }
  }
}
