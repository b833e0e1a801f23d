package io.medallion.operations.verify;

import io.medallion.lakehouse.schema.BronzeColumns;
import java.io.Serializable;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.spark.sql.Row;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Positions of Kafka as two numbers, which group faster than texts: the offset, and one packed of
 * epoch, topic and partition. Used by one thread.
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

  /** The same in Spark's SQL. */
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
    return "%s-%d@%d%s"
        .formatted(
            topic == 0 ? "(a topic that bronze does not know)" : topics.get(topic - 1),
            place & ((1 << PARTITION_BITS) - 1),
            row.getLong(1),
            epoch == 0 ? "" : " of epoch " + epoch);
  }
}
