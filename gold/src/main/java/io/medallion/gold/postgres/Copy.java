package io.medallion.gold.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/** COPY from the client, binary. */
public final class Copy {
  private Copy() {}

  /** Table and columns come from code, never from data. */
  public static void into(
      Connection connection, String table, List<String> columns, byte[]... parts)
      throws SQLException {
    String sql =
        "COPY %s (%s) FROM STDIN (FORMAT binary)".formatted(table, String.join(", ", columns));
    CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(sql);
    try {
      copy.writeToCopy(CopyBuffer.HEADER, 0, CopyBuffer.HEADER.length);
      for (byte[] part : parts) {
        copy.writeToCopy(part, 0, part.length);
      }
      copy.writeToCopy(CopyBuffer.TRAILER, 0, CopyBuffer.TRAILER.length);
      copy.endCopy();
    } finally {
      if (copy.isActive()) {
        copy.cancelCopy();
      }
    }
  }
}
