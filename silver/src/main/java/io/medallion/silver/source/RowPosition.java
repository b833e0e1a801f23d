package io.medallion.silver.source;

import static org.apache.spark.sql.functions.broadcast;

import io.medallion.lakehouse.schema.BronzeColumns;
import io.medallion.lakehouse.schema.TableDefinition;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/** Where a row came from in Kafka: what makes one row of bronze, and what every table keeps. */
public final class RowPosition {
  /** The one that differs most first: sorts then rarely look at another. */
  private static final List<String> NAMES =
      List.of(
          BronzeColumns.OFFSET,
          BronzeColumns.PARTITION,
          BronzeColumns.TOPIC,
          BronzeColumns.SOURCE_EPOCH);

  /** What {@link #columnsAnd} gives with the sequence number. */
  public static final StructType WITH_SEQ =
      new StructType(
          Stream.concat(NAMES.stream(), Stream.of(BronzeColumns.COMMIT_SEQ))
              .map(TableDefinition.BRONZE.schema()::apply)
              .toArray(StructField[]::new));

  /** So many positions are sent to every task rather than shuffled. */
  private static final long FEW = 500_000;

  private RowPosition() {}

  public static Column[] columns() {
    return NAMES.stream().map(functions::col).toArray(Column[]::new);
  }

  public static Column[] columnsAnd(String... more) {
    return columnsAnd(Arrays.stream(more).map(functions::col).toArray(Column[]::new));
  }

  public static Column[] columnsAnd(Column... more) {
    return Stream.concat(Arrays.stream(columns()), Arrays.stream(more)).toArray(Column[]::new);
  }

  /** Names that a join of two tables is made by. */
  static Seq<String> names() {
    return CollectionConverters.asScala(NAMES).toSeq();
  }

  /** Those of the rows whose position is among some. */
  public static Dataset<Row> among(Dataset<Row> rows, Dataset<Row> positions) {
    return rows.join(small(positions), names(), "left_semi");
  }

  /** Those of the rows whose position is not among some. */
  public static Dataset<Row> notAmong(Dataset<Row> rows, Dataset<Row> positions) {
    return rows.join(small(positions), names(), "left_anti");
  }

  private static Dataset<Row> small(Dataset<Row> positions) {
    Dataset<Row> narrow = positions.select(columns());
    return narrow.limit((int) FEW + 1).count() <= FEW ? broadcast(narrow) : narrow;
  }
}
