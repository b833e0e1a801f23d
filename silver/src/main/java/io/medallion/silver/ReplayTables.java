package io.medallion.silver;

import static org.apache.spark.sql.functions.col;

import io.medallion.lakehouse.BronzeColumns;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.LakeTable;
import io.medallion.lakehouse.Mode;
import io.medallion.lakehouse.QuarantineColumns;
import io.medallion.lakehouse.RowRdd;
import io.medallion.lakehouse.SilverColumns;
import io.medallion.lakehouse.TableDefinition;
import java.time.LocalDate;
import java.util.List;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
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

  private final Judging judging;
  private final Mode mode;
  private final SparkSession session;
  private final long mostRows;
  private final LakeTable bronze;
  private final LakeTable silver;
  private final LakeTable quarantine;
  private final LongAccumulator judged;

  /**
   * Those of a lake.
   *
   * @param mode in which the session works
   * @param mostRows how many records are judged at once
   */
  ReplayTables(Lake lake, Judging judging, Mode mode, SparkSession session, long mostRows) {
    this.judging = judging;
    this.mode = mode;
    this.session = session;
    this.mostRows = mostRows;
    this.bronze = lake.table(TableDefinition.BRONZE).required();
    this.silver = lake.table(TableDefinition.SILVER).required();
    this.quarantine = lake.table(TableDefinition.QUARANTINE).required();
    this.judged = session.sparkContext().longAccumulator("records judged again");
  }

  /** How many records were judged so far, those counted twice that were judged twice. */
  long judgedSoFar() {
    return judged.value();
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
    return upTo(bronze.rowsAt(session, bronze.version()), cut);
  }

  /**
   * Bronze's records that silver has read by a cut and may be events of some days.
   *
   * @param version of bronze, the newest where empty
   * @param ingestedFrom the first day on which they came
   * @param after the sequence number of the last commit that is not looked at
   */
  BronzeRange range(OptionalLong version, LocalDate ingestedFrom, long after, SilverState cut) {
    return BronzeRange.of(
        bronze, version.orElseGet(bronze::version), ingestedFrom, after, cut.position().seq());
  }

  /** Parts of a range, in the order of its commits, each as large as what is judged at once. */
  List<BronzeRange> cut(BronzeRange range) {
    return range.cut(mostRows, this::rowsByCommit);
  }

  private SortedMap<Long, Long> rowsByCommit(BronzeRange range) {
    SortedMap<Long, Long> rows = new TreeMap<>();
    records(range)
        .groupBy(BronzeColumns.SEQ)
        .count()
        .collectAsList()
        .forEach(row -> rows.put(row.getLong(0), row.getLong(1)));
    return rows;
  }

  /** The records of a range, as bronze has them. */
  Dataset<Row> records(BronzeRange range) {
    return range.records(bronze, session);
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

  /** The records of a range judged by today's rules, kept; the caller closes it. */
  JudgedChunk judged(BronzeRange range) {
    JudgedChunk chunk = JudgedChunk.of(judging, records(range), session, mode);
    judged.add(chunk.size());
    return chunk;
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
    Column[] wanted = java.util.Arrays.copyOf(Contest.columns(), Contest.columns().length + 1);
    wanted[wanted.length - 1] = col(QuarantineColumns.REASONS).isNull().as(GOOD);
    return judged.select(wanted).persist(StorageLevel.DISK_ONLY());
  }

  static Column onDays(SortedSet<LocalDate> days) {
    return col(SilverColumns.EVENT_DATE).isin(days.toArray());
  }
}
