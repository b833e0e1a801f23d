package io.medallion.demo.ingest;

import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.demo.kafka.Producers;
import io.medallion.demo.services.KafkaTopics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;

/**
 * Sends records to Kafka. One that is too large for the broker is told of; the first that does not
 * arrive for another reason ends the ingest.
 */
final class KafkaIngestSink implements IngestSink {
  /** What Kafka adds to a record of one event: key, header, batch. */
  private static final int ROOM = 64 << 10;

  private final Producer<byte[], byte[]> producer;
  private final String topic;
  private final LongAdder acknowledged = new LongAdder();
  private final Queue<Refusal> refused = new ConcurrentLinkedQueue<>();
  private final AtomicReference<Exception> failure = new AtomicReference<>();

  /**
   * @throws MedallionException if the cluster does not answer or has no such topic
   */
  KafkaIngestSink(IngestSettings settings) {
    KafkaTopics.partitions(settings.kafka(), settings.topic());
    this.topic = settings.topic();
    this.producer = Producers.idempotent(options(settings));
  }

  /**
   * What silver takes the producer does not refuse. The broker has a limit of its own, and by that
   * it validates batches: where one were refused as a whole, no record of it could be named.
   */
  private static Map<String, String> options(IngestSettings settings) {
    Map<String, String> options = new HashMap<>(settings.kafka());
    int largest = Math.max(1 << 20, Math.addExact(settings.rules().maxEventBytes(), ROOM));
    options.putIfAbsent(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Integer.toString(largest));
    KafkaTopics.largestBatch(settings.kafka(), settings.topic())
        .ifPresent(
            bytes ->
                options.putIfAbsent(
                    ProducerConfig.BATCH_SIZE_CONFIG,
                    Integer.toString(Math.min(Producers.BATCH_SIZE, bytes / 2))));
    return options;
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // The callback hears of everything.
  public void send(Outgoing record) {
    check();
    long line = record.line();
    try {
      producer.send(
          new ProducerRecord<>(topic, record.key(), record.value()),
          (metadata, exception) -> answered(line, exception));
    } catch (KafkaException e) {
      failure.compareAndSet(null, e);
      check();
    }
  }

  private void answered(long line, Exception exception) {
    if (exception == null) {
      acknowledged.increment();
    } else if (exception instanceof RecordTooLargeException) {
      refused.add(
          new Refusal(line, "the broker refuses it as too large: " + exception.getMessage()));
    } else {
      failure.compareAndSet(null, exception);
    }
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
  public List<Refusal> refused() {
    List<Refusal> drained = new ArrayList<>();
    for (Refusal next = refused.poll(); next != null; next = refused.poll()) {
      drained.add(next);
    }
    return drained;
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
