package io.medallion.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.medallion.bronze.BronzeJob;
import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.demo.services.Services;
import io.medallion.demo.services.ServicesSettings;
import io.medallion.gold.GoldJob;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.TableState;
import io.medallion.lakehouse.layer.Layer;
import io.medallion.lakehouse.layer.LayerLauncher;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.session.LakeSession;
import io.medallion.silver.SilverJob;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.spark.sql.SparkSession;

/** A real broker, a real Postgres, and the three layers over a lake in a folder. */
final class Pipeline implements AutoCloseable {
  private final Services services;
  private final Configuration configuration;
  private final SparkSession spark;
  private final Lake lake;

  private Pipeline(Services services, Configuration configuration) {
    this.services = services;
    this.configuration = configuration;
    this.spark = LakeSession.create("e2e", configuration);
    this.lake = Lake.open(spark, configuration);
  }

  static Pipeline in(Path folder) {
    return in(folder, Map.of());
  }

  /** With settings of the layers. */
  static Pipeline in(Path folder, Map<String, String> settings) {
    Services services =
        Services.start(ServicesSettings.in(folder, folder.resolve("running.properties")));
    Configuration.Builder configuration =
        Configuration.builder()
            .services(services.settings(), "the test's services")
            .flag("spark.master", "local[2]");
    settings.forEach(configuration::flag);
    return new Pipeline(services, configuration.build());
  }

  Map<String, String> kafka() {
    return services.kafka().client();
  }

  Map<String, String> settings() {
    return services.settings();
  }

  Configuration configuration() {
    return configuration;
  }

  Lake lake() {
    return lake;
  }

  Layer start(LayerLauncher.Start layer) {
    return layer.start(lake, configuration, false);
  }

  /** Sends records to the topic, each after the one before. */
  void send(List<String> values) throws Exception {
    sendBytes(values.stream().map(value -> value.getBytes(StandardCharsets.UTF_8)).toList());
  }

  /** The same of what need not be text. */
  void sendBytes(List<byte[]> values) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.copyOf(kafka()), new ByteArraySerializer(), new ByteArraySerializer())) {
      for (byte[] value : values) {
        producer.send(new ProducerRecord<>("clickstream_events", value)).get();
      }
    }
  }

  /** Each layer up to now, one after the other. */
  void drain() throws InterruptedException {
    for (LayerLauncher.Start job :
        List.<LayerLauncher.Start>of(BronzeJob::start, SilverJob::start, GoldJob::start)) {
      try (Layer layer = job.start(lake, configuration, true)) {
        layer.await();
        assertThat(layer.failure()).isEmpty();
      }
    }
  }

  void rebuildGold() throws InterruptedException {
    try (Layer layer = GoldJob.start(lake, configuration, true, Optional.of(Set.of()))) {
      layer.await();
      assertThat(layer.failure()).isEmpty();
    }
  }

  void spoil(String statement) throws SQLException {
    try (Connection connection = connect();
        Statement change = connection.createStatement()) {
      change.execute(statement);
    }
  }

  void deleteCheckpoints() throws IOException {
    Path checkpoints = Path.of(lake.checkpoints());
    if (!Files.exists(checkpoints)) {
      return;
    }
    Files.walkFileTree(
        checkpoints,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** Waits for the checkpoints of logs that commits of this process have begun next to them. */
  static void awaitCheckpoints() {
    await()
        .atMost(Duration.ofMinutes(3))
        .until(
            () ->
                Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(thread -> thread.getName().equals("log-checkpoint")));
  }

  TableState state(TableDefinition table) {
    return lake.table(table).state();
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

  long goldNumber(String query) throws SQLException {
    return Long.parseLong(gold(query).get(0).get(0));
  }

  /** Silver rows that gold has merged; none before it has made its tables. */
  long merged() throws SQLException {
    return gold("select to_regclass('gold.ledger')").get(0).get(0) == null
        ? 0
        : goldNumber("select coalesce(max(silver_rows), 0) from gold.ledger");
  }

  /** As the owner, so that a test may make tables of its own. */
  Connection connect() throws SQLException {
    return DriverManager.getConnection(
        configuration.get(Keys.POSTGRES_URL),
        configuration.get(Keys.POSTGRES_OWNER_USER),
        configuration.secret(Keys.POSTGRES_OWNER_PASSWORD).orElseThrow());
  }

  @Override
  public void close() {
    spark.stop();
    services.close();
  }
}
