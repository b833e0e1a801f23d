package io.medallion.demo.services;

import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * What the demo asks a cluster about its topics. Each call gives up after 30 seconds.
 *
 * <p>{@code client} is always options of Kafka's clients, {@code bootstrap.servers} among them.
 */
public final class KafkaTopics {
  private static final int LIMIT_MILLIS = 30_000;

  /** A question to a cluster. */
  private interface Question<T> {
    T ask(Admin admin) throws ExecutionException, InterruptedException;
  }

  private KafkaTopics() {}

  /**
   * Creates a topic if it is missing, with Kafka time by the broker and no retention limit, and
   * waits until the brokers know it: the controller answers before they do, and a topic just
   * deleted would still be shown for a moment under the same name.
   *
   * @throws MedallionException if the cluster does not answer or refuses
   */
  public static void create(Map<String, String> client, String topic, int partitions) {
    NewTopic fresh =
        new NewTopic(topic, Optional.of(partitions), Optional.empty())
            .configs(
                Map.of(
                    "message.timestamp.type",
                    "LogAppendTime",
                    "retention.ms",
                    "-1",
                    "retention.bytes",
                    "-1"));
    answer(
        client,
        LIMIT_MILLIS,
        admin -> {
          try {
            awaitKnown(admin, topic, admin.createTopics(List.of(fresh)).topicId(topic).get());
          } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
              throw e;
            }
          }
          return topic;
        });
  }

  /**
   * The number of a topic's partitions.
   *
   * @throws MedallionException if the cluster does not answer or has no such topic
   */
  public static int partitions(Map<String, String> client, String topic) {
    return answer(client, LIMIT_MILLIS, admin -> partitions(admin, topic));
  }

  /**
   * The largest batch of records that a topic takes, in bytes; empty if that may not be asked.
   *
   * @throws MedallionException if the cluster does not answer
   */
  public static OptionalInt largestBatch(Map<String, String> client, String topic) {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    return answer(
        client,
        LIMIT_MILLIS,
        admin -> {
          try {
            return OptionalInt.of(
                Integer.parseInt(
                    admin
                        .describeConfigs(List.of(resource))
                        .all()
                        .get()
                        .get(resource)
                        .get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG)
                        .value()));
          } catch (ExecutionException e) {
            if (e.getCause() instanceof AuthorizationException) {
              return OptionalInt.empty();
            }
            throw e;
          }
        });
  }

  /** The offset after the last record, by partition. */
  public static SortedMap<Integer, Long> endOffsets(Map<String, String> client, String topic) {
    return offsets(client, topic, OffsetSpec.latest());
  }

  /** The offset of the first record that is still there, by partition. */
  public static SortedMap<Integer, Long> startOffsets(Map<String, String> client, String topic) {
    return offsets(client, topic, OffsetSpec.earliest());
  }

  /** Whether a cluster answers before the limit, asked as long as {@code worthwhile}. */
  static boolean answers(Map<String, String> client, Duration limit, BooleanSupplier worthwhile) {
    long end = System.nanoTime() + limit.toNanos();
    while (worthwhile.getAsBoolean() && System.nanoTime() < end) {
      try {
        answer(client, 2_000, admin -> admin.describeCluster().controller().get());
        return true;
      } catch (MedallionException e) {
        // Not yet.
      }
    }
    return false;
  }

  private static void awaitKnown(Admin admin, String topic, Uuid id)
      throws ExecutionException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LIMIT_MILLIS);
    while (true) {
      try {
        TopicDescription seen =
            admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic);
        if (seen.topicId().equals(id)
            && seen.partitions().stream().allMatch(partition -> partition.leader() != null)) {
          return;
        }
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
          throw e;
        }
      }
      if (System.nanoTime() > end) {
        throw new TimeoutException("The brokers did not learn of topic " + topic);
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  private static SortedMap<Integer, Long> offsets(
      Map<String, String> client, String topic, OffsetSpec spec) {
    return answer(
        client,
        LIMIT_MILLIS,
        admin -> {
          Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
          int partitions = partitions(admin, topic);
          for (int p = 0; p < partitions; p++) {
            asked.put(new TopicPartition(topic, p), spec);
          }
          SortedMap<Integer, Long> offsets = new TreeMap<>();
          admin
              .listOffsets(asked)
              .all()
              .get()
              .forEach((partition, at) -> offsets.put(partition.partition(), at.offset()));
          return offsets;
        });
  }

  private static int partitions(Admin admin, String topic)
      throws ExecutionException, InterruptedException {
    return admin
        .describeTopics(List.of(topic))
        .allTopicNames()
        .get()
        .get(topic)
        .partitions()
        .size();
  }

  private static <T> T answer(Map<String, String> client, int limitMillis, Question<T> question) {
    Map<String, Object> options = new HashMap<>(client);
    options.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, Math.min(limitMillis, 5_000));
    options.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, limitMillis);
    options.putIfAbsent(AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 200);
    try (Admin admin = Admin.create(options)) {
      return question.ask(admin);
    } catch (ExecutionException e) {
      throw failed(client, e.getCause());
    } catch (KafkaException e) {
      throw failed(client, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed(client, e);
    }
  }

  private static MedallionException failed(Map<String, String> client, Throwable cause) {
    String servers = client.get("bootstrap.servers");
    if (cause instanceof UnknownTopicOrPartitionException) {
      return new MedallionException(
          ErrorCode.KAFKA_TOPIC_MISSING,
          "The broker at " + servers + " has no such topic",
          cause.toString(),
          "Create the topic, or name another.",
          cause);
    }
    if (cause instanceof AuthenticationException || cause instanceof AuthorizationException) {
      return new MedallionException(
          ErrorCode.KAFKA_ACCESS_DENIED,
          "The broker at " + servers + " refused us",
          cause.toString(),
          "Check the kafka.options settings and the rights of that user.",
          cause);
    }
    return new MedallionException(
        ErrorCode.KAFKA_UNREACHABLE,
        "No broker answered at " + servers,
        String.valueOf(cause),
        "Start the broker, or check kafka.bootstrap-servers.",
        cause);
  }
}
