package io.medallion.silver;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.xxhash64;

import io.medallion.lakehouse.BronzeColumns;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.LakeTable;
import io.medallion.lakehouse.QuarantineColumns;
import io.medallion.lakehouse.RowRdd;
import io.medallion.lakehouse.SilverColumns;
import io.medallion.lakehouse.TableDefinition;
import io.medallion.lakehouse.TableFile;
import java.time.LocalDate;
import java.util.SortedSet;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.LongAccumulator;

/** What a replay reads: the tables as of one cut, and records judged by today's rules. */
final class ReplayTables {
  /**
   * So many days before an event day its records may have been ingested: {@code silver.max-ahead}
   * is less than one, and clocks differ.
   */
  static final int DAYS_AHEAD = 2;

  /** Whether a record breaks no rule. */
  static final String GOOD = "good";

  /** A hash over every column of a silver row: equal rows have equal ones. */
  static final String CONTENT = "content";

  private final Judging judging;
  private final SparkSession session;
  private final LakeTable bronze;
  private final LakeTable silver;
  private final LakeTable quarantine;
  private final LongAccumulator judged;

  ReplayTables(Lake lake, Judging judging, SparkSession session) {
    this.judging = judging;
    this.session = session;
    this.bronze = lake.table(TableDefinition.BRONZE).required();
    this.silver = lake.table(TableDefinition.SILVER).required();
    this.quarantine = lake.table(TableDefinition.QUARANTINE).required();
    this.judged = session.sparkContext().longAccumulator("records judged again");
  }

  /** How many records were judged so far, those counted twice that were judged twice. */
  long judgedSoFar() {
    return judged.value();
  }

  /** How many records bronze holds that were ingested on a day or later. */
  long recordsSince(LocalDate ingestDate) {
    return bronze.filesAt(bronze.version()).stream()
        .filter(file -> !file.partition().isBefore(ingestDate))
        .mapToLong(TableFile::records)
        .sum();
  }

  LakeTable silver() {
    return silver;
  }

  LakeTable quarantine() {
    return quarantine;
  }

  SparkSession session() {
    return session;
  }

  /** Silver as it stands now. */
  SilverState cut() {
    return SilverState.of(silver, bronze.id());
  }

  /** Bronze's rows that silver has read by a cut, as of the newest version of bronze. */
  Dataset<Row> bronze(SilverState cut) {
    return bronzeAt(bronze.version(), cut);
  }

  /** The same as of a version of bronze. */
  Dataset<Row> bronzeAt(long version, SilverState cut) {
    return upTo(bronze.rowsAt(session, version), cut);
  }

  Dataset<Row> silver(SilverState cut) {
    return silver.rowsAt(session, cut.version());
  }

  /** Quarantine cut where silver stands: what lies beyond belongs to a batch that is not done. */
  Dataset<Row> quarantine(SilverState cut) {
    return upTo(quarantine.rowsAt(session, quarantine.version()), cut);
  }

  private static Dataset<Row> upTo(Dataset<Row> rows, SilverState cut) {
    return rows.where(col(BronzeColumns.SEQ).leq(cut.position().seq()));
  }

  /** Records judged by today's rules, with every column; computed again each time it is read. */
  Dataset<Row> judged(Dataset<Row> records) {
    LongAccumulator count = judged;
    JavaRDD<InternalRow> counted =
        judging
            .judge(records)
            .map(
                row -> {
                  count.add(1);
                  return row;
                });
    return RowRdd.dataset(session, counted, JudgedColumns.SCHEMA);
  }

  /**
   * The same, as little of it as verdicts need, kept on disk; the caller gives it back by {@code
   * unpersist}.
   */
  static Dataset<Row> verdictColumns(Dataset<Row> judged) {
    Column[] wanted = java.util.Arrays.copyOf(Contest.columns(), Contest.columns().length + 2);
    wanted[wanted.length - 2] = col(QuarantineColumns.REASONS).isNull().as(GOOD);
    wanted[wanted.length - 1] = content();
    return judged.select(wanted).persist(StorageLevel.DISK_ONLY());
  }

  /** Silver's rows in the shape of {@link #verdictColumns}. */
  static Dataset<Row> verdictColumnsOfSilver(Dataset<Row> rows) {
    Column[] wanted = java.util.Arrays.copyOf(Contest.columns(), Contest.columns().length + 2);
    wanted[wanted.length - 2] = lit(true).as(GOOD);
    wanted[wanted.length - 1] = content();
    return rows.select(wanted);
  }

  private static Column content() {
    return xxhash64(TableDefinition.SILVER.columns()).as(CONTENT);
  }

  static Column onDays(SortedSet<LocalDate> days) {
    return col(SilverColumns.EVENT_DATE).isin(days.toArray());
  }
}
