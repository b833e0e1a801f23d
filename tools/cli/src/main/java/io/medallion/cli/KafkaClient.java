package io.medallion.cli;

import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import java.util.HashMap;
import java.util.Map;

/** Options of Kafka's own clients from the settings. */
final class KafkaClient {
  private KafkaClient() {}

  static Map<String, String> options(Configuration configuration) {
    Map<String, String> options = new HashMap<>(configuration.below(Keys.KAFKA_OPTIONS));
    options.put("bootstrap.servers", configuration.get(Keys.KAFKA_BOOTSTRAP_SERVERS));
    return options;
  }
}
