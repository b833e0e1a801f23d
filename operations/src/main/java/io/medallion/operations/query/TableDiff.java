package io.medallion.operations.query;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.array_compact;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.when;

import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.lakehouse.Erasures;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.TableFile;
import io.medallion.lakehouse.schema.BronzeColumns;
import io.medallion.lakehouse.schema.SilverColumns;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.silver.source.RowPosition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * What changed in a table between two versions. Rows are told by their position in Kafka. Only
 * files that are in one version and not in the other are read.
 *
 * @param before the earlier version
 * @param after the later one
 * @param rowsBefore how many rows it had
 * @param rowsAfter how many it has
 * @param added rows whose position is new
 * @param removed rows whose position is gone
 * @param changed rows of the same position that say something else
 * @param rows the first of them
 */
public record TableDiff(
    long before,
    long after,
    long rowsBefore,
    long rowsAfter,
    long added,
    long removed,
    long changed,
    List<Change> rows) {
  private static final List<String> POSITION =
      List.of(
          BronzeColumns.SOURCE_EPOCH,
          BronzeColumns.TOPIC,
          BronzeColumns.PARTITION,
          BronzeColumns.OFFSET,
          SilverColumns.EVENT_INDEX);

  /** What happened to a row. */
  public enum Kind {
    ADDED,
    REMOVED,
    CHANGED
  }

  /**
   * One row.
   *
   * @param kind what happened to it
   * @param position {@code topic/partition/offset}
   * @param event its event id, where the table has one; null if not
   * @param columns those that say something else, for a changed row
   */
  public record Change(Kind kind, String position, String event, List<String> columns) {}

  /** Takes a copy of the list. */
  public TableDiff {
    rows = List.copyOf(rows);
  }

  /**
   * Between two versions of a table, in either order.
   *
   * @param name bronze, silver or quarantine
   * @param most how many rows to name
   * @throws MedallionException if there is no such table or version
   */
  public static TableDiff of(
      Lake lake, SparkSession session, String name, long one, long other, int most) {
    LakeTable table = LakeTables.named(lake, name);
    long before = Math.min(one, other);
    long after = Math.max(one, other);
    if (before < 0 || after > table.version()) {
      throw new MedallionException(
          ErrorCode.USAGE,
          "The %s table has no version %d".formatted(name, before < 0 ? before : after),
          "Its newest version is %d.".formatted(table.version()),
          "`medallion history %s` lists its versions.".formatted(name));
    }
    Erasures.requireNotBefore(lake.folder(), table.definition(), before);
    List<TableFile> old = table.filesAt(before);
    List<TableFile> now = table.filesAt(after);
    Dataset<Row> changes =
        changes(
            table.rows(session, without(old, now)), table.rows(session, without(now, old)), name);
    changes.persist();
    try {
      Map<Kind, Long> counts = new EnumMap<>(Kind.class);
      changes
          .groupBy("kind")
          .count()
          .collectAsList()
          .forEach(row -> counts.put(Kind.valueOf(row.getString(0)), row.getLong(1)));
      return new TableDiff(
          before,
          after,
          rows(old),
          rows(now),
          counts.getOrDefault(Kind.ADDED, 0L),
          counts.getOrDefault(Kind.REMOVED, 0L),
          counts.getOrDefault(Kind.CHANGED, 0L),
          first(changes, most));
    } finally {
      changes.unpersist();
    }
  }

  private static long rows(List<TableFile> files) {
    return files.stream().mapToLong(TableFile::records).sum();
  }

  private static List<TableFile> without(List<TableFile> files, List<TableFile> others) {
    Set<String> known = others.stream().map(TableFile::path).collect(Collectors.toSet());
    return files.stream().filter(file -> !known.contains(file.path())).toList();
  }

  /** The first event of a record, if the table or the row does not say which one. */
  private static Dataset<Row> ofEvents(Dataset<Row> rows) {
    Column index =
        RowPosition.areOfEvents(rows.schema()) ? col(SilverColumns.EVENT_INDEX) : lit(null);
    return rows.withColumn(
        SilverColumns.EVENT_INDEX,
        org.apache.spark.sql.functions.coalesce(index.cast("int"), lit(0)));
  }

  private static Dataset<Row> changes(Dataset<Row> before, Dataset<Row> after, String table) {
    Dataset<Row> old = ofEvents(before);
    Dataset<Row> now = ofEvents(after);
    Column same =
        POSITION.stream()
            .map(name -> col("o." + name).equalTo(col("n." + name)))
            .reduce(Column::and)
            .orElseThrow();
    List<String> said =
        Arrays.stream(now.columns()).filter(name -> !POSITION.contains(name)).toList();
    Column differing =
        array_compact(
            array(
                said.stream()
                    .map(
                        name -> when(not(col("o." + name).eqNullSafe(col("n." + name))), lit(name)))
                    .toArray(Column[]::new)));
    Column kind =
        when(col("o." + BronzeColumns.TOPIC).isNull(), lit(Kind.ADDED.name()))
            .when(col("n." + BronzeColumns.TOPIC).isNull(), lit(Kind.REMOVED.name()))
            .otherwise(lit(Kind.CHANGED.name()));
    List<Column> shown = new ArrayList<>();
    shown.add(kind.as("kind"));
    POSITION.forEach(name -> shown.add(either(name)));
    shown.add(
        table.equals(TableDefinition.SILVER.name())
            ? either(SilverColumns.EVENT_ID)
            : lit(null).cast("string").as(SilverColumns.EVENT_ID));
    shown.add(differing.as("columns"));
    return old.as("o")
        .join(now.as("n"), same, "full_outer")
        .select(shown.toArray(Column[]::new))
        .where("kind <> 'CHANGED' or size(columns) > 0");
  }

  private static Column either(String name) {
    return org.apache.spark.sql.functions.coalesce(col("n." + name), col("o." + name)).as(name);
  }

  private static List<Change> first(Dataset<Row> changes, int most) {
    return changes
        .orderBy(POSITION.stream().map(org.apache.spark.sql.functions::col).toArray(Column[]::new))
        .limit(most)
        .collectAsList()
        .stream()
        .map(
            row -> {
              Kind kind = Kind.valueOf(row.getString(0));
              return new Change(
                  kind,
                  "%s/%d/%d%s"
                      .formatted(
                          row.getString(2),
                          row.getInt(3),
                          row.getLong(4),
                          row.getInt(5) == 0 ? "" : "#" + row.getInt(5)),
                  row.getString(6),
                  kind == Kind.CHANGED ? row.getList(7) : List.of());
            })
        .toList();
  }
}
