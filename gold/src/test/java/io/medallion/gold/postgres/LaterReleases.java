package io.medallion.gold.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;

/** What made-up later releases do: their migrations go on from this program's. */
public final class LaterReleases {
  private LaterReleases() {}

  /** The files of this program and of the later ones, in order. */
  public static List<String> files(List<String> later) {
    return Stream.concat(Migrations.FILES.stream(), later.stream()).toList();
  }

  /** See {@link Migrations#run(Connection, String, String, Migrations.Tables)}. */
  public static void migrate(
      Connection owner, String writer, String reader, List<String> later, Migrations.Tables tables)
      throws SQLException {
    Migrations.run(owner, writer, reader, files(later), tables);
  }

  /** See {@link Migrations#isHere(Statement)}. */
  public static boolean isHere(Statement reader, List<String> later) throws SQLException {
    return Migrations.isHere(reader, files(later));
  }
}
