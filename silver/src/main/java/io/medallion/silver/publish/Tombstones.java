package io.medallion.silver.publish;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;

/**
 * Takes visitors out of the enriched topic, where Kafka compacts it: a record without a value makes
 * it drop all earlier ones of that key.
 */
public final class Tombstones {
  private static final long PATIENCE_SECONDS = 30;

  private Tombstones() {}

  /**
   * Sends one for each visitor, if silver publishes and the topic is compacted. In any other topic
   * it would be one more record with the visitor's id.
   *
   * @return how many were sent
   */
  public static long send(
      SparkSession session, Configuration configuration, Collection<String> visitors) {
    String topic = configuration.get(Keys.SILVER_PUBLISH_TOPIC);
    if (visitors.isEmpty()
        || !configuration.get(Keys.SILVER_PUBLISH_ENABLED)
        || !isCompacted(configuration, topic)) {
      return 0;
    }
    session
        .createDataset(List.copyOf(visitors), Encoders.STRING())
        .select(lit(topic).as("topic"), col("value").as("key"))
        .withColumn("value", lit(null).cast("string"))
        .write()
        .format("kafka")
        .options(Publisher.options(configuration))
        .save();
    return visitors.size();
  }

  private static boolean isCompacted(Configuration configuration, String topic) {
    Map<String, Object> settings = new HashMap<>(configuration.below(Keys.KAFKA_OPTIONS));
    settings.put("bootstrap.servers", configuration.get(Keys.KAFKA_BOOTSTRAP_SERVERS));
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    try (Admin admin = Admin.create(settings)) {
      return admin
          .describeConfigs(List.of(resource))
          .all()
          .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
          .get(resource)
          .get(TopicConfig.CLEANUP_POLICY_CONFIG)
          .value()
          .contains(TopicConfig.CLEANUP_POLICY_COMPACT);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("Kafka does not tell how it cleans the topic " + topic, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
