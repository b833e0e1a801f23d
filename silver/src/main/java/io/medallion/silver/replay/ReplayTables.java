package io.medallion.silver.replay;

import static org.apache.spark.sql.functions.col;

import io.medallion.common.contract.Contract;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.schema.BronzeColumns;
import io.medallion.lakehouse.schema.SilverColumns;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.session.BatchProfile;
import io.medallion.lakehouse.spark.InternalRowDatasets;
import io.medallion.silver.parse.ParsedBatch;
import io.medallion.silver.parse.SilverTransform;
import io.medallion.silver.source.BronzeRange;
import io.medallion.silver.source.SilverState;
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
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.LongAccumulator;

/** What a replay reads: the tables as of one cut, and records judged by today's rules. */
final class ReplayTables {
  /**
   * So many days before an event day its records may have been ingested: {@code
   * silver.max-future-skew} is less than one, and clocks differ.
   */
  static final int DAYS_AHEAD = 2;

  private final SilverTransform transform;
  private final BatchProfile mode;
  private final SparkSession session;
  private final long mostRows;
  private final LakeTable bronze;
  private final LakeTable silver;
  private final LakeTable quarantine;
  private final LongAccumulator parsed;

  /**
   * Those of a lake.
   *
   * @param mode in which the session works
   * @param mostRows how many records are validated at once
   */
  ReplayTables(
      Lake lake,
      SilverTransform transform,
      BatchProfile mode,
      SparkSession session,
      long mostRows) {
    this.transform = transform;
    this.mode = mode;
    this.session = session;
    this.mostRows = mostRows;
    this.bronze = lake.table(TableDefinition.BRONZE).required();
    this.silver = lake.table(transform.silver()).requiredWhole();
    this.quarantine = lake.table(TableDefinition.QUARANTINE).requiredWhole();
    this.parsed = session.sparkContext().longAccumulator("records judged again");
  }

  /** How many records were validated so far, those counted twice that were validated twice. */
  long parsedSoFar() {
    return parsed.value();
  }

  /** How many records are validated at once, and so how many memory is meant to hold. */
  long mostRows() {
    return mostRows;
  }

  LakeTable silver() {
    return silver;
  }

  /** The columns of a parsed record. */
  StructType schema() {
    return transform.schema().schema();
  }

  /** Silver's columns, to select them. */
  Column[] columns() {
    return silver.definition().columns();
  }

  /** The user's contract. */
  Contract contract() {
    return transform.rules().contract();
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

  /** Parts of a range, in the order of its commits, each as large as what is validated at once. */
  List<BronzeRange> cut(BronzeRange range) {
    return range.cut(mostRows, this::rowsByCommit);
  }

  private SortedMap<Long, Long> rowsByCommit(BronzeRange range) {
    SortedMap<Long, Long> rows = new TreeMap<>();
    records(range)
        .groupBy(BronzeColumns.COMMIT_SEQ)
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
    return quarantine
        .rowsAt(session, quarantine.version())
        .where(col(BronzeColumns.COMMIT_SEQ).leq(cut.position().seq()));
  }

  /** The records of a range judged by today's rules, kept; the caller closes it. */
  ParsedBatch parsed(BronzeRange range) {
    ParsedBatch chunk = ParsedBatch.of(transform, records(range), session, mode);
    parsed.add(chunk.size());
    return chunk;
  }

  /** Records judged by today's rules, with every column; computed again each time it is read. */
  Dataset<Row> parsed(Dataset<Row> records) {
    LongAccumulator count = parsed;
    JavaRDD<InternalRow> counted =
        transform
            .apply(records)
            .map(
                row -> {
                  count.add(1);
                  return row;
                });
    return InternalRowDatasets.dataset(session, counted, schema());
  }

  static Column onDays(SortedSet<LocalDate> days) {
    return col(SilverColumns.EVENT_DATE).isin(days.toArray());
  }
}
