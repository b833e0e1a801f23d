package io.medallion.bench;

import io.medallion.bench.reference.Reference;
import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.demo.services.PostgresServer;
import io.medallion.demo.services.Services;
import io.medallion.demo.services.ServicesSettings;
import io.medallion.demo.traffic.Simulator;
import io.medallion.demo.traffic.TrafficSettings;
import io.medallion.lakehouse.schema.TableDefinition;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;

/**
 * A broker and a Postgres of a benchmark's own, and what layers over them are configured with.
 *
 * @param own settings of whoever measures
 */
record TestBed(Services services, Map<String, String> own, Configuration configuration)
    implements AutoCloseable {

  /**
   * Starts both.
   *
   * @param folder for their data and the lake; kept
   */
  static TestBed open(Path folder) {
    return open(folder, Map.of());
  }

  /**
   * Starts both.
   *
   * @param folder for their data and the lake; kept
   * @param own settings of the layers by key, over the defaults
   */
  static TestBed open(Path folder, Map<String, String> own) {
    Services services =
        Services.start(ServicesSettings.in(folder, folder.resolve("running.properties")));
    return new TestBed(services, own, configuration(services.settings(), own, Map.of()));
  }

  /** Its configuration with other settings on top. */
  Configuration with(Map<String, String> settings) {
    return configuration(services.settings(), own, settings);
  }

  /** The same over another Postgres. */
  Configuration over(PostgresServer postgres, Map<String, String> settings) {
    Map<String, String> all = new TreeMap<>(services.settings());
    all.putAll(postgres.settings());
    return configuration(all, own, settings);
  }

  private static Configuration configuration(
      Map<String, String> services, Map<String, String> own, Map<String, String> settings) {
    Configuration.Builder builder =
        Configuration.builder()
            .services(services, "the benchmark")
            .flag("spark.master", "local[2]");
    Map<String, String> all = new TreeMap<>(own);
    all.putAll(settings);
    all.forEach(builder::flag);
    return builder.build();
  }

  /** The simulator's usual traffic into its topic. */
  TrafficSettings traffic() {
    return TrafficSettings.of(services.kafka().client()).withTopic(topic());
  }

  /** Sends so many events of it as fast as possible; how many the broker has then. */
  long send(long events, int users, long seed, BenchProgress progress) {
    return send(traffic().withSeed(seed).withCount(events).withUsers(users), progress);
  }

  /** Sends all of some traffic as fast as possible; how many records the broker has then. */
  long send(TrafficSettings traffic, BenchProgress progress) {
    progress.step("sending %,d events".formatted(traffic.count()));
    return new Simulator(traffic.withRate(0))
        .run(() -> false, told -> progress.detail("%,d sent".formatted(told.sent())))
        .acknowledged();
  }

  String topic() {
    return configuration.get(Keys.KAFKA_TOPICS).get(0);
  }

  /** Where a table of its lake is. */
  Path folderOf(TableDefinition table) {
    return Path.of(configuration.get(Keys.LAKE_PATH)).resolve(table.path());
  }

  /** A connection of the owner of its Postgres's tables; whoever asks closes it. */
  Connection owner() throws SQLException {
    Reference.Target target = reference().target();
    return DriverManager.getConnection(target.url(), target.user(), target.password());
  }

  /** The same for the reference. */
  Reference.Sources reference() {
    return new Reference.Sources(
        configuration.get(Keys.KAFKA_BOOTSTRAP_SERVERS),
        topic(),
        Path.of(configuration.get(Keys.SILVER_GEOIP_DATABASE)),
        new Reference.Target(
            configuration.get(Keys.POSTGRES_URL),
            configuration.get(Keys.POSTGRES_OWNER_USER),
            configuration.secret(Keys.POSTGRES_OWNER_PASSWORD).orElseThrow()));
  }

  @Override
  public void close() {
    services.close();
  }
}
