package io.medallion.e2e.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.demo.geoip.DemoGeoip;
import io.medallion.demo.services.EmbeddedKafka;
import io.medallion.demo.services.KafkaTopics;
import io.medallion.demo.services.Ports;
import io.medallion.demo.services.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A broker, a Postgres and the three layers, each a process of its own that can be killed and
 * started again on its data and its port.
 */
final class FaultyChain implements AutoCloseable {
  static final String TOPIC = "clickstream_events";
  static final List<String> LAYERS = List.of("bronze", "silver", "gold");

  static final Duration PATIENCE = Duration.ofMinutes(4);

  private final Path folder;
  private final int kafkaPort = Ports.free();
  private final int postgresPort = Ports.free();
  private final Map<String, LayerProcess> layers = new LinkedHashMap<>();
  private final Map<String, String> settings = new LinkedHashMap<>();
  private EmbeddedKafka kafka;
  private PostgresServer postgres;

  private FaultyChain(Path folder) {
    this.folder = folder;
  }

  /**
   * Starts broker and Postgres; the layers are started by whoever wants them.
   *
   * @param logs the folder for what the layers say
   * @param more settings of the layers, by key
   */
  static FaultyChain in(Path folder, Path logs, Map<String, String> more) throws IOException {
    return in(folder, logs, more, LayerProcess.FOR_SHORT_RUNS);
  }

  /**
   * @param tuning options of the layers' Java
   */
  static FaultyChain in(Path folder, Path logs, Map<String, String> more, List<String> tuning)
      throws IOException {
    FaultyChain chain = new FaultyChain(folder);
    Files.createDirectories(logs);
    chain.startKafka();
    chain.startPostgres();
    KafkaTopics.create(chain.kafka(), TOPIC, 4);
    chain.settings.putAll(
        Map.of(
            Keys.KAFKA_BOOTSTRAP_SERVERS.name(), chain.kafka.bootstrapServers(),
            Keys.POSTGRES_URL.name(), chain.postgres.url(),
            Keys.POSTGRES_USER.name(), chain.postgres.writer().user(),
            Keys.POSTGRES_PASSWORD.name(), chain.postgres.writer().password(),
            Keys.POSTGRES_OWNER_USER.name(), chain.postgres.owner().user(),
            Keys.POSTGRES_OWNER_PASSWORD.name(), chain.postgres.owner().password(),
            Keys.POSTGRES_READER_USER.name(), chain.postgres.reader().user(),
            Keys.POSTGRES_READER_PASSWORD.name(), chain.postgres.reader().password(),
            Keys.LAKE_PATH.name(), folder.resolve("lake").toString(),
            Keys.SILVER_GEOIP_DATABASE.name(),
                DemoGeoip.install(folder.resolve("geoip")).toString()));
    chain.settings.putAll(more);
    for (String layer : LAYERS) {
      chain.layers.put(layer, new LayerProcess(layer, chain.settings, logs, tuning));
    }
    return chain;
  }

  Map<String, String> settings() {
    return settings;
  }

  /** Of a process of its own next to the layers. */
  Configuration configuration() {
    return Configuration.builder().services(settings, "the test").build();
  }

  /** Options of Kafka's clients; the same after a restart. */
  Map<String, String> kafka() {
    return kafka.client();
  }

  LayerProcess layer(String name) {
    return layers.get(name);
  }

  /** All at once: each waits for the table of the one before. */
  void startLayers() {
    layers.values().forEach(layer -> layer.start());
    layers.values().forEach(layer -> layer.awaitWorking(PATIENCE));
  }

  void assertLayersRun() {
    for (LayerProcess layer : layers.values()) {
      assertThat(layer.alive()).as("%s runs; see %s", layer.layer(), layer.log()).isTrue();
    }
  }

  void startKafka() {
    kafka = EmbeddedKafka.start(folder.resolve("kafka"), kafkaPort);
  }

  void startPostgres() {
    postgres = PostgresServer.start(folder.resolve("postgres"), postgresPort);
  }

  /** kill -9. */
  void killKafka() {
    kafka.process().destroyForcibly();
    kafka.process().onExit().join();
  }

  /** kill -9 of the postmaster; its children end with it. */
  void killPostgres() {
    postgres.process().destroyForcibly();
    postgres.process().onExit().join();
  }

  /** In order. */
  void stopKafka() {
    kafka.close();
  }

  /** In order. */
  void stopPostgres() {
    postgres.close();
  }

  /** As the owner, who sees everything. */
  Connection connect() throws SQLException {
    return DriverManager.getConnection(
        postgres.url(), postgres.owner().user(), postgres.owner().password());
  }

  /** The rows of a query over gold, each as the texts of its columns. */
  List<List<String>> gold(String query) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      List<List<String>> rows = new ArrayList<>();
      while (result.next()) {
        List<String> row = new ArrayList<>();
        for (int column = 1; column <= result.getMetaData().getColumnCount(); column++) {
          row.add(result.getString(column));
        }
        rows.add(row);
      }
      return rows;
    }
  }

  @Override
  public void close() {
    layers.values().forEach(LayerProcess::close);
    postgres.close();
    kafka.close();
  }
}
