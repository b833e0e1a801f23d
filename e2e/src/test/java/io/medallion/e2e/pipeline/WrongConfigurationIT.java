package io.medallion.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import io.medallion.bronze.BronzeJob;
import io.medallion.common.config.Arguments;
import io.medallion.common.config.Configuration;
import io.medallion.common.error.MedallionException;
import io.medallion.demo.services.Services;
import io.medallion.demo.services.ServicesSettings;
import io.medallion.gold.GoldJob;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.layer.LayerLauncher;
import io.medallion.lakehouse.store.TableLock;
import io.medallion.silver.SilverJob;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a person gets who configures something wrong: soon, exit code 2, and a message to act on.
 */
class WrongConfigurationIT {
  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir static Path shared;
  @TempDir Path folder;
  private static Services services;

  @BeforeAll
  static void startServices() throws Exception {
    services = Services.start(ServicesSettings.in(shared, shared.resolve("running.properties")));
    Map<String, String> settings = new HashMap<>(services.settings());
    assertThat(run(BronzeJob::run, settings).exitCode()).isZero();
    assertThat(run(SilverJob::run, settings).exitCode()).isZero();
  }

  @AfterAll
  static void stopServices() {
    services.close();
  }

  @Tag("full")
  @Test
  void aFlagThatTheLayerDoesNotKnow() {
    assertThat(LayerLauncher.main(new String[] {"--rebuild"}, BronzeJob::run)).isEqualTo(2);
    assertThat(LayerLauncher.main(new String[] {"--lake.pth=/x"}, BronzeJob::run)).isEqualTo(2);
  }

  @Test
  void anUnknownKey() {
    Map<String, String> settings = settings();
    settings.put("bronze.max-record-per-batch", "5");

    assertRefused(BronzeJob::run, settings, "CONFIG_UNKNOWN_KEY", "bronze.max-records-per-batch");
  }

  @Test
  void anUnreachableBroker() {
    Map<String, String> settings = settings();
    settings.put("kafka.bootstrap-servers", "127.0.0.1:1");
    settings.put("kafka.start-timeout", "3s");

    assertRefused(BronzeJob::run, settings, "KAFKA_UNREACHABLE", "127.0.0.1:1");
  }

  @Tag("full")
  @Test
  void aTopicThatIsNotThere() {
    Map<String, String> settings = settings();
    settings.put("kafka.topics", "no_such_topic");

    assertRefused(BronzeJob::run, settings, "KAFKA_TOPIC_MISSING", "no_such_topic");
  }

  @Test
  void aWrongPassword() {
    Map<String, String> settings = settings();
    settings.put("lake.path", services.settings().get("lake.path"));
    settings.put("postgres.password", "not-the-password");
    settings.put("postgres.owner.password", "not-the-password");

    assertRefused(GoldJob::run, settings, "POSTGRES_ACCESS_DENIED", "postgres");
  }

  @Tag("full")
  @Test
  void anUnreachablePostgres() {
    Map<String, String> settings = settings();
    settings.put("lake.path", services.settings().get("lake.path"));
    settings.put("postgres.url", "jdbc:postgresql://127.0.0.1:1/medallion");
    settings.put("postgres.start-timeout", "3s");

    assertRefused(GoldJob::run, settings, "POSTGRES_UNREACHABLE", "127.0.0.1:1");
  }

  @Tag("full")
  @Test
  void anUnreadableGeoIpDatabase() throws IOException {
    Path database = Files.writeString(folder.resolve("broken.mmdb"), "no database");
    Map<String, String> settings = settings();
    settings.put("lake.path", services.settings().get("lake.path"));
    settings.put("silver.geoip.database", database.toString());

    assertRefused(SilverJob::run, settings, "GEOIP_UNREADABLE", database.toString());
    settings.remove("silver.geoip.database");
    settings.put("silver.geoip.asn-database", database.toString());
    assertRefused(SilverJob::run, settings, "GEOIP_UNREADABLE", database.toString());
  }

  @Tag("full")
  @Test
  void aLakePathThatCannotBeWritten() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "in the way");
    Map<String, String> settings = settings();
    settings.put("lake.path", file.resolve("lake").toString());

    assertRefused(BronzeJob::run, settings, "LAKE_NOT_WRITABLE", file.toString());
  }

  @Tag("full")
  @Test
  void aLayerWhoseSourceIsNotThereYet() {
    assertRefused(SilverJob::run, settings(), "LAKE_TABLE_MISSING", "bronze");
    assertThat(folder.resolve("lake/silver")).doesNotExist();
  }

  @Test
  void aSecondInstanceOfALayer() throws IOException {
    Path lake = Path.of(services.settings().get("lake.path"));
    Map<String, String> settings = settings();
    settings.put("lake.path", lake.toString());
    Map<String, ToIntFunction<Arguments>> jobs =
        Map.of("bronze", BronzeJob::run, "silver", SilverJob::run, "gold", GoldJob::run);
    for (Map.Entry<String, ToIntFunction<Arguments>> job : jobs.entrySet()) {
      List<Path> before = tableFiles(lake);
      TableLock first =
          new Lake(null, lake.toString(), lake.toString(), null).lockLayer(job.getKey());

      assertRefused(
          job.getValue(), settings, "LAKE_LOCKED", "process " + ProcessHandle.current().pid());
      assertThat(tableFiles(lake)).isEqualTo(before);
      first.close();
    }
  }

  private static List<Path> tableFiles(Path lake) throws IOException {
    try (Stream<Path> files = Files.walk(lake)) {
      return files.filter(file -> file.toString().matches(".*\\.(json|parquet)")).sorted().toList();
    }
  }

  private Map<String, String> settings() {
    Map<String, String> settings = new HashMap<>(services.settings());
    settings.put("lake.path", folder.resolve("lake").toString());
    return settings;
  }

  private void assertRefused(
      ToIntFunction<Arguments> job, Map<String, String> settings, String code, String says) {
    Outcome outcome = assertTimeout(SOON, () -> run(job, settings));
    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.said()).contains(code).contains(says).contains("remedy:");
    // Nothing is half created: a bronze table exists only where bronze could start.
    if (code.startsWith("KAFKA") || code.startsWith("CONFIG")) {
      assertThat(folder.resolve("lake/bronze")).doesNotExist();
    }
  }

  private record Outcome(int exitCode, String said) {}

  private static Outcome run(ToIntFunction<Arguments> job, Map<String, String> settings) {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream before = System.err;
    System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
    try {
      return new Outcome(runCaught(job, settings), said.toString(StandardCharsets.UTF_8));
    } finally {
      System.setErr(before);
    }
  }

  /** As a main method does: a configuration that cannot be read is told like any other error. */
  private static int runCaught(ToIntFunction<Arguments> job, Map<String, String> settings) {
    try {
      Map<String, String> given = new HashMap<>(settings);
      given.put("spark.master", "local[2]");
      return job.applyAsInt(
          Arguments.parse(
              new ArrayList<>(List.of("--once")),
              Map.of(),
              Configuration.builder().services(given, "the test")));
    } catch (MedallionException e) {
      return LayerLauncher.report(e);
    }
  }
}
