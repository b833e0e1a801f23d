package io.medallion.silver.source;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.lit;

import io.medallion.lakehouse.schema.BronzeColumns;
import io.medallion.lakehouse.schema.SilverColumns;
import io.medallion.lakehouse.schema.TableDefinition;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Where a row came from in Kafka: of a row of bronze its record, of one of silver or quarantine
 * also its place in a record that holds several events.
 */
public final class RowPosition {
  /** The one that differs most first: sorts then rarely look at another. */
  private static final List<String> RECORD =
      List.of(
          BronzeColumns.OFFSET,
          BronzeColumns.PARTITION,
          BronzeColumns.TOPIC,
          BronzeColumns.SOURCE_EPOCH);

  /** What {@link #columnsAnd} gives with the sequence number. */
  public static final StructType WITH_SEQ =
      new StructType(
              RECORD.stream()
                  .map(TableDefinition.BRONZE.schema()::apply)
                  .toArray(StructField[]::new))
          .add(SilverColumns.EVENT_INDEX, DataTypes.IntegerType, false)
          .add(TableDefinition.BRONZE.schema().apply(BronzeColumns.COMMIT_SEQ));

  /** Before the columns of positions in a join with rows that have the same. */
  private static final String SOUGHT = "sought_";

  /** So many positions are sent to every task rather than shuffled. */
  private static final long FEW = 500_000;

  private RowPosition() {}

  /** Of an event: an event that is a record has the place 0 in it. */
  public static Column[] columns() {
    return columnsAnd(new Column[0]);
  }

  /** The names of these, to join by. */
  public static String[] names() {
    return Stream.concat(RECORD.stream(), Stream.of(SilverColumns.EVENT_INDEX))
        .toArray(String[]::new);
  }

  public static Column[] columnsAnd(String... more) {
    return columnsAnd(Arrays.stream(more).map(functions::col).toArray(Column[]::new));
  }

  public static Column[] columnsAnd(Column... more) {
    Column index =
        coalesce(functions.col(SilverColumns.EVENT_INDEX), lit(0)).as(SilverColumns.EVENT_INDEX);
    return Stream.of(RECORD.stream().map(functions::col), Stream.of(index), Arrays.stream(more))
        .flatMap(columns -> columns)
        .toArray(Column[]::new);
  }

  /** Of a record. */
  public static Column[] recordColumns() {
    return RECORD.stream().map(functions::col).toArray(Column[]::new);
  }

  /** The names of these, to join by. */
  public static Seq<String> recordNames() {
    return CollectionConverters.asScala(RECORD).toSeq();
  }

  /** Whether rows are of events and not of records. */
  public static boolean areOfEvents(StructType rows) {
    return Arrays.asList(rows.fieldNames()).contains(SilverColumns.EVENT_INDEX);
  }

  /**
   * Those of the rows whose position is among some; of bronze's rows those of which an event's is.
   */
  public static Dataset<Row> among(Dataset<Row> rows, Dataset<Row> positions) {
    return joined(rows, positions, "left_semi");
  }

  /** Those of the rows whose position is not among some. */
  public static Dataset<Row> notAmong(Dataset<Row> rows, Dataset<Row> positions) {
    return joined(rows, positions, "left_anti");
  }

  private static Dataset<Row> joined(Dataset<Row> rows, Dataset<Row> positions, String how) {
    boolean ofEvents = areOfEvents(rows.schema());
    Dataset<Row> sought = small(ofEvents ? positions.select(columns()) : records(positions));
    Column same =
        RECORD.stream()
            .map(name -> rows.col(name).equalTo(sought.col(SOUGHT + name)))
            .reduce(Column::and)
            .orElseThrow();
    if (ofEvents) {
      same =
          same.and(
              coalesce(rows.col(SilverColumns.EVENT_INDEX), lit(0))
                  .equalTo(sought.col(SOUGHT + SilverColumns.EVENT_INDEX)));
    }
    return rows.join(sought, same, how);
  }

  private static Dataset<Row> records(Dataset<Row> positions) {
    return positions.select(recordColumns());
  }

  private static Dataset<Row> small(Dataset<Row> positions) {
    Dataset<Row> narrow =
        positions.select(
            Arrays.stream(positions.columns())
                .map(name -> functions.col(name).as(SOUGHT + name))
                .toArray(Column[]::new));
    return narrow.limit((int) FEW + 1).count() <= FEW ? broadcast(narrow) : narrow;
  }
}
