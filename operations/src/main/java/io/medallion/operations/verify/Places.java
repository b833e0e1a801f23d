package io.medallion.operations.verify;

import io.medallion.common.event.RecordDivider;
import io.medallion.lakehouse.schema.BronzeColumns;
import io.medallion.lakehouse.schema.SilverColumns;
import java.io.Serializable;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.spark.sql.Row;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Positions of events as two numbers, which group faster than texts: the offset with the event's
 * place in its record, and one packed of epoch, topic and partition. Used by one thread.
 */
final class Places implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final int PARTITION_BITS = 24;
  private static final int TOPIC_BITS = 16;

  private final List<String> topics;
  private transient UTF8String last;
  private transient long lastNumber;

  /**
   * @param topics bronze's, in the order in which it takes copies of an event from them
   */
  Places(List<String> topics) {
    this.topics = List.copyOf(topics);
  }

  /** That of a row; a topic that bronze does not know has the number 0. */
  long place(int epoch, UTF8String topic, int partition) {
    if (!topic.equals(last)) {
      last = topic.copy();
      lastNumber = topics.indexOf(last.toString()) + 1L;
    }
    return ((long) epoch << (PARTITION_BITS + TOPIC_BITS))
        + (lastNumber << PARTITION_BITS)
        + partition;
  }

  /**
   * Where in its partition an event is; of an event that is its record the first of this.
   *
   * @param index its place in a record that holds several
   */
  static long inPartition(long offset, int index) {
    return offset * RecordDivider.MOST_EVENTS + index;
  }

  /** The same in Spark's SQL. */
  static String inPartition() {
    return "(%s * %d + coalesce(%s, 0))"
        .formatted(BronzeColumns.OFFSET, RecordDivider.MOST_EVENTS, SilverColumns.EVENT_INDEX);
  }

  /** Whether it is the first event of its record, in Spark's SQL. */
  static String isFirstOfRecord() {
    return "offset %% %d = 0".formatted(RecordDivider.MOST_EVENTS);
  }

  /** The first in Spark's SQL. */
  String column() {
    String known =
        topics.stream().map("'%s'"::formatted).collect(Collectors.joining(", ", "array(", ")"));
    return "(shiftleft(cast(%s as bigint), %d) + shiftleft(cast(array_position(%s, %s) as bigint), %d) + %s)"
        .formatted(
            BronzeColumns.SOURCE_EPOCH,
            PARTITION_BITS + TOPIC_BITS,
            known,
            BronzeColumns.TOPIC,
            PARTITION_BITS,
            BronzeColumns.PARTITION);
  }

  /** As people write it, of a row that begins with place and offset. */
  String readable(Row row) {
    long place = row.getLong(0);
    int topic = (int) (place >> PARTITION_BITS) & ((1 << TOPIC_BITS) - 1);
    long epoch = place >> (PARTITION_BITS + TOPIC_BITS);
    long offset = row.getLong(1) / RecordDivider.MOST_EVENTS;
    long index = row.getLong(1) % RecordDivider.MOST_EVENTS;
    return "%s-%d@%d%s%s"
        .formatted(
            topic == 0 ? "(a topic that bronze does not know)" : topics.get(topic - 1),
            place & ((1 << PARTITION_BITS) - 1),
            offset,
            index == 0 ? "" : "#" + index,
            epoch == 0 ? "" : " of epoch " + epoch);
  }
}
