package io.medallion.gold;

import io.medallion.common.Resource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** A file of the {@code sql} folder, as packaged. */
record SqlFile(String path, String text) {
  /**
   * Reads one.
   *
   * @param path below {@code sql}, without the ending
   */
  static SqlFile of(String path) {
    return new SqlFile(path, Resource.text(SqlFile.class, "/sql/" + path + ".sql"));
  }

  void run(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(text);
    }
  }
}
