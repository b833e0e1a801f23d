package io.medallion.gold.stage;

import io.medallion.gold.mart.Counts;
import io.medallion.gold.mart.MartFailed;
import io.medallion.gold.mart.RowAccumulator;
import io.medallion.gold.postgres.Copy;
import io.medallion.gold.postgres.CopyBuffer;
import io.medallion.gold.postgres.Postgres;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** Where a task's partial aggregates go: kept for the driver while small, else into staging. */
final class StagingWriter implements AutoCloseable {
  private final Postgres postgres;
  private final UUID stage;
  private final long attempt;
  private final int inlineBytes;
  private final Map<String, CopyBuffer> buffers = new LinkedHashMap<>();
  private final Map<String, StageTask.Relation> relations = new HashMap<>();
  private final Map<String, Long> copied = new LinkedHashMap<>();
  private Connection connection;

  StagingWriter(Postgres postgres, UUID stage, long attempt, int inlineBytes) {
    this.postgres = postgres;
    this.stage = stage;
    this.attempt = attempt;
    this.inlineBytes = inlineBytes;
  }

  /**
   * Takes all that an accumulator holds.
   *
   * @param name the relation's
   */
  void emit(String name, StageTask.Relation relation, RowAccumulator accumulator)
      throws SQLException {
    relations.put(name, relation);
    accumulator.drainTo(buffers.computeIfAbsent(name, r -> new CopyBuffer()));
    if (buffers.values().stream().mapToLong(CopyBuffer::length).sum() > inlineBytes) {
      copy();
    }
  }

  /** Commits what was copied. Rows of an attempt that dies before are gone; after, nobody's. */
  StagedRows finish(Counts counts) throws SQLException {
    StagedRows staged = new StagedRows(attempt, counts);
    if (connection == null) {
      buffers.forEach((relation, buffer) -> staged.inline(relation, buffer.toBytes()));
      return staged;
    }
    copy();
    connection.commit();
    copied.forEach(staged::copied);
    return staged;
  }

  private void copy() throws SQLException {
    if (connection == null) {
      connection = open();
    }
    for (Map.Entry<String, CopyBuffer> entry : buffers.entrySet()) {
      String relation = entry.getKey();
      CopyBuffer buffer = entry.getValue();
      if (!buffer.isEmpty()) {
        copy(relation, relations.get(relation), buffer);
        copied.merge(relation, buffer.rows(), Long::sum);
        buffer.clear();
      }
    }
  }

  private void copy(String name, StageTask.Relation relation, CopyBuffer buffer)
      throws SQLException {
    try {
      Copy.into(connection, "gold_staging." + name, relation.columns(), buffer.toBytes());
    } catch (SQLException e) {
      if (relation.declared() && Postgres.isAboutData(e)) {
        throw new MartFailed(relation.mart(), MartFailed.firstLine(e), e);
      }
      throw e;
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
