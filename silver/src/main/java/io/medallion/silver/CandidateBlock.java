package io.medallion.silver;

import io.medallion.lakehouse.SilverColumns;
import io.medallion.lakehouse.TableDefinition;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.Platform;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * The candidates of one block of a judged chunk, in a few bytes each, as their task sends them to
 * the driver. What every candidate is asked for lies in arrays; the rest is unpacked of the few
 * whose verdict is in question.
 */
final class CandidateBlock implements Serializable {
  private static final long serialVersionUID = 1;

  private static final StructType SILVER = TableDefinition.SILVER.schema();
  private static final int EVENT_ID = SILVER.fieldIndex(SilverColumns.EVENT_ID);
  private static final int EVENT_TIME = SILVER.fieldIndex(SilverColumns.EVENT_TIME);
  private static final int FINGERPRINT = SILVER.fieldIndex(SilverColumns.FINGERPRINT);

  /** Fingerprint, sequence number, offset, partition, and the lengths of topic and id. */
  private static final int FIXED_BYTES = 3 * Long.BYTES + 3 * Integer.BYTES;

  private final int number;
  private final Remarks remarks = new Remarks();
  private int size;
  private int[] indexes = new int[1024];
  private long[] times = new long[1024];
  private long[] hashes = new long[1024];
  private int[] details = new int[1024];
  private byte[] bytes = new byte[1 << 16];
  private int used;

  /** An empty one, for the partition of that number. */
  CandidateBlock(int number) {
    this.number = number;
  }

  /** Notes a record that breaks a rule. */
  void refused(InternalRow row) {
    remarks.refused(row);
  }

  /**
   * Takes in one that breaks none.
   *
   * @param index its place among the records of its block
   */
  void good(int index, InternalRow row) {
    remarks.good(row);
    if (size == indexes.length) {
      resize(size * 2);
    }
    UTF8String id = row.getUTF8String(EVENT_ID);
    UTF8String topic = row.getUTF8String(JudgedColumns.TOPIC);
    indexes[size] = index;
    times[size] = row.getLong(EVENT_TIME);
    hashes[size] = Identity.hash(id, times[size]);
    details[size] = used;
    int needed = used + FIXED_BYTES + topic.numBytes() + id.numBytes();
    if (needed > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(needed, bytes.length * 2));
    }
    ByteBuffer.wrap(bytes, used, FIXED_BYTES)
        .putLong(row.getLong(FINGERPRINT))
        .putLong(row.getLong(JudgedColumns.SEQ))
        .putLong(row.getLong(JudgedColumns.OFFSET))
        .putInt(row.getInt(JudgedColumns.PARTITION))
        .putInt(topic.numBytes())
        .putInt(id.numBytes());
    topic.writeToMemory(bytes, Platform.BYTE_ARRAY_OFFSET + used + FIXED_BYTES);
    id.writeToMemory(bytes, Platform.BYTE_ARRAY_OFFSET + used + FIXED_BYTES + topic.numBytes());
    used = needed;
    size++;
  }

  /** Lets go of room for more. */
  void trim() {
    resize(size);
    bytes = Arrays.copyOf(bytes, used);
  }

  private void resize(int length) {
    indexes = Arrays.copyOf(indexes, length);
    times = Arrays.copyOf(times, length);
    hashes = Arrays.copyOf(hashes, length);
    details = Arrays.copyOf(details, length);
  }

  /** The block of the judged chunk whose candidates these are. */
  int number() {
    return number;
  }

  Remarks remarks() {
    return remarks;
  }

  /** How many candidates there are. */
  int size() {
    return size;
  }

  /** The place of a candidate among the records of its block. */
  int index(int candidate) {
    return indexes[candidate];
  }

  /** The event times, microseconds since 1970; the caller does not change them. */
  long[] times() {
    return times;
  }

  /** The {@linkplain Identity#hash hashes}; the caller does not change them. */
  long[] hashes() {
    return hashes;
  }

  /** All of a candidate. */
  Candidate get(int candidate) {
    int start = details[candidate];
    ByteBuffer fixed = ByteBuffer.wrap(bytes, start, FIXED_BYTES);
    long fingerprint = fixed.getLong();
    long seq = fixed.getLong();
    long offset = fixed.getLong();
    int partition = fixed.getInt();
    int topicBytes = fixed.getInt();
    int idBytes = fixed.getInt();
    String topic = text(start + FIXED_BYTES, topicBytes);
    String id = text(start + FIXED_BYTES + topicBytes, idBytes);
    return new Candidate(
        new Identity(id, times[candidate]), fingerprint, seq, topic, partition, offset);
  }

  private String text(int start, int length) {
    return new String(bytes, start, length, StandardCharsets.UTF_8);
  }
}
