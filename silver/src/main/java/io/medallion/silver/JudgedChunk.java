package io.medallion.silver;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;

import io.medallion.common.event.ReasonCode;
import io.medallion.lakehouse.BronzeColumns;
import io.medallion.lakehouse.LakeTable;
import io.medallion.lakehouse.Mode;
import io.medallion.silver.BronzeHistory.Position;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.storage.StorageLevel;

/**
 * The judged records of one chunk, kept while verdicts are found and rows are written, so that each
 * is parsed once.
 */
final class JudgedChunk implements AutoCloseable {
  private static final int SEQ = Judging.COLUMNS.indexOf(BronzeColumns.SEQ);
  private static final int TOPIC = Judging.COLUMNS.indexOf(BronzeColumns.TOPIC);
  private static final int PARTITION = Judging.COLUMNS.indexOf(BronzeColumns.PARTITION);
  private static final int OFFSET = Judging.COLUMNS.indexOf(BronzeColumns.OFFSET);

  /**
   * Judged, a chunk takes five times the bytes of its files. Two of them and the files that are
   * made of one fit into a heap so many times as large as the files of one: of a backlog of usual
   * events not into a live layer's 1 GiB, which holds one at a time.
   */
  private static final int HEAP_FOR_TWO = 30;

  private final Dataset<Row> bronze;
  private final SparkSession session;
  private final JavaRDD<InternalRow> records;
  private final JavaRDD<JudgedBlock> judged;
  private final Candidates good;
  private final Remarks remarks = new Remarks();

  private JudgedChunk(Judging judging, Dataset<Row> bronze, SparkSession session, Mode mode) {
    this.bronze = bronze;
    this.session = session;
    this.records = mode.gathered(Judging.records(bronze));
    this.judged = judging.blocks(records).persist(StorageLevel.MEMORY_AND_DISK());
    List<CandidateBlock> blocks = kept();
    this.good = Candidates.of(blocks);
    blocks.forEach(block -> remarks.add(block.remarks()));
  }

  /** Lets go of what is kept if not all of it comes to be. */
  private List<CandidateBlock> kept() {
    try {
      return judged.map(JudgedBlock::candidates).collect();
    } catch (Throwable e) { // Spark throws checked ones that nobody declares.
      close();
      throw e;
    }
  }

  /** Judges a chunk of bronze. */
  static JudgedChunk of(Judging judging, Dataset<Row> bronze, SparkSession session, Mode mode) {
    return new JudgedChunk(judging, bronze, session, mode);
  }

  /**
   * Whether the heap holds two chunks, so that one can be judged while another is written.
   *
   * @param bytes of the files of the larger one
   */
  static boolean twoFit(long bytes) {
    return bytes <= Runtime.getRuntime().maxMemory() / HEAP_FOR_TWO;
  }

  /** How many records were judged. */
  long size() {
    return good.numbers().cardinality()
        + refused().values().stream().mapToLong(Long::longValue).sum();
  }

  /** How many records of the chunk break a rule, by the first that they break. */
  Map<ReasonCode, Long> refused() {
    return remarks.firstReasons();
  }

  /** How many of the others, copies among them, reached Kafka late. */
  long late() {
    return remarks.late();
  }

  /** How many records each reason was given for; one that has several counts for each. */
  Map<String, Long> reasons(Verdicts verdicts) {
    Map<String, Long> all = new HashMap<>();
    remarks.reasons().forEach((code, records) -> all.put(code.name(), records));
    if (!verdicts.conflicts().isEmpty()) {
      all.put(ReasonCode.ID_CONFLICT.name(), (long) verdicts.conflicts().size());
    }
    return all;
  }

  /**
   * The records that break no rule and were not put into quarantine by a run that a crash cut
   * short.
   */
  Candidates candidates(Set<String> decided) {
    return decided.isEmpty() ? good : good.without(c -> decided.contains(position(c)));
  }

  /**
   * The records of this chunk that are in quarantine already. There are some only after a crash
   * between quarantine's commit and silver's.
   *
   * @param after the position from which silver goes on
   */
  Set<String> decidedBefore(LakeTable quarantine, Position after) {
    Set<String> inChunk = new HashSet<>(positions(bronze));
    Dataset<Row> ahead =
        quarantine
            .rowsAt(session, quarantine.version())
            .where(col(BronzeColumns.SEQ).gt(after.seq()));
    Set<String> decided = new HashSet<>(positions(ahead));
    decided.retainAll(inChunk);
    return decided;
  }

  private static List<String> positions(Dataset<Row> rows) {
    return rows.select(position()).collectAsList().stream().map(row -> row.getString(0)).toList();
  }

  /**
   * The rows to add to silver, by event time, so that a file's range of times is as small as it can
   * be.
   */
  JavaRDD<InternalRow> events(Verdicts verdicts) {
    return rows(verdicts.events());
  }

  /** The copies of events, as rows of {@link JudgedColumns#SCHEMA}. */
  JavaRDD<InternalRow> duplicates(Verdicts verdicts) {
    return rows(verdicts.duplicates());
  }

  private JavaRDD<InternalRow> rows(BitSet candidates) {
    Map<Integer, BitSet> kept = good.places(candidates);
    return judged.flatMap(block -> block.events(kept.get(block.candidates().number())));
  }

  /**
   * The rows to add to quarantine: what breaks a rule, and what claims another event's identity.
   */
  JavaRDD<InternalRow> refusals(Verdicts verdicts, Set<String> decided) {
    long now = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    QuarantineRows.Maker refused = QuarantineRows.ofJudged(now);
    JavaRDD<InternalRow> rows =
        judged
            .flatMap(JudgedBlock::refused)
            .filter(row -> decided.isEmpty() || !decided.contains(position(row)))
            .mapPartitions(refused::rows, true);
    return verdicts.conflicts().isEmpty() ? rows : rows.union(conflicts(verdicts, now));
  }

  /**
   * A conflicting record passed its rules, so that its bytes were not kept: they are read again.
   */
  private JavaRDD<InternalRow> conflicts(Verdicts verdicts, long now) {
    QuarantineRows.Maker conflicting = QuarantineRows.ofConflicting(now);
    long[] offsets = verdicts.conflicts().stream().mapToLong(Candidate::offset).sorted().toArray();
    Set<String> positions =
        verdicts.conflicts().stream().map(JudgedChunk::position).collect(Collectors.toSet());
    return records
        .filter(
            record ->
                Arrays.binarySearch(offsets, record.getLong(OFFSET)) >= 0
                    && positions.contains(
                        position(
                            record.getLong(SEQ),
                            record.getUTF8String(TOPIC).toString(),
                            record.getInt(PARTITION),
                            record.getLong(OFFSET))))
        .mapPartitions(conflicting::rows, true);
  }

  private static String position(InternalRow judged) {
    return position(
        judged.getLong(JudgedColumns.SEQ),
        judged.getUTF8String(JudgedColumns.TOPIC).toString(),
        judged.getInt(JudgedColumns.PARTITION),
        judged.getLong(JudgedColumns.OFFSET));
  }

  private static String position(Candidate c) {
    return position(c.seq(), c.topic(), c.partition(), c.offset());
  }

  private static String position(long seq, String topic, int partition, long offset) {
    return seq + "/" + topic + "/" + partition + "/" + offset;
  }

  private static Column position() {
    return concat_ws(
        "/",
        col(BronzeColumns.SEQ).cast("string"),
        col(BronzeColumns.TOPIC),
        col(BronzeColumns.PARTITION).cast("string"),
        col(BronzeColumns.OFFSET).cast("string"));
  }

  @Override
  public void close() {
    judged.unpersist(false);
  }
}
