package io.medallion.cli.doctor;

import io.medallion.bronze.KafkaLag;
import io.medallion.common.config.ConfigKey;
import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.error.MedallionException;
import io.medallion.demo.services.Ports;
import io.medallion.demo.services.RunningServices.Running;
import io.medallion.gold.postgres.Postgres;
import io.medallion.gold.read.GoldLedger;
import io.medallion.gold.read.GoldReader;
import io.medallion.lakehouse.LakeFolder;
import io.medallion.lakehouse.delta.TableState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks at everything that a command needs, and changes nothing. */
public final class Doctor {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private Doctor() {}

  /**
   * The machine.
   *
   * @param data where commands keep data unless told otherwise
   */
  public static List<Finding> machine(Path data) {
    return List.of(Machine.java(), Machine.memory(), Machine.disk("data", data));
  }

  /**
   * The ports that commands listen on.
   *
   * @param kafka the first that a demo's broker tries
   * @param postgres the first that its database tries
   * @param running services of this machine, which may be who has them
   */
  public static List<Finding> ports(
      int kafka, int postgres, List<Running> running, Configuration configuration) {
    List<Finding> findings = new ArrayList<>();
    running.forEach(
        services ->
            findings.add(
                Finding.ok(
                    "services",
                    "run as process %d on %s".formatted(services.pid(), services.dataDir()))));
    findings.add(movable("a demo's broker", kafka, running));
    findings.add(movable("a demo's Postgres", postgres, running));
    long page = configuration.get(Keys.DASHBOARD_PORT);
    findings.add(fixed("the live page", Keys.DASHBOARD_PORT.name(), page));
    configuration
        .find(Keys.METRICS_PORT)
        .ifPresent(port -> findings.add(fixed("metrics", Keys.METRICS_PORT.name(), port)));
    return findings;
  }

  private static Finding movable(String who, int port, List<Running> running) {
    if (Ports.isFree(port)) {
      return Finding.ok("port", "%d, of %s, is free".formatted(port, who));
    }
    boolean ours =
        running.stream()
            .flatMap(services -> services.settings().values().stream())
            .anyMatch(setting -> setting.contains(":" + port));
    return ours
        ? Finding.ok("port", "%d, of %s, is that of running services".formatted(port, who))
        : Finding.note(
            "port",
            "%d, of %s, is taken by another program".formatted(port, who),
            "Nothing: the next free one is taken, and said at the start.");
  }

  private static Finding fixed(String who, String setting, long port) {
    return port == 0 || Ports.isFree((int) port)
        ? Finding.ok("port", "%d, of %s, is free".formatted(port, who))
        : Finding.note(
            "port",
            "%d, of %s, is taken".formatted(port, who),
            "If that is no demo, page or layer of yours, choose another: --%s=N."
                .formatted(setting));
  }

  /** The places that settings name; those that none names are no fault. */
  public static List<Finding> places(Configuration configuration) {
    List<Finding> findings = new ArrayList<>();
    configuration.passedOver().ifPresent(why -> findings.add(Finding.note("settings", why, "")));
    findings.add(
        configuration
            .find(Keys.LAKE_PATH)
            .map(path -> lake(configuration))
            .orElseGet(() -> absent("lake", Keys.LAKE_PATH.name())));
    findings.add(
        configuration
            .find(Keys.KAFKA_BOOTSTRAP_SERVERS)
            .map(servers -> kafka(servers, configuration))
            .orElseGet(() -> absent("Kafka", Keys.KAFKA_BOOTSTRAP_SERVERS.name())));
    if (configuration.find(Keys.POSTGRES_URL).isEmpty()) {
      findings.add(absent("Postgres", Keys.POSTGRES_URL.name()));
    } else {
      findings.add(writer(Postgres.writer(configuration)));
      findings.add(reader(configuration));
    }
    for (ConfigKey<String> database :
        List.of(Keys.SILVER_GEOIP_DATABASE, Keys.SILVER_GEOIP_ASN_DATABASE)) {
      configuration
          .find(database)
          .map(file -> file(database.name(), Path.of(file)))
          .ifPresent(findings::add);
    }
    return findings;
  }

  private static Finding absent(String subject, String setting) {
    return Finding.note(
        subject,
        setting + " is not set",
        "Layers need it; `medallion demo` and `medallion services` bring their own.");
  }

  private static Finding lake(Configuration configuration) {
    try {
      LakeFolder lake = LakeFolder.look(configuration);
      return lake.localPath()
          .map(folder -> Machine.disk("lake", folder))
          .orElseGet(() -> Finding.ok("lake", lake.path() + " answers"));
    } catch (MedallionException e) {
      return Finding.wrong("lake", e);
    }
  }

  private static Finding kafka(String servers, Configuration configuration) {
    try {
      KafkaLag lag = KafkaLag.read(TableState.EMPTY, configuration, PATIENCE);
      return Finding.ok(
          "Kafka",
          "%s answers, with %,d records in %d partitions"
              .formatted(servers, lag.held(), lag.partitions().size()));
    } catch (MedallionException e) {
      return Finding.wrong("Kafka", e);
    }
  }

  private static Finding writer(Postgres postgres) {
    try {
      String version = postgres.serverVersion();
      return Finding.ok("Postgres", "%s answers, and takes %s".formatted(version, postgres.user()));
    } catch (MedallionException e) {
      return Finding.wrong("Postgres", e);
    }
  }

  private static Finding reader(Configuration configuration) {
    try (GoldReader gold = GoldReader.of(configuration)) {
      Optional<GoldLedger> ledger = gold.ledger();
      String user = Postgres.reader(configuration).user();
      return Finding.ok(
          "gold",
          ledger
              .map(found -> "%s reads %,d events".formatted(user, found.silverRows()))
              .orElse("has not run on this database yet"));
    } catch (MedallionException e) {
      return Finding.wrong("gold", e);
    }
  }

  private static Finding file(String setting, Path file) {
    return Files.isReadable(file)
        ? Finding.ok("file", "%s is readable: %s".formatted(setting, file))
        : Finding.wrong(
            "file",
            "%s names %s, which is not there or not readable".formatted(setting, file),
            "Correct the path, or give this user the right.");
  }

  /** What settings that cannot be read are. */
  public static Finding settings(MedallionException e) {
    return Finding.wrong("settings", e);
  }
}
