package io.medallion.silver.parse;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.lit;

import io.medallion.common.contract.Contract;
import io.medallion.common.event.ReasonCode;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.schema.BronzeColumns;
import io.medallion.lakehouse.schema.SilverColumns;
import io.medallion.lakehouse.session.BatchProfile;
import io.medallion.lakehouse.session.Workers;
import io.medallion.lakehouse.spark.InternalRowDatasets;
import io.medallion.silver.dedup.Candidate;
import io.medallion.silver.dedup.Candidates;
import io.medallion.silver.dedup.DedupResult;
import io.medallion.silver.source.BronzeHistory.Position;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.storage.StorageLevel;

/**
 * The parsed records of one chunk, kept while dedup results are found and rows are written, so that
 * each is parsed once.
 */
public final class ParsedBatch implements AutoCloseable {
  private static final int SEQ = SilverTransform.COLUMNS.indexOf(BronzeColumns.COMMIT_SEQ);
  private static final int TOPIC = SilverTransform.COLUMNS.indexOf(BronzeColumns.TOPIC);
  private static final int PARTITION = SilverTransform.COLUMNS.indexOf(BronzeColumns.PARTITION);
  private static final int OFFSET = SilverTransform.COLUMNS.indexOf(BronzeColumns.OFFSET);

  /**
   * Judged, a chunk takes five times the bytes of its files. Two of them and the files that are
   * made of one fit into a heap so many times as large as the files of one: of a backlog of usual
   * events not into a live layer's 1 GiB, which holds one at a time.
   */
  private static final int HEAP_FOR_TWO = 30;

  /** What the driver's heap has to have for each record of a chunk if there are two of them. */
  private static final int DRIVER_BYTES_FOR_TWO = 600;

  private final SilverTransform transform;
  private final Dataset<Row> bronze;
  private final SparkSession session;
  private final boolean scanFellBack;
  private final JavaRDD<InternalRow> records;
  private final JavaRDD<ParsedBlock> parsed;
  private final Candidates good;
  private final ParseStatistics statistics = new ParseStatistics();

  private ParsedBatch(
      SilverTransform transform, Dataset<Row> bronze, SparkSession session, BatchProfile mode) {
    this.transform = transform;
    this.bronze = bronze;
    this.session = session;
    Dataset<Row> read = SilverTransform.read(bronze);
    this.scanFellBack = InternalRowDatasets.scanFallsBack(read);
    this.records =
        transform.divided(mode.gathered(InternalRowDatasets.ofFiles(read)), read.schema());
    this.parsed = transform.blocks(records).persist(StorageLevel.MEMORY_AND_DISK());
    List<ParsedBlock.Summary> summaries = summaries();
    this.good = Candidates.of(summaries.stream().map(ParsedBlock.Summary::candidates).toList());
    summaries.forEach(summary -> statistics.add(summary.statistics()));
  }

  /** Lets go of what is kept if not all of it comes to be. */
  private List<ParsedBlock.Summary> summaries() {
    try {
      return parsed.map(ParsedBlock::summary).collect();
    } catch (Throwable e) { // Spark throws checked ones that nobody declares.
      close();
      throw e;
    }
  }

  /** Validates a chunk of bronze. */
  public static ParsedBatch of(
      SilverTransform transform, Dataset<Row> bronze, SparkSession session, BatchProfile mode) {
    return new ParsedBatch(transform, bronze, session, mode);
  }

  /**
   * Whether two chunks fit into memory, so that one can be validated while another is written: rows
   * where they are worked on, which may be a cluster, and what decides about them into the driver.
   *
   * @param bytes of the files of the larger one
   * @param records of the larger one
   */
  public static boolean twoFit(SparkSession session, long bytes, long records) {
    return bytes <= Workers.heapBytes(session) / HEAP_FOR_TWO
        && records <= Runtime.getRuntime().maxMemory() / DRIVER_BYTES_FOR_TWO;
  }

  /** How many records were validated. */
  public long records() {
    return statistics.records();
  }

  /** How many events they hold. */
  public long size() {
    return good.numbers().cardinality()
        + refused().values().stream().mapToLong(Long::longValue).sum();
  }

  /** Whether bronze's columns were copied into rows where they should be taken as they are read. */
  public boolean scanFellBack() {
    return scanFellBack;
  }

  /** How many records of the chunk break a rule, by the first that they break. */
  public Map<ReasonCode, Long> refused() {
    return statistics.firstReasons();
  }

  /** How many of the others, copies among them, reached Kafka late. */
  public long late() {
    return statistics.late();
  }

  /** How many records each reason was given for; one that has several counts for each. */
  public Map<String, Long> reasons(DedupResult deduplicated) {
    Map<String, Long> all = new HashMap<>();
    statistics.reasons().forEach((code, records) -> all.put(code.name(), records));
    if (!deduplicated.conflicts().isEmpty()) {
      all.put(ReasonCode.ID_CONFLICT.name(), (long) deduplicated.conflicts().size());
    }
    return all;
  }

  /**
   * The records that break no rule and were not put into quarantine by a run that a crash cut
   * short.
   */
  public Candidates candidates(Set<String> decided) {
    return decided.isEmpty() ? good : good.without(c -> decided.contains(position(c)));
  }

  /**
   * The positions of this chunk's events that are in quarantine already. There are some only after
   * a crash between quarantine's commit and silver's.
   *
   * @param after the position from which silver goes on
   */
  public Set<String> decidedBefore(LakeTable quarantine, Position after) {
    Set<String> inChunk = new HashSet<>(positions(bronze));
    Dataset<Row> ahead =
        quarantine
            .rowsAt(session, quarantine.version())
            .where(col(BronzeColumns.COMMIT_SEQ).gt(after.seq()));
    Set<String> decided = new HashSet<>();
    Column index = coalesce(col(SilverColumns.EVENT_INDEX), lit(0)).cast("string");
    for (Row row : ahead.select(position(), concat_ws("/", position(), index)).collectAsList()) {
      if (inChunk.contains(row.getString(0))) {
        decided.add(row.getString(1));
      }
    }
    return decided;
  }

  private static List<String> positions(Dataset<Row> records) {
    return records.select(position()).collectAsList().stream()
        .map(row -> row.getString(0))
        .toList();
  }

  /**
   * The rows to add to silver, by event time, so that a file's range of times is as small as it can
   * be, and in few partitions of each day.
   */
  public JavaRDD<InternalRow> events(DedupResult deduplicated) {
    Map<Long, BitSet> kept = good.places(deduplicated.events());
    FilePlan files = FilePlan.of(groups(deduplicated.events()), Workers.cores(session));
    JavaRDD<InternalRow> staying =
        parsed.mapPartitions(
            blocks -> {
              List<RowsByTime.Run> runs = new ArrayList<>();
              blocks.forEachRemaining(
                  block -> {
                    int partition = ParsedBlock.partition(block.number());
                    runs.add(
                        block.byTime(kept.get(block.number()), day -> files.stays(partition, day)));
                  });
              return RowsByTime.of(runs);
            },
            true);
    return files.tasks() == 0 ? staying : staying.union(moved(kept, files));
  }

  private List<FilePlan.Group> groups(BitSet events) {
    Map<Integer, Map<Integer, Long>> byPartition = new HashMap<>();
    good.byDay(
        events,
        (block, day, rows) ->
            byPartition
                .computeIfAbsent(ParsedBlock.partition(block), partition -> new HashMap<>())
                .merge(day, rows, Long::sum));
    List<FilePlan.Group> groups = new ArrayList<>();
    byPartition.forEach(
        (partition, days) ->
            days.forEach((day, rows) -> groups.add(new FilePlan.Group(partition, day, rows))));
    return groups;
  }

  private JavaRDD<InternalRow> moved(Map<Long, BitSet> kept, FilePlan files) {
    return parsed
        .flatMapToPair(block -> block.moving(kept.get(block.number()), files))
        .partitionBy(new HashPartitioner(files.tasks()))
        .mapPartitions(
            parts -> {
              List<RowsByTime.Run> runs = new ArrayList<>();
              parts.forEachRemaining(part -> runs.add(part._2().byTime()));
              return RowsByTime.of(runs);
            });
  }

  /** The copies of events, as parsed records. */
  public JavaRDD<InternalRow> duplicates(DedupResult deduplicated) {
    return rows(deduplicated.duplicates());
  }

  /**
   * How many of the rows to add to silver bear each flag. Looks at them again only if some bear one
   * and not all candidates become rows.
   */
  public Map<String, Long> flags(DedupResult deduplicated) {
    if (statistics.flags().isEmpty()
        || deduplicated.events().cardinality() == good.numbers().cardinality()) {
      return statistics.flags();
    }
    Map<String, Long> flags = new HashMap<>();
    rows(deduplicated.events())
        .mapPartitions(
            rows -> {
              Map<String, Long> some = new HashMap<>();
              rows.forEachRemaining(row -> ParseStatistics.addFlags(row, some));
              return List.of(some).iterator();
            })
        .collect()
        .forEach(some -> some.forEach((flag, count) -> flags.merge(flag, count, Long::sum)));
    return flags;
  }

  private JavaRDD<InternalRow> rows(BitSet candidates) {
    Map<Long, BitSet> kept = good.places(candidates);
    return parsed.flatMap(block -> block.byTime(kept.get(block.number()), day -> true).rows());
  }

  /**
   * The rows to add to quarantine: what breaks a rule, and what claims another event's identity.
   */
  public JavaRDD<InternalRow> refusals(DedupResult deduplicated, Set<String> decided) {
    long now = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    Contract contract = transform.rules().contract();
    QuarantineRows.Maker refused = QuarantineRows.ofParsed(transform.schema(), now);
    JavaRDD<InternalRow> rows =
        parsed
            .flatMap(ParsedBlock::refused)
            .filter(row -> decided.isEmpty() || !decided.contains(position(row)))
            .mapPartitions(refused::rows, true);
    return deduplicated.conflicts().isEmpty()
        ? rows
        : rows.union(conflicts(deduplicated, contract, now));
  }

  /**
   * A conflicting record passed its rules, so that its bytes were not kept: they are read again.
   */
  private JavaRDD<InternalRow> conflicts(DedupResult deduplicated, Contract contract, long now) {
    QuarantineRows.Maker conflicting =
        QuarantineRows.ofConflicting(contract, transform.dividedColumns(), now);
    long[] offsets =
        deduplicated.conflicts().stream().mapToLong(Candidate::offset).sorted().toArray();
    Set<String> positions =
        deduplicated.conflicts().stream().map(ParsedBatch::position).collect(Collectors.toSet());
    return records
        .filter(
            record ->
                Arrays.binarySearch(offsets, record.getLong(OFFSET)) >= 0
                    && positions.contains(
                        position(
                            record.getLong(SEQ),
                            record.getUTF8String(TOPIC).toString(),
                            record.getInt(PARTITION),
                            record.getLong(OFFSET),
                            RecordTransformer.indexOrFirst(record))))
        .mapPartitions(conflicting::rows, true);
  }

  private static String position(InternalRow parsed) {
    return position(
        parsed.getLong(ParsedSchema.SEQ),
        parsed.getUTF8String(ParsedSchema.TOPIC).toString(),
        parsed.getInt(ParsedSchema.PARTITION),
        parsed.getLong(ParsedSchema.OFFSET),
        parsed.isNullAt(ParsedSchema.INDEX) ? 0 : parsed.getInt(ParsedSchema.INDEX));
  }

  private static String position(Candidate c) {
    return position(c.seq(), c.topic(), c.partition(), c.offset(), c.index());
  }

  private static String position(long seq, String topic, int partition, long offset, int index) {
    return seq + "/" + topic + "/" + partition + "/" + offset + "/" + index;
  }

  /** Of a record. */
  private static Column position() {
    return concat_ws(
        "/",
        col(BronzeColumns.COMMIT_SEQ).cast("string"),
        col(BronzeColumns.TOPIC),
        col(BronzeColumns.PARTITION).cast("string"),
        col(BronzeColumns.OFFSET).cast("string"));
  }

  @Override
  public void close() {
    parsed.unpersist(false);
  }
}
