package io.medallion.gold.merge;

import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.gold.define.DeclaredMarts;
import io.medallion.gold.define.MartDdl;
import io.medallion.gold.define.MartDefinition;
import io.medallion.gold.mart.GoldSettings;
import io.medallion.gold.mart.MartRefusal;
import io.medallion.gold.mart.Rollup;
import io.medallion.gold.postgres.Migrations;
import io.medallion.gold.postgres.Postgres;
import io.medallion.gold.postgres.SqlFile;
import io.medallion.gold.status.LayerStatus;
import io.medallion.gold.status.LayerStatusSnapshot;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The tables of declared marts in Postgres, made and replaced by the role that owns the schema.
 * Commits nothing.
 */
public final class MartTables {
  private static final String FILLING = Filling.SCHEMA;

  private static final String DEPENDENT_OBJECTS = "2BP01";

  private final Connection owner;

  /**
   * @param owner a connection of the role that owns the schema
   */
  public MartTables(Connection owner) {
    this.owner = owner;
  }

  /**
   * Makes the tables of marts that have none. In a gold that has merged nothing, those of another
   * layout are made again.
   */
  public void create(DeclaredMarts marts) throws SQLException {
    Map<String, String> there = layouts();
    boolean empty = Ledger.isEmpty(owner, GoldMerge.MAIN);
    for (MartDefinition mart : marts.definitions()) {
      MartDdl ddl = new MartDdl(mart, "gold");
      String layout = there.get(mart.name());
      if (layout == null && empty) {
        make(mart, ddl);
      } else if (layout != null && empty && !layout.equals(ddl.layout())) {
        drop(mart.name());
        make(mart, ddl);
      } else if (layout != null && layout.equals(ddl.layout())) {
        run(ddl.comments());
        noteComments(mart);
      }
    }
    attachRollups();
    refuse(marts.refused());
  }

  /** Has triggers keep the rollups of marts whose tables are new. */
  private void attachRollups() throws SQLException {
    for (Rollup rollup : Rollup.ALL) {
      if (!isAttached(rollup)) {
        for (SqlFile statement : rollup.attachments()) {
          statement.run(owner);
        }
      }
    }
  }

  /** Also if the mart has no table, as one that is set aside. */
  private boolean isAttached(Rollup rollup) throws SQLException {
    try (PreparedStatement select =
        owner.prepareStatement(
            "SELECT to_regclass('gold.' || ?) IS NULL OR EXISTS (SELECT FROM pg_trigger"
                + " WHERE tgrelid = to_regclass('gold.' || ?) AND tgname = ? || '_insert')")) {
      select.setString(1, rollup.mart());
      select.setString(2, rollup.mart());
      select.setString(3, rollup.function());
      try (ResultSet attached = select.executeQuery()) {
        attached.next();
        return attached.getBoolean(1);
      }
    }
  }

  /** Of a mart that was made by the same SELECT, what its file says now. */
  private void noteComments(MartDefinition mart) throws SQLException {
    try (PreparedStatement update =
        owner.prepareStatement(
            "UPDATE gold.marts SET statement = ? WHERE mart = ? AND statement <> ?"
                + " AND mart IN (SELECT mart FROM gold.definitions"
                + " WHERE definition LIKE '%select=' || ?)")) {
      update.setString(1, mart.file().text());
      update.setString(2, mart.name());
      update.setString(3, mart.file().text());
      update.setString(4, mart.fingerprint());
      update.executeUpdate();
    }
  }

  /**
   * Drops a mart, with what is staged for it, or a view of a user's own.
   *
   * @throws MedallionException if a view stands on it
   */
  public static void drop(Configuration configuration, String name) {
    Postgres owner = Postgres.owner(configuration);
    try (Connection connection = owner.connect()) {
      connection.setAutoCommit(false);
      SqlFile.of("schema/lock").run(connection);
      new MartTables(connection).dropAll(name);
      connection.commit();
    } catch (SQLException e) {
      throw owner.failed(e);
    }
  }

  private void dropAll(String name) throws SQLException {
    List<String> tables = tables(name);
    drop(name);
    for (String table : tables) {
      run(List.of(MartDdl.drop("gold_staging", table)));
    }
    try {
      new MartViews(owner).drop(name);
    } catch (SQLException e) {
      throw held("gold." + name, e);
    }
  }

  private List<String> tables(String mart) throws SQLException {
    List<String> tables = new ArrayList<>();
    try (PreparedStatement select =
        owner.prepareStatement("SELECT unnest(tables) FROM gold.marts WHERE mart = ?")) {
      select.setString(1, mart);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          tables.add(rows.getString(1));
        }
      }
    }
    return tables;
  }

  /** Writes down what is not kept, in the place of what was not when it was looked at last. */
  private void refuse(List<MartRefusal> refused) throws SQLException {
    run(List.of("DELETE FROM gold.refused_marts"));
    MartRefusal.write(owner, refused);
  }

  /** How many files are {@code refused}, those of views among them, and {@code failed}. */
  Map<String, Long> refusals() throws SQLException {
    try (Statement statement = owner.createStatement();
        ResultSet counts =
            statement.executeQuery(
                "SELECT count(*) FILTER (WHERE NOT failed), count(*) FILTER (WHERE failed)"
                    + " FROM gold.refused_marts")) {
      counts.next();
      return Map.of("refused", counts.getLong(1), "failed", counts.getLong(2));
    }
  }

  /** All that is declared, as a part of the schema. */
  public static Migrations.Tables of(DeclaredMarts marts) {
    return new Migrations.Tables() {
      @Override
      public void make(Connection owner) throws SQLException {
        new MartTables(owner).create(marts);
      }

      @Override
      public void makeViews(Connection owner) throws SQLException {
        new MartViews(owner).update(marts.views());
      }
    };
  }

  /** Forgets marts that are being filled; nothing if there are none. */
  public static void endFilling(Configuration configuration) {
    Postgres owner = Postgres.owner(configuration);
    try (Connection connection = owner.connect()) {
      new MartTables(connection)
          .run(List.of("DROP SCHEMA IF EXISTS %s CASCADE".formatted(FILLING)));
    } catch (SQLException e) {
      throw owner.failed(e);
    }
  }

  /**
   * The names of the marts whose rows can be added to: their tables are there, and made by this
   * very definition, or nothing is merged yet.
   */
  public Set<String> ready(DeclaredMarts marts, GoldSettings settings) throws SQLException {
    Set<String> ready = new HashSet<>();
    Map<String, String> layouts = layouts();
    Map<String, String> definitions = definitions();
    boolean empty = Ledger.isEmpty(owner, GoldMerge.MAIN);
    for (MartDefinition mart : marts.definitions()) {
      boolean there = new MartDdl(mart, "gold").layout().equals(layouts.get(mart.name()));
      if (there && (empty || mart.definition(settings).equals(definitions.get(mart.name())))) {
        ready.add(mart.name());
      }
    }
    return ready;
  }

  private Map<String, String> definitions() throws SQLException {
    return texts("SELECT mart, definition FROM gold.definitions");
  }

  private void make(MartDefinition mart, MartDdl ddl) throws SQLException {
    run(ddl.create());
    note(mart, ddl, GoldMerge.MAIN);
  }

  private void note(MartDefinition mart, MartDdl ddl, String schema) throws SQLException {
    try (PreparedStatement upsert =
        owner.prepareStatement(
            "INSERT INTO "
                + schema
                + ".marts (mart, statement, layout, tables) VALUES (?, ?, ?, ?)"
                + " ON CONFLICT (mart) DO UPDATE SET statement = excluded.statement,"
                + " layout = excluded.layout, tables = excluded.tables, filled_at = now()")) {
      upsert.setString(1, mart.name());
      upsert.setString(2, mart.file().text());
      upsert.setString(3, ddl.layout());
      upsert.setArray(4, owner.createArrayOf("text", ddl.tables().toArray()));
      upsert.executeUpdate();
    }
  }

  /**
   * Begins to fill marts next to those that are there, or goes on where these very marts were being
   * filled of the same silver.
   *
   * @param silverTable the id of the silver table
   * @return whether it goes on
   * @throws MedallionException if somebody else's view stands on what all marts are to replace
   */
  public static boolean begin(Configuration configuration, Filling filling, String silverTable) {
    Postgres owner = Postgres.owner(configuration);
    String made = madeOf(filling, silverTable);
    try (Connection connection = owner.connect()) {
      connection.setAutoCommit(false);
      MartTables tables = new MartTables(connection);
      boolean goesOn = tables.isFilling(made);
      if (!goesOn) {
        tables.begin(filling, made);
      }
      String writer = configuration.get(Keys.POSTGRES_USER);
      Migrations.grant(connection, "roles/grants_filling", writer);
      Migrations.grant(
          connection, "roles/grants_filling_reader", configuration.get(Keys.POSTGRES_READER_USER));
      Migrations.grant(connection, "roles/grants_writer", writer);
      if (filling.isWhole()) {
        tables.requireFree(filling);
      }
      connection.commit();
      return goesOn;
    } catch (SQLException e) {
      throw owner.failed(e);
    }
  }

  /** Distinguishes what fillings are about; a schema of another version may have other tables. */
  private static String madeOf(Filling filling, String silverTable) {
    List<String> parts = new ArrayList<>();
    parts.add(silverTable);
    parts.add(Integer.toString(Migrations.FILES.size()));
    filling
        .declared()
        .forEach(mart -> parts.add(mart.name() + new MartDdl(mart, FILLING).layout()));
    parts.add(filling.marts().definitions().toString());
    byte[] text = String.join("\n", parts).getBytes(StandardCharsets.UTF_8);
    return "Marts being filled: " + UUID.nameUUIDFromBytes(text);
  }

  private boolean isFilling(String made) throws SQLException {
    try (PreparedStatement select =
        owner.prepareStatement(
            "SELECT FROM pg_namespace WHERE nspname = ?"
                + " AND obj_description(oid, 'pg_namespace') = ?")) {
      select.setString(1, FILLING);
      select.setString(2, made);
      try (ResultSet found = select.executeQuery()) {
        return found.next();
      }
    }
  }

  private void begin(Filling filling, String made) throws SQLException {
    run(
        List.of(
            "DROP SCHEMA IF EXISTS %s CASCADE".formatted(FILLING),
            "CREATE SCHEMA " + FILLING,
            "COMMENT ON SCHEMA %s IS '%s'".formatted(FILLING, made),
            "CREATE TABLE %s.ledger (LIKE gold.ledger INCLUDING ALL)".formatted(FILLING),
            "CREATE TABLE %s.definitions (LIKE gold.definitions INCLUDING ALL)".formatted(FILLING),
            "CREATE TABLE %s.marts (LIKE gold.marts INCLUDING ALL)".formatted(FILLING)));
    for (MartDefinition mart : filling.declared()) {
      MartDdl ddl = new MartDdl(mart, FILLING);
      run(ddl.create());
      note(mart, ddl, FILLING);
    }
    for (String table : filling.tablesOfClasses()) {
      try (PreparedStatement name =
          owner.prepareStatement("SELECT set_config('medallion.table', ?, true)")) {
        name.setString(1, table);
        name.execute();
      }
      SqlFile.of("merge/filling_table").run(owner);
    }
  }

  /** Before the work of hours: that nobody else's view stands on what is to be replaced. */
  private void requireFree(Filling filling) throws SQLException {
    Savepoint before = owner.setSavepoint();
    dropViews(new MartViews(owner));
    dropReplaced(filling);
    owner.rollback(before);
  }

  /**
   * Puts marts that are filled in the place of those of the same names, if gold stands where they
   * do.
   *
   * @return false if it does not, and nothing was done
   * @throws MedallionException if somebody else's view stands on one
   */
  public static boolean swap(Configuration configuration, DeclaredMarts declared, Filling filling) {
    return swap(
        configuration,
        tables -> {
          if (!tables.standTogether()) {
            return false;
          }
          tables.replace(configuration, declared, filling);
          return true;
        });
  }

  /**
   * Puts all of gold that is filled in the place of what is there, whatever that was made of, and
   * its ledger with it.
   *
   * @param status what the layers before gold had done by the version that it stands at
   * @throws MedallionException as above
   */
  public static void swap(
      Configuration configuration,
      DeclaredMarts declared,
      Filling filling,
      LayerStatusSnapshot status) {
    swap(
        configuration,
        tables -> {
          tables.replaceLedger();
          tables.replace(configuration, declared, filling);
          LayerStatus.write(tables.owner, status);
          return true;
        });
  }

  /** What happens in the transaction of a swap; false for nothing. */
  @FunctionalInterface
  private interface Swap {
    boolean run(MartTables tables) throws SQLException;
  }

  private static boolean swap(Configuration configuration, Swap swap) {
    Postgres owner = Postgres.owner(configuration);
    try (Connection connection = owner.connect()) {
      connection.setAutoCommit(false);
      boolean swapped = swap.run(new MartTables(connection));
      connection.commit();
      return swapped;
    } catch (SQLException e) {
      throw owner.failed(e);
    }
  }

  /** Locks gold's ledger, and compares it with that of the marts being filled. */
  private boolean standTogether() throws SQLException {
    try (Statement statement = owner.createStatement();
        ResultSet ledger =
            statement.executeQuery(
                ("SELECT silver_table, silver_version, (SELECT (f.silver_table, f.silver_version)"
                        + " = (l.silver_table, l.silver_version) FROM %s.ledger AS f)"
                        + " FROM gold.ledger AS l FOR UPDATE")
                    .formatted(FILLING))) {
      return ledger.next() && ledger.getBoolean(3);
    }
  }

  /** Alerts are judged again by the rows that come. */
  private void replaceLedger() throws SQLException {
    run(
        List.of(
            "DELETE FROM gold.ledger",
            "INSERT INTO gold.ledger SELECT * FROM %s.ledger".formatted(FILLING),
            "DELETE FROM gold.definitions",
            "UPDATE gold.alert_state SET judged_until = NULL"));
  }

  /** Puts tables in the place of those of the same names, and makes the views again. */
  private void replace(Configuration configuration, DeclaredMarts declared, Filling filling)
      throws SQLException {
    Map<String, List<String>> rights = rights(filling);
    MartViews own = new MartViews(owner);
    Map<String, String> before = dropViews(own);
    dropReplaced(filling);
    for (String table : filling.tables()) {
      run(List.of("ALTER TABLE %s.\"%s\" SET SCHEMA gold".formatted(FILLING, table)));
    }
    for (MartDefinition mart : filling.declared()) {
      note(mart, new MartDdl(mart, FILLING), GoldMerge.MAIN);
    }
    run(
        List.of(
            "INSERT INTO gold.definitions SELECT * FROM %s.definitions ON CONFLICT (mart) DO UPDATE SET definition = excluded.definition"
                .formatted(FILLING),
            "DROP SCHEMA %s CASCADE".formatted(FILLING)));
    attachRollups();
    Migrations.createViews(owner);
    own.make(declared.views(), before);
    Migrations.grant(owner, "roles/grants_writer", configuration.get(Keys.POSTGRES_USER));
    Migrations.grant(owner, "roles/grants_reader", configuration.get(Keys.POSTGRES_READER_USER));
    give(rights);
  }

  private void dropReplaced(Filling filling) throws SQLException {
    for (MartDefinition mart : filling.declared()) {
      drop(mart.name());
    }
    if (filling.isWhole()) {
      for (String table : filling.tablesOfClasses()) {
        dropTable(table);
      }
    }
  }

  /** Statements that give others what they may do now, by what they are about. */
  private Map<String, List<String>> rights(Filling filling) throws SQLException {
    Map<String, List<String>> rights = new TreeMap<>();
    try (PreparedStatement select =
        owner.prepareStatement(SqlFile.of("roles/kept_rights").text())) {
      select.setArray(1, owner.createArrayOf("text", filling.tables().toArray()));
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          rights.computeIfAbsent(rows.getString(1), of -> new ArrayList<>()).add(rows.getString(2));
        }
      }
    }
    return rights;
  }

  /** A view may not be there any more. */
  private void give(Map<String, List<String>> rights) throws SQLException {
    try (PreparedStatement isThere = owner.prepareStatement("SELECT to_regclass(?) IS NOT NULL")) {
      for (Map.Entry<String, List<String>> of : rights.entrySet()) {
        isThere.setString(1, of.getKey());
        try (ResultSet there = isThere.executeQuery()) {
          there.next();
          if (there.getBoolean(1)) {
            run(of.getValue());
          }
        }
      }
    }
  }

  /** Drops a mart's tables and what gold knows of it; nothing if there are none. */
  public void drop(String mart) throws SQLException {
    for (String table : tables(mart)) {
      dropTable(table);
    }
    try (PreparedStatement delete =
        owner.prepareStatement(
            "WITH gone AS (DELETE FROM gold.marts WHERE mart = ? RETURNING mart)"
                + " DELETE FROM gold.definitions USING gone WHERE definitions.mart = gone.mart")) {
      delete.setString(1, mart);
      delete.executeUpdate();
    }
  }

  private void dropTable(String table) throws SQLException {
    try {
      run(List.of(MartDdl.drop("gold", table)));
    } catch (SQLException e) {
      throw held("gold." + table, e);
    }
  }

  private Map<String, String> dropViews(MartViews own) throws SQLException {
    try {
      Map<String, String> before = own.drop();
      Migrations.dropViews(owner);
      return before;
    } catch (SQLException e) {
      throw held("the views on marts", e);
    }
  }

  /** Somebody else's view stands on something that is to go. */
  private static MedallionException held(String what, SQLException e) throws SQLException {
    if (!DEPENDENT_OBJECTS.equals(e.getSQLState())) {
      throw e;
    }
    return new MedallionException(
        ErrorCode.MART_HELD,
        what + " cannot be replaced or dropped",
        String.valueOf(e.getMessage()).replace('\n', ' '),
        "Drop these, or declare them as NAME.view.sql in a folder of gold.marts.",
        e);
  }

  private Map<String, String> layouts() throws SQLException {
    return texts("SELECT mart, layout FROM gold.marts");
  }

  private Map<String, String> texts(String sql) throws SQLException {
    Map<String, String> texts = new HashMap<>();
    try (Statement statement = owner.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        texts.put(rows.getString(1), rows.getString(2));
      }
    }
    return texts;
  }

  private void run(List<String> statements) throws SQLException {
    try (Statement statement = owner.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }
}
