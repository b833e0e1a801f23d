package io.medallion.gold.merge;

import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.gold.mart.Counts;
import io.medallion.gold.mart.Identities;
import io.medallion.gold.mart.Marts;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Which versions of which silver table are in gold, and by which definitions. Read and moved in the
 * transaction of a merge, whose first act is to lock it.
 */
final class Ledger {
  private static final String LINKED = "linked";
  private static final String REBUILD =
      "To have gold made anew from silver, run `medallion gold --rebuild`.";

  private final Connection connection;
  private final String silverTable;
  private final String schema;

  /**
   * @param schema where it is: that of gold, or that of marts being filled
   */
  Ledger(Connection connection, String silverTable, String schema) {
    this.connection = connection;
    this.silverTable = silverTable;
    this.schema = schema;
  }

  /**
   * The version reached, without a lock.
   *
   * @throws MedallionException if gold is complete, and was made from another table
   */
  long version() throws SQLException {
    return read(here("SELECT silver_table, silver_version FROM gold.ledger"));
  }

  /**
   * The version reached; whoever else merges waits from here to the end of the transaction.
   *
   * @throws MedallionException as {@link #version}
   */
  long lock() throws SQLException {
    try (PreparedStatement first =
        connection.prepareStatement(
            here(
                "INSERT INTO gold.ledger (silver_table, silver_version, silver_rows, bots,"
                    + " late_dropped, merged_at) SELECT ?, ?, 0, 0, 0, now()"
                    + " WHERE NOT EXISTS (SELECT FROM gold.ledger) ON CONFLICT DO NOTHING"))) {
      first.setString(1, silverTable);
      first.setLong(2, GoldMerge.NOTHING_MERGED);
      first.executeUpdate();
    }
    return read(here("SELECT silver_table, silver_version FROM gold.ledger FOR UPDATE"));
  }

  /** A statement about the tables of this schema. */
  private String here(String sql) {
    return schema.equals(GoldMerge.MAIN) ? sql : sql.replace("gold.", schema + ".");
  }

  private long read(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet ledger = statement.executeQuery(sql)) {
      if (!ledger.next()) {
        return GoldMerge.NOTHING_MERGED;
      }
      long version = ledger.getLong(2);
      if (version != GoldMerge.NOTHING_MERGED) {
        refuseAnother(ledger.getString(1));
      }
      return version;
    }
  }

  private void refuseAnother(String table) {
    if (!table.equals(silverTable)) {
      throw new MedallionException(
          ErrorCode.GOLD_SOURCE_REPLACED,
          "Gold was made from silver table %s, the lake holds %s".formatted(table, silverTable),
          "The silver table was created anew, or gold belongs to another lake.",
          "Check lake.path and postgres.url. " + REBUILD);
    }
  }

  /** Whether it stands at no version, of whichever table. */
  boolean isEmpty() throws SQLException {
    return isEmpty(connection, schema);
  }

  /** Whether the ledger of a schema stands at no version, of whichever table. */
  static boolean isEmpty(Connection connection, String schema) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet ledger =
            statement.executeQuery(
                "SELECT NOT EXISTS (SELECT FROM %s.ledger WHERE silver_version >= 0)"
                    .formatted(schema))) {
      ledger.next();
      return ledger.getBoolean(1);
    }
  }

  /** How much is in of the version that gold is being made of; empty if it is of none. */
  Optional<FillProgress> progress() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet ledger =
            statement.executeQuery(
                here(
                    "SELECT silver_table, filling_version, filling_files, filling_files_linked,"
                        + " filling_files_merged FROM gold.ledger"
                        + " WHERE filling_version IS NOT NULL"))) {
      return ledger.next()
          ? Optional.of(
              new FillProgress(
                  ledger.getString(1),
                  ledger.getLong(2),
                  ledger.getInt(3),
                  ledger.getInt(4),
                  ledger.getInt(5)))
          : Optional.empty();
    }
  }

  /** Notes that more is in, and what that was. */
  void note(FillProgress progress, Counts counts) throws SQLException {
    move(GoldMerge.NOTHING_MERGED, GoldMerge.NOTHING_MERGED, counts);
    try (PreparedStatement update =
        connection.prepareStatement(
            here(
                "UPDATE gold.ledger SET filling_version = ?, filling_files = ?,"
                    + " filling_files_linked = ?, filling_files_merged = ?"))) {
      update.setLong(1, progress.version());
      update.setInt(2, progress.files());
      update.setInt(3, progress.linked());
      update.setInt(4, progress.merged());
      update.executeUpdate();
    }
  }

  /** All of the version is in. */
  void complete(FillProgress progress) throws SQLException {
    move(GoldMerge.NOTHING_MERGED, progress.version(), new Counts());
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          here(
              "UPDATE gold.ledger SET filling_version = NULL, filling_files = 0,"
                  + " filling_files_linked = 0, filling_files_merged = 0"));
    }
  }

  /**
   * Refuses marts whose rows were made by another definition, and notes those of a new gold.
   *
   * @param nothingMerged whether gold is empty, so that any definition is right
   */
  void checkDefinitions(Marts marts, boolean nothingMerged) throws SQLException {
    Map<String, String> kept = definitions();
    for (Map.Entry<String, String> mart : marts.definitions().entrySet()) {
      String wanted = mart.getValue();
      String found = kept.get(mart.getKey());
      if (wanted.equals(found)) {
        continue;
      }
      if (!nothingMerged) {
        throw changed(mart.getKey(), found, wanted);
      }
      define(mart.getKey(), wanted);
    }
  }

  /** Whether the rows of marts were made by these very definitions. */
  boolean isOf(Marts marts) throws SQLException {
    return definitions().entrySet().containsAll(marts.definitions().entrySet());
  }

  /**
   * Forgets the definitions of marts that are switched off: their rows stay behind from here on, so
   * that switching one on again needs a rebuild.
   */
  void forgetOthers(Marts marts) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement(here("DELETE FROM gold.definitions WHERE mart <> ALL (?)"))) {
      delete.setArray(1, connection.createArrayOf("text", marts.names().toArray()));
      delete.executeUpdate();
    }
  }

  /** What the marts were made with, by name. */
  Map<String, String> definitions() throws SQLException {
    Map<String, String> definitions = new HashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(here("SELECT mart, definition FROM gold.definitions"))) {
      while (rows.next()) {
        definitions.put(rows.getString(1), rows.getString(2));
      }
    }
    return definitions;
  }

  private void define(String mart, String definition) throws SQLException {
    try (PreparedStatement upsert =
        connection.prepareStatement(
            here(
                "INSERT INTO gold.definitions (mart, definition) VALUES (?, ?)"
                    + " ON CONFLICT (mart) DO UPDATE SET definition = excluded.definition"))) {
      upsert.setString(1, mart);
      upsert.setString(2, definition);
      upsert.executeUpdate();
    }
  }

  private static MedallionException changed(String mart, String found, String wanted) {
    return new MedallionException(
        ErrorCode.GOLD_DEFINITION_CHANGED,
        "The mart %s was made with [%s], this program would go on with [%s]"
            .formatted(mart, found == null ? "nothing" : found, wanted),
        "Another gold, with other settings or of another release, has made it anew meanwhile;"
            + " numbers of two definitions do not add up.",
        "Run only one gold; at its start it makes the marts anew that its settings define"
            + " otherwise.");
  }

  /** Forgets what was merged, for a rebuild. */
  void reset() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(here("DELETE FROM gold.ledger"));
      statement.execute(here("DELETE FROM gold.definitions"));
    }
  }

  /**
   * Copies from gold, to marts being filled, who is who.
   *
   * @param marts of this schema, who is who among them
   * @return the version of this silver table as of which it is; empty, and nothing copied, where
   *     gold has merged none of it or was made by other definitions
   */
  OptionalLong takeOver(Identities identities, Marts marts) throws SQLException {
    // One statement sees one moment, whatever is merged meanwhile.
    StringBuilder statement =
        new StringBuilder(
            """
            WITH merged AS (
              SELECT silver_version FROM gold.ledger
              WHERE silver_table = ? AND silver_version >= 0
                AND EXISTS (SELECT FROM gold.definitions WHERE mart = ? AND definition = ?)
            )""");
    for (String table : identities.tables()) {
      String name = table.substring(schema.length() + 1);
      statement.append(
          """
          , %1$s AS (
            INSERT INTO %2$s.%1$s SELECT kept.* FROM gold.%1$s AS kept CROSS JOIN merged
          )"""
              .formatted(name, schema));
    }
    statement.append(" SELECT silver_version FROM merged");
    try (PreparedStatement copy = connection.prepareStatement(statement.toString())) {
      copy.setString(1, silverTable);
      copy.setString(2, identities.name());
      copy.setString(3, marts.definitions().get(identities.name()));
      try (ResultSet merged = copy.executeQuery()) {
        return merged.next() ? OptionalLong.of(merged.getLong(1)) : OptionalLong.empty();
      }
    }
  }

  /** From when on gold keeps what. */
  RetentionBounds bounds() throws SQLException {
    return new RetentionBounds(micros("retained_from"), micros("user_sets_retained_from"));
  }

  /** The same from here on. */
  void raise(RetentionBounds bounds) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            here(
                "UPDATE gold.ledger SET retained_from = nullif(?::timestamptz, '-infinity'),"
                    + " user_sets_retained_from = nullif(?::timestamptz, '-infinity')"))) {
      update.setString(1, RetentionBounds.text(bounds.rows()));
      update.setString(2, RetentionBounds.text(bounds.sets()));
      update.executeUpdate();
    }
  }

  /**
   * The newest event merged, microseconds since 1970; {@link RetentionBounds#NONE} before the
   * first.
   */
  long newestEvent() throws SQLException {
    return micros("newest_event");
  }

  private long micros(String column) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet ledger =
            statement.executeQuery(
                here("SELECT (extract(epoch FROM %s) * 1000000)::bigint FROM gold.ledger")
                    .formatted(column))) {
      ledger.next();
      long micros = ledger.getLong(1);
      return ledger.wasNull() ? RetentionBounds.NONE : micros;
    }
  }

  /** Counts again from the days, if some of them were made again. */
  void recount() throws SQLException {
    if (!schema.equals(GoldMerge.MAIN)) {
      return;
    }
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          """
          UPDATE gold.ledger SET
            silver_rows = days.silver_rows,
            bots = days.bots,
            late_dropped = days.late_dropped,
            newest_event = days.newest_event,
            newest_kafka = days.newest_kafka
          FROM (
            SELECT coalesce(sum(silver_rows), 0) AS silver_rows, coalesce(sum(bots), 0) AS bots,
              coalesce(sum(late_dropped), 0) AS late_dropped,
              max(newest_event) AS newest_event, max(newest_kafka) AS newest_kafka
            FROM gold.silver_days
          ) AS days""");
    }
  }

  /** The links between ids, and those refused, by reason. */
  Map<String, Long> links() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet ledger =
            statement.executeQuery(
                here(
                    "SELECT links, links_several_users, links_several_devices FROM gold.ledger"))) {
      ledger.next();
      return Map.of(
          LINKED,
          ledger.getLong(1),
          "several_users",
          ledger.getLong(2),
          "several_devices",
          ledger.getLong(3));
    }
  }

  /** Moves on from a version to the next, adding what was merged between them. */
  void move(long from, long to, Counts counts) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            here(
                """
            UPDATE gold.ledger SET
              silver_version = ?,
              silver_rows = silver_rows + ?,
              bots = bots + ?,
              late_dropped = late_dropped + ?,
              newest_event = greatest(newest_event,
                timestamptz 'epoch' + ? * interval '1 microsecond'),
              -- A producer's wrong clock must not make all seem fresh for years.
              newest_kafka = greatest(newest_kafka, (
                SELECT least(clock_timestamp(), newest)
                FROM (SELECT timestamptz 'epoch' + ? * interval '1 microsecond') AS n (newest)
                -- Without a row nothing is new: least() would take the other of a null.
                WHERE newest IS NOT NULL)),
              merged_at = clock_timestamp()
            WHERE silver_table = ? AND silver_version = ?"""))) {
      update.setLong(1, to);
      update.setLong(2, counts.rows());
      update.setLong(3, counts.bots());
      update.setLong(4, counts.lateDropped());
      update.setObject(5, counts.newestEvent(), Types.BIGINT);
      update.setObject(6, counts.newestKafka(), Types.BIGINT);
      update.setString(7, silverTable);
      update.setLong(8, from);
      if (update.executeUpdate() != 1) {
        throw new IllegalStateException("the ledger moved while it was locked");
      }
    }
  }
}
