package io.medallion.gold.alert;

import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** Takes messages of alerts to whoever is to be told. */
interface AlertTarget extends AutoCloseable {
  /** The message was not taken; it is sent again later. */
  final class NotTaken extends Exception {
    private static final long serialVersionUID = 1L;

    /**
     * @param why without any secret
     */
    NotTaken(String why) {
      super(why);
    }
  }

  /**
   * Sends one, and returns once it is taken.
   *
   * @param id the same for each copy of it
   * @param alert the alert's name
   * @param body JSON
   */
  void send(UUID id, String alert, String body) throws NotTaken, InterruptedException;

  @Override
  default void close() {}

  /** The one of a kind that is configured. */
  static AlertTarget of(AlertDefinition.Target target, Configuration configuration) {
    return switch (target) {
      case WEBHOOK ->
          new Webhook(
              configuration.secret(Keys.GOLD_ALERTS_WEBHOOK_URL).orElseThrow(),
              configuration.secret(Keys.GOLD_ALERTS_WEBHOOK_TOKEN));
      case TOPIC -> new Topic(configuration);
      case STDOUT -> new Printed(System.out);
    };
  }

  /** Posts it to an HTTP server, which takes it by any answer of 2xx. */
  final class Webhook implements AlertTarget {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(10);

    private final String url;
    private final Optional<String> token;
    private final HttpClient client =
        HttpClient.newBuilder()
            .connectTimeout(CONNECT)
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();

    /**
     * @param url a secret
     * @param token another
     */
    Webhook(String url, Optional<String> token) {
      this.url = url.strip();
      this.token = token.map(String::strip);
    }

    /** What went wrong is told without the address, which may hold a secret. */
    @Override
    public void send(UUID id, String alert, String body) throws NotTaken, InterruptedException {
      int status;
      try {
        HttpRequest.Builder request =
            HttpRequest.newBuilder(URI.create(url))
                .timeout(ANSWER)
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", id.toString())
                .POST(HttpRequest.BodyPublishers.ofString(body));
        token.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
        status = client.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
      } catch (IllegalArgumentException e) {
        throw new NotTaken("gold.alerts.webhook-url is no http:// or https:// address");
      } catch (java.io.IOException e) {
        throw new NotTaken("the webhook did not answer: " + e.getClass().getSimpleName());
      }
      if (status < 200 || status > 299) {
        throw new NotTaken("the webhook answered with status " + status);
      }
    }
  }

  /** Sends it to a topic of Kafka, with its id as a header and the alert's name as its key. */
  final class Topic implements AlertTarget {
    private static final int PATIENCE_SECONDS = 20;
    private static final int REQUEST_SECONDS = 5;

    private final String topic;
    private final Map<String, Object> options = new HashMap<>();
    private KafkaProducer<String, String> producer;

    Topic(Configuration configuration) {
      this.topic = configuration.get(Keys.GOLD_ALERTS_TOPIC);
      options.putAll(configuration.below(Keys.KAFKA_OPTIONS));
      options.put(
          ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, configuration.get(Keys.KAFKA_BOOTSTRAP_SERVERS));
      options.put(ProducerConfig.ACKS_CONFIG, "all");
      options.put(
          ProducerConfig.MAX_BLOCK_MS_CONFIG,
          String.valueOf(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS)));
      options.put(
          ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
          String.valueOf(TimeUnit.SECONDS.toMillis(REQUEST_SECONDS)));
      options.put(ProducerConfig.LINGER_MS_CONFIG, "0");
      options.put(
          ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
          String.valueOf(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS)));
    }

    @Override
    public void send(UUID id, String alert, String body) throws NotTaken, InterruptedException {
      try {
        if (producer == null) {
          producer = new KafkaProducer<>(options, new StringSerializer(), new StringSerializer());
        }
        ProducerRecord<String, String> message = new ProducerRecord<>(topic, alert, body);
        message.headers().add("id", id.toString().getBytes(StandardCharsets.UTF_8));
        producer.send(message).get();
      } catch (ExecutionException e) {
        throw new NotTaken("Kafka did not take it: " + e.getCause().getClass().getSimpleName());
      } catch (org.apache.kafka.common.KafkaException e) {
        close();
        throw new NotTaken("Kafka did not take it: " + e.getClass().getSimpleName());
      }
    }

    @Override
    public void close() {
      if (producer != null) {
        producer.close(Duration.ZERO);
        producer = null;
      }
    }
  }

  /** Prints it. */
  final class Printed implements AlertTarget {
    private final PrintStream out;

    Printed(PrintStream out) {
      this.out = out;
    }

    @Override
    public void send(UUID id, String alert, String body) throws NotTaken {
      out.println(body);
      out.flush();
      if (out.checkError()) {
        throw new NotTaken("nobody reads gold's standard output");
      }
    }
  }
}
