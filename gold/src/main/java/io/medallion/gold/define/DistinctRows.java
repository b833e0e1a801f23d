package io.medallion.gold.define;

import io.medallion.gold.define.MartAggregation.DistinctOutputs;
import io.medallion.gold.mart.EventFilter;
import io.medallion.gold.mart.Key;
import io.medallion.gold.mart.Windows;
import io.medallion.gold.measure.ValueType;
import io.medallion.gold.postgres.CopyBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.unsafe.types.UTF8String;

/** Of each distinct value the windows that it is in, as bits. */
final class DistinctRows extends PartialRows {
  private static final long ALL_WINDOWS = (1L << MartTable.WINDOWS_PER_SET) - 1;

  private final DistinctOutputs outputs;
  private final Map<Object, UUID> hashes = new HashMap<>();
  private final Map<GroupKey, Map<UUID, long[]>> groups = new HashMap<>();
  private UUID value;
  private final Key.Hasher hasher = new Key.Hasher();
  private long pendingBucket;
  private long pending;
  private int size;

  DistinctRows(Pass pass, DistinctOutputs outputs) {
    super(pass);
    this.outputs = outputs;
  }

  @Override
  void begin(InternalRow row, InternalRow inputs) {
    InternalRow from = plain[outputs.value()] < 0 ? inputs : row;
    int ordinal = plain[outputs.value()] < 0 ? outputs.value() : plain[outputs.value()];
    value =
        isTrue(inputs, outputs.condition()) && !from.isNullAt(ordinal) ? hash(from, ordinal) : null;
  }

  private UUID hash(InternalRow from, int ordinal) {
    boolean text = outputs.type().kind() == ValueType.Kind.TEXT;
    Object probe =
        text ? from.getUTF8String(ordinal) : outputs.type().get(from, ordinal, outputs.sparkType());
    UUID known = hashes.get(probe);
    if (known == null) {
      known =
          hasher.hash(
              text
                  ? ((UTF8String) probe).getBytes()
                  : outputs.type().text(probe).getBytes(StandardCharsets.UTF_8));
      hashes.put(text ? ((UTF8String) probe).copy() : probe, known);
    }
    return known;
  }

  /** Windows of one bucket follow each other: their bits are set at once. */
  @Override
  void addAt(InternalRow inputs, long time, EventFilter windows) {
    if (value == null) {
      return;
    }
    pending = 0;
    TimeKey key = aggregation.time();
    if (windows instanceof EventFilter.All && key.kind() == TimeKey.Kind.WINDOW) {
      long last = Windows.start(time - key.offset(), key.slide()) + key.offset();
      addAll(last - key.size() + key.slide(), last);
    } else {
      super.addAt(inputs, time, windows);
      flush();
    }
  }

  /** The windows that start from one time to another. */
  private void addAll(long first, long last) {
    long slide = aggregation.time().slide();
    long bucket = bucketOf(last);
    while (true) {
      long from = Math.max(first, bucket);
      long until = Math.min(last, bucket + outputs.bucket() - slide);
      int count = (int) ((until - from) / slide) + 1;
      long bits = count == MartTable.WINDOWS_PER_SET ? ALL_WINDOWS : (1L << count) - 1;
      pendingBucket = bucket;
      pending = bits << ((from - bucket) / slide);
      flush();
      if (bucket <= first) {
        return;
      }
      bucket -= outputs.bucket();
    }
  }

  private long bucketOf(long start) {
    return Math.floorDiv(start - aggregation.time().offset(), outputs.bucket()) * outputs.bucket()
        + aggregation.time().offset();
  }

  @Override
  void add(InternalRow inputs, long start) {
    long bucket = outputs.bucket() == 0 ? start : bucketOf(start);
    if (pending != 0 && bucket != pendingBucket) {
      flush();
    }
    pendingBucket = bucket;
    pending |= outputs.bucket() == 0 ? 1 : 1L << ((start - bucket) / aggregation.time().slide());
  }

  private void flush() {
    if (pending == 0) {
      return;
    }
    key.at(pendingBucket);
    Map<UUID, long[]> values = groups.get(key);
    if (values == null) {
      values = new HashMap<>();
      groups.put(key.kept(), values);
    }
    long[] bits = values.get(value);
    if (bits == null) {
      values.put(value, new long[] {pending});
      size++;
    } else {
      bits[0] |= pending;
    }
    pending = 0;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public void drainTo(CopyBuffer buffer) {
    int fields = aggregation.keys().size() + 3;
    groups.forEach(
        (group, values) ->
            values.forEach(
                (hash, bits) -> {
                  buffer.row(fields).time(group.start());
                  writeKeys(buffer, group);
                  buffer.uuid(hash).bigint(bits[0]);
                }));
    groups.clear();
    hashes.clear();
    size = 0;
  }
}
