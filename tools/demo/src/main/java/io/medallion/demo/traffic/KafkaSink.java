package io.medallion.demo.traffic;

import io.medallion.demo.kafka.Producers;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.utils.Utils;

/** Sends records to Kafka with a producer of its own, idempotent and acknowledged by all. */
final class KafkaSink implements EventSink {
  private final Producer<byte[], byte[]> producer;
  private final String topic;
  private final int partitions;
  private final LongAdder acknowledged = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final Callback counting =
      (metadata, exception) -> (exception == null ? acknowledged : failed).increment();

  KafkaSink(Map<String, String> client, String topic, int partitions) {
    this.producer = Producers.idempotent(client);
    this.topic = topic;
    this.partitions = partitions;
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // The callback hears of everything.
  public void send(byte[] key, byte[] value, boolean elsewhere) {
    producer.send(
        elsewhere
            ? new ProducerRecord<>(topic, next(key), key, value)
            : new ProducerRecord<>(topic, key, value),
        counting);
  }

  @Override
  public long acknowledged() {
    return acknowledged.sum();
  }

  @Override
  public long failed() {
    return failed.sum();
  }

  @Override
  public void flush() {
    producer.flush();
  }

  @Override
  public void close() {
    producer.close();
  }

  /** The partition after the one that the key's hash names. */
  private int next(byte[] key) {
    return (Utils.toPositive(Utils.murmur2(key)) % partitions + 1) % partitions;
  }
}
