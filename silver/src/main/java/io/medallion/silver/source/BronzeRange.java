package io.medallion.silver.source;

import static org.apache.spark.sql.functions.col;

import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.TableFile;
import io.medallion.lakehouse.schema.BronzeColumns;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.function.Function;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The records that some of bronze's commits brought, wherever compaction has put them since.
 *
 * @param files that hold them, and perhaps others
 * @param after the sequence number of the commit before the first
 * @param upTo that of the last
 * @param rows how many records there are, or at most so many
 */
public record BronzeRange(List<TableFile> files, long after, long upTo, long rows) {

  /**
   * All that a version of bronze holds of some commits.
   *
   * @param ingestedFrom the first day on which records came that are asked for
   */
  public static BronzeRange of(
      LakeTable bronze, long version, LocalDate ingestedFrom, long after, long upTo) {
    return of(
        bronze.filesAt(version).stream()
            .filter(file -> !file.partition().isBefore(ingestedFrom))
            .toList(),
        after,
        upTo);
  }

  /** What some files hold of some commits. */
  public static BronzeRange of(List<TableFile> files, long after, long upTo) {
    List<TableFile> own =
        files.stream().filter(file -> first(file, after) <= last(file, upTo)).toList();
    return new BronzeRange(own, after, upTo, rows(own));
  }

  /**
   * Cuts it into ranges that follow each other, none of them empty.
   *
   * @param mostRows how many records each should have at most; a commit is never cut
   * @param byCommit counts the records of a range by the sequence number of their commit; asked
   *     where files hold more commits than a range may
   */
  public List<BronzeRange> cut(
      long mostRows, Function<BronzeRange, SortedMap<Long, Long>> byCommit) {
    List<BronzeRange> ranges = new ArrayList<>();
    List<TableFile> open = new ArrayList<>();
    long start = after;
    long reached = after;
    for (TableFile file :
        files.stream().sorted(Comparator.comparingLong(f -> first(f, after))).toList()) {
      if (first(file, after) > reached && rows(open) + file.records() > mostRows) {
        ranges.addAll(of(open, start, reached).cutInside(mostRows, byCommit));
        open.clear();
        start = reached;
      }
      open.add(file);
      reached = Math.max(reached, last(file, upTo));
    }
    ranges.addAll(of(open, start, reached).cutInside(mostRows, byCommit));
    return ranges;
  }

  /** Files of many commits are read several times rather than held in memory. */
  private List<BronzeRange> cutInside(
      long mostRows, Function<BronzeRange, SortedMap<Long, Long>> byCommit) {
    if (files.isEmpty() || rows <= mostRows || upTo - after == 1) {
      return files.isEmpty() ? List.of() : List.of(this);
    }
    List<BronzeRange> ranges = new ArrayList<>();
    long start = after;
    long reached = after;
    long open = 0;
    for (var commit : byCommit.apply(this).entrySet()) {
      if (open > 0 && open + commit.getValue() > mostRows) {
        ranges.add(part(start, reached, open));
        start = reached;
        open = 0;
      }
      open += commit.getValue();
      reached = commit.getKey();
    }
    if (open > 0) {
      ranges.add(part(start, reached, open));
    }
    return ranges;
  }

  private BronzeRange part(long from, long to, long records) {
    return new BronzeRange(of(files, from, to).files, from, to, records);
  }

  /** The least number of a commit behind another that a file may hold records of. */
  private static long first(TableFile file, long after) {
    return Math.max(after + 1, file.minLong(BronzeColumns.COMMIT_SEQ));
  }

  /** The greatest one up to another. */
  private static long last(TableFile file, long upTo) {
    return Math.min(upTo, file.maxLong(BronzeColumns.COMMIT_SEQ));
  }

  private static long rows(List<TableFile> files) {
    return files.stream().mapToLong(TableFile::records).sum();
  }

  /** Bytes on disk of its records, if all records of its files are of like size. */
  public long bytes() {
    long all = files.stream().mapToLong(TableFile::size).sum();
    long records = rows(files);
    return records <= rows ? all : Math.round((double) all * rows / records);
  }

  /** The records. */
  public Dataset<Row> records(LakeTable bronze, SparkSession session) {
    Dataset<Row> records = bronze.rows(session, files);
    return files.stream()
            .allMatch(
                file ->
                    file.minLong(BronzeColumns.COMMIT_SEQ) > after
                        && file.maxLong(BronzeColumns.COMMIT_SEQ) <= upTo)
        ? records
        : records.where(
            col(BronzeColumns.COMMIT_SEQ).gt(after).and(col(BronzeColumns.COMMIT_SEQ).leq(upTo)));
  }
}
