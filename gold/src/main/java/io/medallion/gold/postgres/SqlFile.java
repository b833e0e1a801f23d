package io.medallion.gold.postgres;

import io.medallion.common.Resource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** A file of the {@code sql} folder, as packaged. */
public record SqlFile(String path, String text) {
  /**
   * Reads one.
   *
   * @param path below {@code sql}, without the ending
   */
  public static SqlFile of(String path) {
    return new SqlFile(path, Resource.text(SqlFile.class, "/sql/" + path + ".sql"));
  }

  public void run(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(text);
    }
  }
}
