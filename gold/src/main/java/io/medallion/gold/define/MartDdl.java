package io.medallion.gold.define;

import io.medallion.gold.define.MartDefinition.Output;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The statements that make and drop the tables of a declared mart. */
public final class MartDdl {
  private static final String STAGING =
      ", stage uuid DEFAULT current_setting('medallion.stage')::uuid"
          + ", attempt bigint DEFAULT current_setting('medallion.attempt')::bigint"
          + ", staged_at timestamptz DEFAULT now())";

  /** Merges update rows; their new versions find room in the same page. */
  private static final String STORAGE =
      " WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02,"
          + " autovacuum_analyze_scale_factor = 0.02)";

  /** Each event changes a row of a set, or of a session. */
  private static final String EACH_EVENT =
      " WITH (fillfactor = 45, autovacuum_vacuum_scale_factor = 0.02,"
          + " autovacuum_analyze_scale_factor = 0.02)";

  /** No row is ever changed. */
  private static final String ONCE =
      " WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02)";

  /** The comment of a column that nobody selected. */
  static final String STATE = "State for merging";

  private final MartTable table;
  private final MartDefinition definition;

  /**
   * Of a mart.
   *
   * @param schema where its tables are
   */
  public MartDdl(MartDefinition definition, String schema) {
    this.definition = definition;
    this.table = new MartTable(definition, schema);
  }

  /** The names of its tables without their schema, that of the mart first. */
  public List<String> tables() {
    return Stream.concat(Stream.of(definition.name()), sets().stream().map(DistinctSets::relation))
        .toList();
  }

  private List<DistinctSets> sets() {
    return definition.distincts().stream().map(column -> new DistinctSets(table, column)).toList();
  }

  /** The tables, those for staging, and comments. */
  public List<String> create() {
    List<String> statements = new ArrayList<>();
    statements.add(
        "CREATE TABLE %s (%s, PRIMARY KEY (%s))%s"
            .formatted(
                table.name(),
                table.columns().stream()
                    .map(MartTable.Column::ddl)
                    .collect(Collectors.joining(", ")),
                Names.list(table.keys()),
                storage()));
    statements.addAll(indexes(table.name(), table.keys()));
    statements.addAll(timeIndex());
    definition
        .file()
        .index()
        .map(column -> "CREATE INDEX ON %s (%s)".formatted(table.name(), Names.quoted(column)))
        .ifPresent(statements::add);
    for (DistinctSets set : sets()) {
      statements.add(
          "CREATE TABLE %s (%s, PRIMARY KEY (%s))%s"
              .formatted(
                  set.setsTable(), set.columnsDdl(), Names.list(set.indexKeys()), EACH_EVENT));
      statements.addAll(indexes(set.setsTable(), set.indexKeys()));
      statements.addAll(comments(set));
    }
    statements.addAll(staging());
    statements.addAll(comments());
    return statements;
  }

  private String storage() {
    boolean onlyKeys = table.stateNames().isEmpty() && definition.distincts().isEmpty();
    return table.isSessions() ? EACH_EVENT : onlyKeys ? ONCE : STORAGE;
  }

  /** Rows of a time are found where the primary key begins with the visitor. */
  private List<String> timeIndex() {
    String index = "CREATE INDEX ON %s (%s)";
    // Rows come in the order of time, nearly: ranges of pages do, which cost next to nothing.
    String brin = "CREATE INDEX ON %s USING brin (%s) WITH (autosummarize = on)";
    return definition.start().stream()
        .filter(start -> table.isSessions() || table.isByVisitor())
        .map(
            start ->
                (table.isSessions() ? index : brin)
                    .formatted(table.name(), Names.quoted(start.name())))
        .toList();
  }

  /** The rows of a visitor are found wherever they are. */
  private List<String> indexes(String of, List<String> primaryKey) {
    List<String> indexes = new ArrayList<>();
    for (String visitor : VisitorUse.of(definition).keys()) {
      if (!visitor.equals(primaryKey.get(0))) {
        List<String> rest = primaryKey.stream().filter(key -> !key.equals(visitor)).toList();
        indexes.add(
            "CREATE INDEX ON %s (%s, %s)".formatted(of, Names.quoted(visitor), Names.list(rest)));
      }
    }
    return indexes;
  }

  private List<String> comments(DistinctSets set) {
    List<String> statements = new ArrayList<>();
    String of = "COLUMN " + set.setsTable() + ".";
    statements.add(
        comment(
            "TABLE " + set.setsTable(),
            "The distinct values behind gold.%s: which windows of a bucket each is in"
                .formatted(definition.name())));
    statements.add(comment(of + "bucket", "Start of the bucket's first window"));
    definition
        .keys()
        .forEach(
            key ->
                statements.add(
                    comment(of + Names.quoted(key.name()), "As in gold." + definition.name())));
    statements.add(comment(of + "value", "The first 128 bits of the SHA-256 of the value"));
    statements.add(
        comment(
            of + "windows",
            "Bit n is set if the value is in the window that starts n windows after the bucket"));
    return statements;
  }

  /** Those for staging, in the place of those of an earlier definition. */
  private List<String> staging() {
    List<String> statements = new ArrayList<>();
    statements.add(drop("gold_staging", definition.name()));
    statements.add(
        "CREATE UNLOGGED TABLE gold_staging.%s (%s%s"
            .formatted(
                Names.quoted(definition.name()),
                Stream.concat(
                        table.keyColumns().stream()
                            .map(key -> Names.quoted(key.name()) + " " + key.type().postgres()),
                        definition.measures().stream()
                            .flatMap(
                                m ->
                                    java.util.stream.IntStream.range(0, m.stateNames().size())
                                        .mapToObj(
                                            i ->
                                                Names.quoted(m.stateNames().get(i))
                                                    + " "
                                                    + m.measure()
                                                        .state()
                                                        .get(i)
                                                        .type()
                                                        .postgres())))
                    .collect(Collectors.joining(", ")),
                STAGING));
    for (DistinctSets set : sets()) {
      statements.add(drop("gold_staging", set.relation()));
      statements.add(
          "CREATE UNLOGGED TABLE gold_staging.%s (%s%s"
              .formatted(Names.quoted(set.relation()), set.columnsDdl(), STAGING));
    }
    return statements;
  }

  /** What the file says of the table and its columns. */
  public List<String> comments() {
    List<String> statements = new ArrayList<>();
    statements.add(comment("TABLE " + table.name(), definition.file().comment()));
    for (MartTable.Column column : table.columns()) {
      boolean selected =
          definition.columns().stream().map(Output::name).anyMatch(column.name()::equals);
      statements.add(
          comment(
              "COLUMN %s.%s".formatted(table.name(), Names.quoted(column.name())),
              definition.comments().getOrDefault(column.name(), selected ? "" : STATE)));
    }
    return statements;
  }

  private static String comment(String of, String text) {
    return "COMMENT ON %s IS '%s'".formatted(of, text.replace("'", "''"));
  }

  /** Drops a table, if it is there. */
  public static String drop(String schema, String table) {
    return "DROP TABLE IF EXISTS %s.%s".formatted(schema, Names.quoted(table));
  }

  /** Distinguishes tables of other columns. */
  public String layout() {
    String columns =
        table.columns().stream().map(MartTable.Column::ddl).collect(Collectors.joining(","))
            + table.keys()
            + sets().stream().map(DistinctSets::columnsDdl).collect(Collectors.joining(","));
    return UUID.nameUUIDFromBytes(columns.getBytes(StandardCharsets.UTF_8)).toString();
  }
}
