package io.medallion.bronze;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;

import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.TableCommit;
import io.medallion.lakehouse.delta.TableFile;
import io.medallion.lakehouse.delta.TableState;
import io.medallion.lakehouse.schema.BronzeColumns;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.store.TableLock;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.types.DataTypes;

/**
 * Empties bronze's records of whole days of arrival. Each keeps its place, so that positions and
 * counts stay what they are, and loses key, value and headers; whoever follows the table sees no
 * change.
 */
public final class BronzeRetention {
  /** Of a row that has lost what it held, in what is written. */
  private static final long BYTES_A_ROW = 16;

  private static final String NOTE = "retention";

  private final Lake lake;
  private final LakeTable bronze;

  /** Over a lake whose bronze table exists. */
  public BronzeRetention(Lake lake) {
    this.lake = lake;
    this.bronze = lake.table(TableDefinition.BRONZE);
  }

  /**
   * A day whose records are emptied.
   *
   * @param day on which they came (UTC)
   * @param files that hold them now
   */
  public record Day(LocalDate day, List<TableFile> files) {
    /** Copies the list. */
    public Day {
      files = List.copyOf(files);
    }

    /** How many records there are. */
    public long rows() {
      return files.stream().mapToLong(TableFile::records).sum();
    }

    /** Bytes of the files. */
    public long bytes() {
      return files.stream().mapToLong(TableFile::size).sum();
    }
  }

  /**
   * The days before another that still hold something, the oldest first. It ends before the first
   * day of which a reader has not read all.
   *
   * @param until the first day to keep
   * @param read the sequence number of the last commit that silver has read
   */
  public List<Day> before(LocalDate until, long read) {
    long version = bronze.version();
    LocalDate from = bronze.stateAt(version).keptFrom();
    Map<LocalDate, List<TableFile>> files =
        bronze.filesAt(version).stream()
            .filter(file -> !file.partition().isBefore(from) && file.partition().isBefore(until))
            .collect(
                Collectors.groupingBy(TableFile::partition, TreeMap::new, Collectors.toList()));
    List<Day> days = new ArrayList<>();
    for (Map.Entry<LocalDate, List<TableFile>> day : files.entrySet()) {
      if (!isRead(day.getValue(), read)) {
        return days;
      }
      days.add(new Day(day.getKey(), day.getValue()));
    }
    return days;
  }

  /** Asks rows of those files alone whose statistics do not tell. */
  private boolean isRead(List<TableFile> files, long read) {
    List<TableFile> others =
        files.stream().filter(file -> file.maxLong(BronzeColumns.COMMIT_SEQ) > read).toList();
    return others.isEmpty()
        || bronze
            .rows(lake.session(), others)
            .where(col(BronzeColumns.COMMIT_SEQ).gt(read))
            .isEmpty();
  }

  /**
   * Empties a day. Files are written next to the running layer, and take the place of the old ones
   * in one commit.
   *
   * @param places what stays of a value, given the number of its commit, so that its events have
   *     places of their own; null if nothing does
   * @return whether it did; not if the files have changed meanwhile
   */
  @SuppressWarnings("try") // The lock is held, not used.
  public boolean empty(SparkSession session, Day day, UDF2<byte[], Long, byte[]> places) {
    TableCommit prepared =
        bronze.prepared(
            session, emptied(bronze.rows(session, day.files()), places), day.rows() * BYTES_A_ROW);
    if (prepared.rows() != day.rows()) {
      throw new IllegalStateException(
          "%d rows of bronze became %d".formatted(day.rows(), prepared.rows()));
    }
    try (TableLock commits = lake.lockCommits(TableDefinition.BRONZE)) {
      TableCommit commit = bronze.begin(session);
      List<String> now =
          bronze.filesAt(commit.readVersion()).stream()
              .filter(file -> file.partition().equals(day.day()))
              .map(TableFile::path)
              .sorted()
              .toList();
      if (now.equals(day.files().stream().map(TableFile::path).sorted().toList())) {
        commit
            .replace(day.files(), prepared)
            .set(TableState.KEPT_FROM, day.day().plusDays(1).toEpochDay())
            .note(NOTE)
            .commit();
        return true;
      }
    }
    prepared.discard(prepared.files());
    return false;
  }

  /** What an erasure has emptied keeps its mark. */
  private static Dataset<Row> emptied(Dataset<Row> rows, UDF2<byte[], Long, byte[]> places) {
    Column isErased =
        BronzeColumns.isMarked(BronzeColumns.ERASED_HEADER).and(col(BronzeColumns.VALUE).isNull());
    return rows.withColumn(
            BronzeColumns.HEADERS,
            when(isErased, col(BronzeColumns.HEADERS))
                .otherwise(BronzeColumns.mark(BronzeColumns.PRUNED_HEADER, null)))
        .withColumn(BronzeColumns.KEY, lit(null).cast("binary"))
        .withColumn(
            BronzeColumns.VALUE,
            udf(places, DataTypes.BinaryType)
                .apply(col(BronzeColumns.VALUE), col(BronzeColumns.COMMIT_SEQ)));
  }
}
