package io.medallion.silver.dedup;

import io.medallion.common.event.RecordDivider;
import io.medallion.lakehouse.schema.SilverColumns;
import io.medallion.lakehouse.schema.TableDefinition;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.Platform;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * The candidates of one block of a parsed chunk, in a few bytes each, as their task sends them to
 * the driver. What every candidate is asked for lies in arrays; the rest is unpacked of the few
 * whose dedup result is in question.
 */
public final class CandidateBlock implements Serializable {
  private static final long serialVersionUID = 1;

  private static final StructType SILVER = TableDefinition.SILVER.schema();
  private static final int EVENT_ID = SILVER.fieldIndex(SilverColumns.EVENT_ID);
  private static final int EVENT_TIME = SILVER.fieldIndex(SilverColumns.EVENT_TIME);
  private static final int FINGERPRINT = SILVER.fieldIndex(SilverColumns.FINGERPRINT);
  private static final int SEQ = SILVER.fieldIndex(SilverColumns.COMMIT_SEQ);
  private static final int TOPIC = SILVER.fieldIndex(SilverColumns.TOPIC);
  private static final int PARTITION = SILVER.fieldIndex(SilverColumns.PARTITION);
  private static final int OFFSET = SILVER.fieldIndex(SilverColumns.OFFSET);
  private static final int INDEX = SILVER.fieldIndex(SilverColumns.EVENT_INDEX);

  /** Fingerprint, sequence number, place, partition, the number of the topic, the id's length. */
  private static final int FIXED_BYTES = 3 * Long.BYTES + 3 * Integer.BYTES;

  private final long number;
  private final IdentityRule rule;
  private final List<UTF8String> topics = new ArrayList<>();
  private int size;
  private int[] indexes = new int[1024];
  private long[] times = new long[1024];
  private long[] hashes = new long[1024];
  private int[] details = new int[1024];
  private byte[] bytes = new byte[1 << 16];
  private int used;

  /**
   * An empty one.
   *
   * @param number of the block that it is for
   * @param rule by which candidates are hashed
   */
  public CandidateBlock(long number, IdentityRule rule) {
    this.number = number;
    this.rule = rule;
  }

  /**
   * Adds a record that breaks no rule.
   *
   * @param index its position among the records of its partition
   * @param row silver's columns, and perhaps others behind them; not kept
   */
  public void add(int index, InternalRow row) {
    if (size == indexes.length) {
      resize(size * 2);
    }
    UTF8String id = row.getUTF8String(EVENT_ID);
    int topic = topic(row.getUTF8String(TOPIC));
    indexes[size] = index;
    times[size] = row.getLong(EVENT_TIME);
    hashes[size] = rule.hash(id, times[size]);
    details[size] = used;
    int needed = used + FIXED_BYTES + id.numBytes();
    if (needed > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(needed, bytes.length * 2));
    }
    ByteBuffer.wrap(bytes, used, FIXED_BYTES)
        .putLong(row.getLong(FINGERPRINT))
        .putLong(row.getLong(SEQ))
        .putLong(place(row))
        .putInt(row.getInt(PARTITION))
        .putInt(topic)
        .putInt(id.numBytes());
    id.writeToMemory(bytes, Platform.BYTE_ARRAY_OFFSET + used + FIXED_BYTES);
    used = needed;
    size++;
  }

  /** The topic's number in this block; there are few, and the last one's is likely. */
  private int topic(UTF8String topic) {
    for (int number = topics.size() - 1; number >= 0; number--) {
      if (topics.get(number).equals(topic)) {
        return number;
      }
    }
    topics.add(topic.clone());
    return topics.size() - 1;
  }

  /** Lets go of room for more. */
  public void trim() {
    resize(size);
    bytes = Arrays.copyOf(bytes, used);
  }

  private void resize(int length) {
    indexes = Arrays.copyOf(indexes, length);
    times = Arrays.copyOf(times, length);
    hashes = Arrays.copyOf(hashes, length);
    details = Arrays.copyOf(details, length);
  }

  /** The block of the parsed chunk whose candidates these are. */
  public long number() {
    return number;
  }

  /** How many candidates there are. */
  public int size() {
    return size;
  }

  /** The place of a candidate among the records of its block. */
  public int index(int candidate) {
    return indexes[candidate];
  }

  /** The event times, microseconds since 1970; the caller does not change them. */
  public long[] times() {
    return times;
  }

  /** The {@linkplain IdentityRule#hash hashes}; the caller does not change them. */
  long[] hashes() {
    return hashes;
  }

  /** All of a candidate. */
  Candidate get(int candidate) {
    int start = details[candidate];
    ByteBuffer fixed = ByteBuffer.wrap(bytes, start, FIXED_BYTES);
    long fingerprint = fixed.getLong();
    long seq = fixed.getLong();
    long place = fixed.getLong();
    int partition = fixed.getInt();
    String topic = topics.get(fixed.getInt()).toString();
    int idBytes = fixed.getInt();
    String id = text(start + FIXED_BYTES, idBytes);
    return new Candidate(
        new Identity(id, times[candidate]),
        fingerprint,
        seq,
        topic,
        partition,
        place / RecordDivider.MOST_EVENTS,
        (int) (place % RecordDivider.MOST_EVENTS));
  }

  /** Offset and place in the record. */
  private static long place(InternalRow row) {
    int index = row.isNullAt(INDEX) ? 0 : row.getInt(INDEX);
    return row.getLong(OFFSET) * RecordDivider.MOST_EVENTS + index;
  }

  private String text(int start, int length) {
    return new String(bytes, start, length, StandardCharsets.UTF_8);
  }
}
