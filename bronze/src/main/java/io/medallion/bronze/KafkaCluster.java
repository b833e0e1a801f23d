package io.medallion.bronze;

import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * What the brokers say of themselves; every question has a bounded time to be answered. The
 * connection stays open from the first question on: to open one for each took a tenth of the work
 * of a small batch. After a question without an answer the next one opens another.
 */
final class KafkaCluster implements AutoCloseable {
  /**
   * The offsets that a partition holds.
   *
   * @param earliest the first that is still there
   * @param end the one that the next record will get
   */
  record Range(long earliest, long end) {}

  private final Configuration configuration;
  private final Duration patience;
  private Admin open;

  KafkaCluster(Configuration configuration) {
    this(configuration, configuration.get(Keys.KAFKA_START_TIMEOUT));
  }

  KafkaCluster(Configuration configuration, Duration patience) {
    this.configuration = configuration;
    this.patience = patience;
  }

  /** Which cluster and topics are there now. */
  KafkaIdentity identity() {
    return ask(
        admin -> {
          String cluster = get(admin.describeCluster().clusterId());
          Map<String, String> ids = new TreeMap<>();
          describe(admin).forEach((name, topic) -> ids.put(name, topic.topicId().toString()));
          return new KafkaIdentity(cluster, ids);
        });
  }

  /** The offsets that each partition of these topics holds. */
  Map<TopicPartition, Range> ranges(KafkaIdentity identity) {
    return ask(
        admin -> {
          Set<TopicPartition> partitions =
              get(admin.describeTopics(identity.topicIds().keySet()).allTopicNames())
                  .values()
                  .stream()
                  .flatMap(
                      t ->
                          t.partitions().stream()
                              .map(p -> new TopicPartition(t.name(), p.partition())))
                  .collect(Collectors.toSet());
          Map<TopicPartition, ListOffsetsResultInfo> first =
              offsets(admin, partitions, OffsetSpec.earliest());
          Map<TopicPartition, ListOffsetsResultInfo> last =
              offsets(admin, partitions, OffsetSpec.latest());
          Map<TopicPartition, Range> ranges = new HashMap<>();
          partitions.forEach(
              p -> ranges.put(p, new Range(first.get(p).offset(), last.get(p).offset())));
          return ranges;
        });
  }

  /** Whether one of these topics is compacted, or does not tell us. */
  boolean areCompacted(Set<String> topics) {
    try {
      return ask(
          admin ->
              get(
                      admin
                          .describeConfigs(
                              topics.stream()
                                  .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                                  .toList())
                          .all())
                  .values()
                  .stream()
                  .anyMatch(
                      config ->
                          config
                              .get(TopicConfig.CLEANUP_POLICY_CONFIG)
                              .value()
                              .contains(TopicConfig.CLEANUP_POLICY_COMPACT)));
    } catch (MedallionException e) {
      return true;
    }
  }

  private static Map<TopicPartition, ListOffsetsResultInfo> offsets(
      Admin admin, Set<TopicPartition> partitions, OffsetSpec which) {
    return get(
        admin
            .listOffsets(
                partitions.stream().collect(Collectors.toMap(Function.identity(), p -> which)))
            .all());
  }

  private Map<String, TopicDescription> describe(Admin admin) {
    List<String> topics = topics(admin);
    if (topics.isEmpty()) {
      throw missing("No topic matches " + configuration.get(Keys.KAFKA_TOPIC_PATTERN), null);
    }
    return get(admin.describeTopics(topics).allTopicNames());
  }

  private List<String> topics(Admin admin) {
    return configuration
        .find(Keys.KAFKA_TOPIC_PATTERN)
        .map(Pattern::compile)
        .map(
            pattern ->
                get(admin.listTopics().names()).stream()
                    .filter(n -> pattern.matcher(n).matches())
                    .toList())
        .orElseGet(() -> configuration.get(Keys.KAFKA_TOPICS));
  }

  private <T> T ask(Function<Admin, T> question) {
    try {
      return question.apply(admin());
    } catch (Unanswered e) {
      close();
      throw explain(e.getCause());
    } catch (org.apache.kafka.common.KafkaException e) {
      close();
      throw explain(e.getCause() == null ? e : e.getCause());
    }
  }

  private synchronized Admin admin() {
    if (open == null) {
      open = Admin.create(properties());
    }
    return open;
  }

  /** Closes the connection; another question opens one again. */
  @Override
  public synchronized void close() {
    if (open != null) {
      open.close(Duration.ZERO);
      open = null;
    }
  }

  private Properties properties() {
    Properties properties = new Properties();
    properties.putAll(configuration.below(Keys.KAFKA_OPTIONS));
    properties.put(
        AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
        configuration.get(Keys.KAFKA_BOOTSTRAP_SERVERS));
    properties.put(
        AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Math.toIntExact(patience.toMillis()));
    properties.put(
        AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
        Math.toIntExact(Math.min(10_000, patience.toMillis())));
    return properties;
  }

  private static <T> T get(KafkaFuture<T> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new Unanswered(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unanswered(e);
    }
  }

  private MedallionException explain(Throwable cause) {
    String brokers = configuration.get(Keys.KAFKA_BOOTSTRAP_SERVERS);
    if (cause instanceof UnknownTopicOrPartitionException) {
      return missing(
          "A topic of %s does not exist on %s"
              .formatted(configuration.get(Keys.KAFKA_TOPICS), brokers),
          cause);
    }
    if (cause instanceof AuthenticationException || cause instanceof AuthorizationException) {
      return new MedallionException(
          ErrorCode.KAFKA_ACCESS_DENIED,
          "The brokers at %s refuse us".formatted(brokers),
          cause.getMessage(),
          "Check the SASL and TLS settings below kafka.options.",
          cause);
    }
    return new MedallionException(
        ErrorCode.KAFKA_UNREACHABLE,
        "No answer from Kafka at %s within %d s".formatted(brokers, patience.toSeconds()),
        String.valueOf(cause),
        "Check kafka.bootstrap-servers and that the brokers run; kafka.start-timeout is how long we"
            + " wait.",
        cause);
  }

  private static MedallionException missing(String problem, Throwable cause) {
    return new MedallionException(
        ErrorCode.KAFKA_TOPIC_MISSING,
        problem,
        "Bronze creates no topics: it cannot know their partitions and retention.",
        "Create the topic, or name others by kafka.topics or kafka.topic-pattern.",
        cause);
  }

  /** Carries what went wrong out of a question. */
  private static final class Unanswered extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unanswered(Throwable cause) {
      super(cause);
    }
  }
}
