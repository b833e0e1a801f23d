package io.medallion.gold.mart;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;

/**
 * Why a file is no mart, view or alert, or why a mart or an alert is not kept any more.
 *
 * @param file as it was named
 * @param line from 1
 * @param column from 1
 * @param problem what is wrong, one line
 * @param reason why it cannot be kept
 * @param remedy what to write instead
 * @param failed whether it could be kept, until it failed over an event
 */
public record MartRefusal(
    String file,
    int line,
    int column,
    String problem,
    String reason,
    String remedy,
    boolean failed) {
  private static final String INSERT =
      """
      INSERT INTO gold.refused_marts (file, line_number, column_number, problem, reason, remedy, failed)
      VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (file) DO NOTHING""";

  /** Writes some down for those who read gold; of one file what is there already stays. */
  public static void write(Connection connection, Collection<MartRefusal> refused)
      throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
      for (MartRefusal refusal : refused) {
        insert.setString(1, refusal.file);
        insert.setInt(2, refusal.line);
        insert.setInt(3, refusal.column);
        insert.setString(4, refusal.problem);
        insert.setString(5, refusal.reason);
        insert.setString(6, refusal.remedy);
        insert.setBoolean(7, refusal.failed);
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  @Override
  public String toString() {
    return "%s:%d:%d: %s. %s %s".formatted(file, line, column, problem, reason, remedy);
  }
}
