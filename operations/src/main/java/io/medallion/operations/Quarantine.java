package io.medallion.operations;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count_distinct;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.substring;
import static org.apache.spark.sql.functions.unix_micros;

import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.TableState;
import io.medallion.lakehouse.schema.BronzeColumns;
import io.medallion.lakehouse.schema.QuarantineColumns;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.silver.replay.Replay;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/** What silver refused: how much of what, and each record as it came. */
public final class Quarantine {
  private static final int SAMPLE_BYTES = 200;
  private static final String REASON = "reason";

  private final Lake lake;
  private final LakeTable table;

  private Quarantine(Lake lake, LakeTable table) {
    this.lake = lake;
    this.table = table;
  }

  /**
   * The quarantine of a lake.
   *
   * @throws io.medallion.common.error.MedallionException where silver has not made it yet
   */
  public static Quarantine of(Lake lake) {
    return new Quarantine(lake, lake.table(TableDefinition.QUARANTINE).required());
  }

  /**
   * Which records are meant.
   *
   * @param from the first day of ingestion (UTC); empty for no bound
   * @param to the last one
   * @param reason a code that must be among their reasons; empty for any
   */
  public record Selection(
      Optional<LocalDate> from, Optional<LocalDate> to, Optional<String> reason) {
    /** All of them. */
    public static final Selection ALL =
        new Selection(Optional.empty(), Optional.empty(), Optional.empty());

    Column condition() {
      Column condition = Replay.everything();
      if (from.isPresent()) {
        condition = condition.and(col(BronzeColumns.INGEST_DATE).geq(from.get()));
      }
      if (to.isPresent()) {
        condition = condition.and(col(BronzeColumns.INGEST_DATE).leq(to.get()));
      }
      if (reason.isPresent()) {
        condition =
            condition.and(
                functions.exists(
                    col(QuarantineColumns.REASONS),
                    r -> r.getField(QuarantineColumns.REASON_CODE).equalTo(reason.get())));
      }
      return condition;
    }
  }

  /**
   * How many records were refused for one reason on one day. A record with several reasons counts
   * for each.
   *
   * @param day of ingestion (UTC)
   * @param code what is wrong
   * @param field with what; null if it is the record as a whole
   * @param records how many
   * @param message of the first of them
   * @param position of the first of them, as {@link #show} takes it
   * @param sample the first bytes of its value as UTF-8; null if it has none
   */
  public record Count(
      LocalDate day,
      String code,
      String field,
      long records,
      String message,
      String position,
      String sample) {}

  /**
   * One refused record.
   *
   * @param position {@code topic/partition/offset}
   * @param sourceEpoch rises with each accepted replacement of the source
   * @param seq the bronze commit that landed it
   * @param kafkaTime of the record; null if it has none
   * @param ingestedAt when bronze took it
   * @param quarantinedAt when silver refused it
   * @param rulesVersion of the rules that did
   * @param reasons all that is wrong with it
   * @param key the record's key; null if it has none
   * @param value its bytes as they came; null for a tombstone
   */
  public record Refused(
      String position,
      int sourceEpoch,
      long seq,
      Instant kafkaTime,
      Instant ingestedAt,
      Instant quarantinedAt,
      int rulesVersion,
      List<Reason> reasons,
      Bytes key,
      Bytes value) {}

  /** What is wrong with a record: a code, the field it is about (may be null), and in words. */
  public record Reason(String code, String field, String message) {}

  /** Counts by day, reason and field; the newest day and the greatest count first. */
  public List<Count> counts(Selection selection) {
    Column first =
        min(
            struct(
                col(BronzeColumns.COMMIT_SEQ),
                col(BronzeColumns.TOPIC),
                col(BronzeColumns.PARTITION),
                col(BronzeColumns.OFFSET),
                col(REASON).getField(QuarantineColumns.REASON_MESSAGE),
                substring(col(BronzeColumns.VALUE), 1, SAMPLE_BYTES)));
    Dataset<Row> counted =
        rows()
            .where(selection.condition())
            .withColumn(REASON, explode(col(QuarantineColumns.REASONS)))
            .groupBy(
                col(BronzeColumns.INGEST_DATE),
                col(REASON).getField(QuarantineColumns.REASON_CODE),
                col(REASON).getField(QuarantineColumns.REASON_FIELD))
            .agg(count_distinct(record()).as("records"), first.as("first"))
            .withColumn(BronzeColumns.INGEST_DATE, col(BronzeColumns.INGEST_DATE).cast("string"))
            .orderBy(col(BronzeColumns.INGEST_DATE).desc(), col("records").desc());
    return counted.collectAsList().stream().map(Quarantine::reasonCount).toList();
  }

  /** What tells one record from another: it may break one rule in one field twice. */
  private static Column record() {
    return struct(
        col(BronzeColumns.SOURCE_EPOCH),
        col(BronzeColumns.TOPIC),
        col(BronzeColumns.PARTITION),
        col(BronzeColumns.OFFSET));
  }

  private static Count reasonCount(Row row) {
    Row first = row.getStruct(4);
    byte[] sample = first.isNullAt(5) ? null : (byte[]) first.get(5);
    return new Count(
        LocalDate.parse(row.getString(0)),
        row.getString(1),
        row.getString(2),
        row.getLong(3),
        first.getString(4),
        position(first.getString(1), first.getInt(2), first.getLong(3)),
        sample == null ? null : new Bytes(sample).text());
  }

  /**
   * The records of a position; several where a source was replaced under its name.
   *
   * @param wanted {@code topic/partition/offset}
   * @throws MedallionException if it is no position
   */
  public List<Refused> show(String wanted) {
    int offset = wanted.lastIndexOf('/');
    int partition = wanted.lastIndexOf('/', offset - 1);
    if (partition < 0) {
      throw noPosition(wanted);
    }
    try {
      return rows()
          .where(
              col(BronzeColumns.TOPIC)
                  .equalTo(wanted.substring(0, partition))
                  .and(
                      col(BronzeColumns.PARTITION)
                          .equalTo(Integer.parseInt(wanted.substring(partition + 1, offset))))
                  .and(
                      col(BronzeColumns.OFFSET)
                          .equalTo(Long.parseLong(wanted.substring(offset + 1)))))
          .withColumn(
              BronzeColumns.KAFKA_TIMESTAMP, unix_micros(col(BronzeColumns.KAFKA_TIMESTAMP)))
          .withColumn(BronzeColumns.INGESTED_AT, unix_micros(col(BronzeColumns.INGESTED_AT)))
          .withColumn(
              QuarantineColumns.QUARANTINED_AT, unix_micros(col(QuarantineColumns.QUARANTINED_AT)))
          .collectAsList()
          .stream()
          .map(Quarantine::refused)
          .toList();
    } catch (NumberFormatException e) {
      throw noPosition(wanted);
    }
  }

  private static MedallionException noPosition(String wanted) {
    return new MedallionException(
        ErrorCode.USAGE,
        "'%s' is no position".formatted(wanted),
        "A record is known by its topic, partition and offset.",
        "Write it as `quarantine list` does, such as clickstream_events/0/4711.");
  }

  private static Refused refused(Row row) {
    List<Reason> reasons =
        row.<Row>getList(row.fieldIndex(QuarantineColumns.REASONS)).stream()
            .map(r -> new Reason(r.getString(0), r.getString(1), r.getString(2)))
            .toList();
    return new Refused(
        position(
            row.getAs(BronzeColumns.TOPIC),
            row.getAs(BronzeColumns.PARTITION),
            row.getAs(BronzeColumns.OFFSET)),
        row.getAs(BronzeColumns.SOURCE_EPOCH),
        row.getAs(BronzeColumns.COMMIT_SEQ),
        instant(row, BronzeColumns.KAFKA_TIMESTAMP),
        instant(row, BronzeColumns.INGESTED_AT),
        instant(row, QuarantineColumns.QUARANTINED_AT),
        row.getAs(QuarantineColumns.RULES_VERSION),
        reasons,
        Bytes.of(row.getAs(BronzeColumns.KEY)),
        Bytes.of(row.getAs(BronzeColumns.VALUE)));
  }

  private static Instant instant(Row row, String column) {
    Long micros = row.getAs(column);
    return micros == null ? null : Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }

  private static String position(String topic, int partition, long offset) {
    return topic + "/" + partition + "/" + offset;
  }

  /** Cut where silver stands: what lies beyond belongs to a batch that is not done. */
  private Dataset<Row> rows() {
    TableState silver = lake.table(TableDefinition.SILVER).state();
    long reached = silver.has(TableState.SEQ) ? silver.commitSeq() : Long.MAX_VALUE;
    return table
        .rowsAt(lake.session(), table.version())
        .where(col(BronzeColumns.COMMIT_SEQ).leq(reached));
  }
}
