package io.medallion.bronze;

import static io.medallion.lakehouse.schema.TableDefinition.BRONZE;

import io.medallion.common.event.UtcDay;
import io.medallion.lakehouse.schema.BronzeColumns;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.sql.catalyst.InternalRow;

/**
 * What a commit gives each of its rows: its number, when it was taken, and what tells the rows of
 * an earlier cluster or topic from those of today's. The columns are written over in place.
 *
 * @param seq the commit's number
 * @param takenMicros when the batch was taken, microseconds since 1970
 * @param epochs of the topics that have one other than 0
 */
record CommitColumns(long seq, long takenMicros, Map<String, Integer> epochs)
    implements Function<InternalRow, InternalRow> {
  private static final int SOURCE_EPOCH = field(BronzeColumns.SOURCE_EPOCH);
  private static final int TOPIC = field(BronzeColumns.TOPIC);
  private static final int SEQ = field(BronzeColumns.COMMIT_SEQ);
  private static final int INGESTED_AT = field(BronzeColumns.INGESTED_AT);
  private static final int INGEST_DATE = field(BronzeColumns.INGEST_DATE);

  /** The stamp of a commit that is made now. */
  static CommitColumns now(long seq, Map<String, Integer> epochs) {
    return new CommitColumns(seq, ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now()), epochs);
  }

  private static int field(String column) {
    return BRONZE.schema().fieldIndex(column);
  }

  @Override
  public InternalRow call(InternalRow row) {
    row.setLong(SEQ, seq);
    row.setLong(INGESTED_AT, takenMicros);
    row.setInt(INGEST_DATE, UtcDay.of(takenMicros));
    if (!epochs.isEmpty()) {
      row.setInt(SOURCE_EPOCH, epochs.getOrDefault(row.getUTF8String(TOPIC).toString(), 0));
    }
    return row;
  }
}
