package io.medallion.demo.ingest;

import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.demo.kafka.Producers;
import io.medallion.demo.services.KafkaTopics;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Sends records to Kafka; the first that does not arrive ends the ingest. */
final class KafkaIngestSink implements IngestSink {
  private final Producer<byte[], byte[]> producer;
  private final String topic;
  private final LongAdder acknowledged = new LongAdder();
  private final AtomicReference<Exception> failure = new AtomicReference<>();
  private final Callback counting =
      (metadata, exception) -> {
        if (exception == null) {
          acknowledged.increment();
        } else {
          failure.compareAndSet(null, exception);
        }
      };

  /**
   * @throws MedallionException where the cluster does not answer or has no such topic
   */
  KafkaIngestSink(IngestSettings settings) {
    KafkaTopics.partitions(settings.kafka(), settings.topic());
    this.topic = settings.topic();
    this.producer = Producers.idempotent(settings.kafka());
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // The callback hears of everything.
  public void send(byte[] key, byte[] value) {
    check();
    producer.send(new ProducerRecord<>(topic, key, value), counting);
  }

  @Override
  public void flush() {
    producer.flush();
    check();
  }

  @Override
  public long acknowledged() {
    return acknowledged.sum();
  }

  @Override
  public void close() {
    producer.close();
  }

  private void check() {
    Exception first = failure.get();
    if (first != null) {
      throw new MedallionException(
          ErrorCode.KAFKA_UNREACHABLE,
          "The broker did not take every record for topic " + topic,
          first.toString(),
          "Look at the broker, then ingest the file again: ids are the same, nothing counts twice.",
          first);
    }
  }
}
