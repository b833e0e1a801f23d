package io.medallion.silver;

import static org.apache.spark.sql.functions.col;

import io.medallion.lakehouse.BronzeColumns;
import io.medallion.lakehouse.LakeTable;
import io.medallion.lakehouse.TableFile;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The records that some of bronze's commits brought, wherever compaction has put them since.
 *
 * @param files that hold them, and perhaps others
 * @param after the sequence number of the commit before the first
 * @param upTo that of the last
 */
record BronzeRange(List<TableFile> files, long after, long upTo) {

  /**
   * All that a version of bronze holds of some commits.
   *
   * @param ingestedFrom the first day on which records came that are asked for
   */
  static BronzeRange of(
      LakeTable bronze, long version, LocalDate ingestedFrom, long after, long upTo) {
    List<TableFile> files =
        bronze.filesAt(version).stream()
            .filter(file -> !file.partition().isBefore(ingestedFrom))
            .toList();
    return new BronzeRange(files, after, upTo).among(after, upTo);
  }

  /** Those of its commits between two, the first excluded. */
  private BronzeRange among(long from, long to) {
    BronzeRange part = new BronzeRange(files, from, to);
    return new BronzeRange(
        files.stream().filter(file -> part.first(file) <= part.last(file)).toList(), from, to);
  }

  /**
   * Cuts it into ranges that follow each other.
   *
   * @param mostRows how many records each should have at most; a commit is never cut
   */
  List<BronzeRange> cut(long mostRows) {
    List<BronzeRange> ranges = new ArrayList<>();
    List<TableFile> open = new ArrayList<>();
    long start = after;
    long reached = after;
    for (TableFile file : files.stream().sorted(Comparator.comparingLong(this::first)).toList()) {
      if (first(file) > reached && rows(open) + file.records() > mostRows) {
        ranges.addAll(new BronzeRange(List.copyOf(open), start, reached).cutEvenly(mostRows));
        open.clear();
        start = reached;
      }
      open.add(file);
      reached = Math.max(reached, last(file));
    }
    ranges.addAll(new BronzeRange(List.copyOf(open), start, reached).cutEvenly(mostRows));
    return ranges;
  }

  /** Files of many commits are read several times rather than held in memory. */
  private List<BronzeRange> cutEvenly(long mostRows) {
    long commits = upTo - after;
    long parts = Math.min(commits, (rows(files) + mostRows - 1) / mostRows);
    return LongStream.range(0, parts)
        .mapToObj(
            part -> among(after + commits * part / parts, after + commits * (part + 1) / parts))
        .filter(range -> !range.files().isEmpty())
        .toList();
  }

  /** The least number of a commit of the range that a file may hold records of. */
  private long first(TableFile file) {
    return Math.max(after + 1, file.minLong(BronzeColumns.SEQ));
  }

  /** The greatest one. */
  private long last(TableFile file) {
    return Math.min(upTo, file.maxLong(BronzeColumns.SEQ));
  }

  private boolean holdsAllOf(TableFile file) {
    return file.minLong(BronzeColumns.SEQ) > after && file.maxLong(BronzeColumns.SEQ) <= upTo;
  }

  private static long rows(List<TableFile> files) {
    return files.stream().mapToLong(TableFile::records).sum();
  }

  /** How many records it has, about. */
  long rows() {
    return Math.round(files.stream().mapToDouble(file -> file.records() * part(file)).sum());
  }

  /** Bytes on disk of its records, about. */
  long bytes() {
    return Math.round(files.stream().mapToDouble(file -> file.size() * part(file)).sum());
  }

  /** How much of a file is of this range, if each commit brought as much. */
  private double part(TableFile file) {
    return holdsAllOf(file)
        ? 1
        : (last(file) - first(file) + 1.0)
            / (file.maxLong(BronzeColumns.SEQ) - file.minLong(BronzeColumns.SEQ) + 1.0);
  }

  /** The records. */
  Dataset<Row> records(LakeTable bronze, SparkSession session) {
    Dataset<Row> rows = bronze.rows(session, files);
    return files.stream().allMatch(this::holdsAllOf)
        ? rows
        : rows.where(col(BronzeColumns.SEQ).gt(after).and(col(BronzeColumns.SEQ).leq(upTo)));
  }
}
