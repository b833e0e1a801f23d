package io.medallion.gold;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
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
    String resource = "/sql/" + path + ".sql";
    try (InputStream stream = SqlFile.class.getResourceAsStream(resource)) {
      if (stream == null) {
        throw new IllegalStateException(resource + " is not packaged");
      }
      return new SqlFile(path, new String(stream.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void run(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(text);
    }
  }
}
