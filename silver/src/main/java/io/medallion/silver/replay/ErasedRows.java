package io.medallion.silver.replay;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_set;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;

import io.medallion.common.event.AnonymizedBytes;
import io.medallion.common.event.RecordDivider;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.TableCommit;
import io.medallion.lakehouse.delta.TableFile;
import io.medallion.lakehouse.schema.BronzeColumns;
import io.medallion.lakehouse.schema.SilverColumns;
import io.medallion.silver.source.RecordDivision;
import io.medallion.silver.source.RowPosition;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.api.java.UDF3;
import org.apache.spark.sql.types.DataTypes;
import scala.collection.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The files of a table that hold rows of some positions, and what takes their place.
 *
 * @param table which
 * @param files the files, of one version
 * @param positions of the rows
 */
record ErasedRows(LakeTable table, List<TableFile> files, Dataset<Row> positions) {
  private static final String PARTS = "parts";
  private static final String HEADERS = BronzeColumns.HEADERS;

  /** The rows. */
  Dataset<Row> rows(SparkSession session) {
    return files.isEmpty()
        ? table.rowsAt(session, table.version()).limit(0)
        : RowPosition.among(table.rows(session, files), positions);
  }

  /** How many there are, by the table's day. */
  SortedMap<LocalDate, Long> days(SparkSession session) {
    SortedMap<LocalDate, Long> days = new TreeMap<>();
    if (!files.isEmpty()) {
      rows(session)
          .groupBy(col(table.definition().partitionColumn()).cast("string"))
          .count()
          .collectAsList()
          .forEach(row -> days.put(LocalDate.parse(row.getString(0)), row.getLong(1)));
    }
    return days;
  }

  /** Whether a version still has all of the files. */
  boolean areIn(List<TableFile> version) {
    List<String> paths = version.stream().map(TableFile::path).toList();
    return files.stream().allMatch(file -> paths.contains(file.path()));
  }

  /** Writes the files without the rows; nobody sees them before they are committed. */
  TableCommit without(SparkSession session) {
    return written(session, RowPosition.notAmong(table.rows(session, files), positions));
  }

  /** Writes the files with others in the place of the rows. */
  TableCommit with(SparkSession session, Dataset<Row> others) {
    return written(
        session,
        RowPosition.notAmong(table.rows(session, files), positions).unionByName(others, true));
  }

  /**
   * Writes bronze's files with the rows of kept events holding these; a record of several events
   * keeps the others. What retention has emptied stays empty.
   */
  TableCommit anonymized(SparkSession session, KeptEvents kept, RecordDivision division) {
    Dataset<Row> all = table.rows(session, files);
    Column isPruned = BronzeColumns.isMarked(BronzeColumns.PRUNED_HEADER);
    UDF2<byte[], Seq<Row>, byte[]> with =
        (value, parts) -> with(value, CollectionConverters.asJava(parts), division);
    Dataset<Row> made =
        all.where(isPruned.unary_$bang())
            .join(kept.byRecord(), RowPosition.recordNames())
            .withColumn(
                BronzeColumns.VALUE,
                udf(with, DataTypes.BinaryType).apply(col(BronzeColumns.VALUE), KeptEvents.parts()))
            .drop(PARTS);
    Dataset<Row> others =
        RowPosition.notAmong(all, positions)
            .unionByName(RowPosition.among(all, positions).where(isPruned));
    return written(
        session,
        others.unionByName(
            emptied(
                made,
                KeptEvents.mark(kept.erasure()),
                isNobodys(division, col(BronzeColumns.VALUE)))));
  }

  /** A record with others in the place of some of its events. */
  private static byte[] with(byte[] value, List<Row> parts, RecordDivision division) {
    Map<Integer, byte[]> others = new HashMap<>();
    for (Row part : parts) {
      if (part.isNullAt(1)) {
        return part.getAs(2);
      }
      others.put(part.getInt(0), part.getAs(2));
    }
    byte[] made = new RecordDivider(division.rules()).replaced(value, others::get);
    if (made == null) {
      throw new IllegalStateException("a record that held several events cannot be divided");
    }
    return made;
  }

  /** Whether nothing in a record is anybody's who is known. */
  private static Column isNobodys(RecordDivision division, Column value) {
    UDF1<byte[], Boolean> isNobodys =
        bytes ->
            bytes == null
                || AnonymizedBytes.areIn(bytes)
                || (division.rules().isDeclared()
                    && new RecordDivider(division.rules()).areAllNobodys(bytes));
    return udf(isNobodys, DataTypes.BooleanType).apply(value);
  }

  /**
   * Writes the files with the rows emptied of what they hold; one that holds several events keeps
   * those that are not meant.
   */
  TableCommit emptied(SparkSession session, String erasure, RecordDivision division) {
    Dataset<Row> all = table.rows(session, files);
    Dataset<Row> emptied =
        division.rules().isDeclared()
            ? withoutParts(all, erasure, division)
            : emptied(rows(session), erased(erasure), lit(true))
                .withColumn(BronzeColumns.VALUE, lit(null).cast(DataTypes.BinaryType));
    return written(session, RowPosition.notAmong(all, positions).unionByName(emptied.drop(PARTS)));
  }

  private static Column erased(String erasure) {
    return BronzeColumns.mark(
        BronzeColumns.ERASED_HEADER, erasure.getBytes(StandardCharsets.UTF_8));
  }

  private static Dataset<Row> emptied(Dataset<Row> rows, Column mark, Column whole) {
    Column none = lit(null).cast(DataTypes.BinaryType);
    return rows.withColumn(HEADERS, when(whole, mark).otherwise(col(HEADERS)))
        .withColumn(BronzeColumns.KEY, when(whole, none).otherwise(col(BronzeColumns.KEY)));
  }

  private Dataset<Row> withoutParts(Dataset<Row> all, String erasure, RecordDivision division) {
    Dataset<Row> parts =
        positions
            .groupBy(RowPosition.recordColumns())
            .agg(collect_set(SilverColumns.EVENT_INDEX).as(PARTS));
    UDF3<byte[], Long, Seq<Integer>, byte[]> without =
        (value, seq, indexes) ->
            value == null || indexes.isEmpty() || !division.concerns(seq)
                ? null
                : new RecordDivider(division.rules())
                    .without(value, Set.copyOf(CollectionConverters.asJava(indexes))::contains);
    UDF1<byte[], Boolean> isAnonymized =
        value -> value != null && new RecordDivider(division.rules()).hasAnonymized(value);
    Dataset<Row> left =
        all.join(parts, RowPosition.recordNames())
            .withColumn(
                BronzeColumns.VALUE,
                udf(without, DataTypes.BinaryType)
                    .apply(col(BronzeColumns.VALUE), col(BronzeColumns.COMMIT_SEQ), col(PARTS)));
    Column isWhole = isNobodys(division, col(BronzeColumns.VALUE));
    // What retention has emptied keeps the places of its events, and its mark.
    Column isPruned = BronzeColumns.isMarked(BronzeColumns.PRUNED_HEADER);
    return emptied(
        left,
        when(
                udf(isAnonymized, DataTypes.BooleanType).apply(col(BronzeColumns.VALUE)),
                KeptEvents.mark(erasure))
            .otherwise(erased(erasure)),
        isWhole.and(isPruned.and(col(BronzeColumns.VALUE).isNotNull()).unary_$bang()));
  }

  private TableCommit written(SparkSession session, Dataset<Row> rows) {
    return table.prepared(session, rows, files.stream().mapToLong(TableFile::size).sum());
  }

  /** How many rows the files have. */
  long records() {
    return files.stream().mapToLong(TableFile::records).sum();
  }
}
