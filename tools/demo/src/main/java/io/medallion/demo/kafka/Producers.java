package io.medallion.demo.kafka;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Makes the producers of the demo. */
public final class Producers {
  /** The most bytes of a batch of several records. */
  public static final int BATCH_SIZE = 128 << 10;

  private Producers() {}

  /**
   * A producer whose records are acknowledged by all replicas and never doubled by its own retries.
   *
   * @param client options of Kafka's clients; they win over our choices, except these promises
   */
  public static Producer<byte[], byte[]> idempotent(Map<String, String> client) {
    Map<String, Object> options = new HashMap<>();
    options.put(ProducerConfig.LINGER_MS_CONFIG, 5);
    options.put(ProducerConfig.BATCH_SIZE_CONFIG, BATCH_SIZE);
    options.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 32L << 20);
    options.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
    options.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 60_000);
    options.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 60_000);
    options.putAll(client);
    options.put(ProducerConfig.ACKS_CONFIG, "all");
    options.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    return new KafkaProducer<>(options, new ByteArraySerializer(), new ByteArraySerializer());
  }
}
