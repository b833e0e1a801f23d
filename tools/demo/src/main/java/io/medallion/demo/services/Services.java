package io.medallion.demo.services;

import io.medallion.common.config.Keys;
import io.medallion.common.error.MedallionException;
import io.medallion.demo.geoip.DemoGeoip;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** A broker and a database of our own, announced to the other commands on this machine. */
public final class Services implements AutoCloseable {
  /** Where silver sends its events if it is told to; no layer creates a topic. */
  private static final String ENRICHED_TOPIC = "enriched_activity";

  private final Path announcement;
  private final DataFolder folder;
  private final EmbeddedKafka kafka;
  private final PostgresServer postgres;
  private final Map<String, String> settings;

  private Services(
      Path announcement,
      DataFolder folder,
      EmbeddedKafka kafka,
      PostgresServer postgres,
      Map<String, String> settings) {
    this.announcement = announcement;
    this.folder = folder;
    this.kafka = kafka;
    this.postgres = postgres;
    this.settings = Map.copyOf(settings);
  }

  /**
   * Starts both and announces them.
   *
   * @throws MedallionException if they run already on this data, or do not start
   */
  public static Services start(ServicesSettings asked) {
    DataFolder folder = DataFolder.hold(asked.dataDir());
    CompletableFuture<EmbeddedKafka> kafka =
        CompletableFuture.supplyAsync(() -> startKafka(asked), Services::onItsOwnThread);
    CompletableFuture<PostgresServer> postgres =
        CompletableFuture.supplyAsync(
            () -> PostgresServer.start(asked.dataDir().resolve("postgres"), asked.postgresPort()),
            Services::onItsOwnThread);
    try {
      CompletableFuture.allOf(kafka, postgres).join();
      Map<String, String> settings = settings(asked, kafka.join(), postgres.join());
      RunningServices.announce(asked.announcement(), asked.dataDir(), settings);
      return new Services(asked.announcement(), folder, kafka.join(), postgres.join(), settings);
    } catch (RuntimeException e) {
      closeStarted(kafka);
      closeStarted(postgres);
      folder.close();
      throw e instanceof CompletionException && e.getCause() instanceof RuntimeException cause
          ? cause
          : e;
    }
  }

  /** Their addresses, as settings of {@link Keys}, passwords among them. */
  public Map<String, String> settings() {
    return settings;
  }

  /** The broker. */
  public EmbeddedKafka kafka() {
    return kafka;
  }

  /** The database. */
  public PostgresServer postgres() {
    return postgres;
  }

  /** Stops both, keeps their data. */
  @Override
  public void close() {
    RunningServices.withdraw(announcement);
    CompletableFuture<Void> broker =
        CompletableFuture.runAsync(kafka::close, Services::onItsOwnThread);
    try {
      postgres.close();
    } finally {
      broker.join();
      folder.close();
    }
  }

  private static EmbeddedKafka startKafka(ServicesSettings asked) {
    EmbeddedKafka kafka = EmbeddedKafka.start(asked.dataDir().resolve("kafka"), asked.kafkaPort());
    try {
      KafkaTopics.create(kafka.client(), asked.topic(), asked.partitions());
      KafkaTopics.create(kafka.client(), ENRICHED_TOPIC, asked.partitions());
      return kafka;
    } catch (RuntimeException e) {
      kafka.close();
      throw e;
    }
  }

  private static Map<String, String> settings(
      ServicesSettings asked, EmbeddedKafka kafka, PostgresServer postgres) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put(Keys.KAFKA_BOOTSTRAP_SERVERS.name(), kafka.bootstrapServers());
    settings.putAll(postgres.settings());
    settings.put(Keys.LAKE_PATH.name(), asked.lakePath().toString());
    settings.put(
        Keys.SILVER_GEOIP_DATABASE.name(),
        DemoGeoip.install(asked.dataDir().resolve("geoip")).toString());
    if (asked.contract() != null) {
      settings.put(Keys.SILVER_CONTRACT.name(), written(asked).toString());
    }
    return settings;
  }

  private static Path written(ServicesSettings asked) {
    try {
      return Files.writeString(asked.dataDir().resolve("contract.yaml"), asked.contract());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void onItsOwnThread(Runnable work) {
    new Thread(work, "medallion-services").start();
  }

  private static void closeStarted(CompletableFuture<? extends AutoCloseable> service) {
    try {
      service.join().close();
    } catch (Exception e) {
      // It did not start, which the caller is told already.
    }
  }
}
