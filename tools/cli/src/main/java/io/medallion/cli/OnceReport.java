package io.medallion.cli;

import io.medallion.cli.show.Text;
import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.error.MedallionException;
import io.medallion.gold.read.GoldLedger;
import io.medallion.gold.read.GoldReader;
import io.medallion.lakehouse.LakeFolder;
import io.medallion.lakehouse.delta.TableState;
import io.medallion.lakehouse.schema.TableDefinition;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a layer that takes what is there and ends has done: the difference between how far it was
 * and how far it is.
 *
 * @param layer that runs
 * @param configuration its settings
 * @param before its counts when it began; empty if they could not be had
 * @param begun when that was
 */
record OnceReport(
    LayerName layer, Configuration configuration, Map<String, Long> before, Instant begun) {

  static OnceReport begin(LayerName layer, Configuration configuration) {
    return new OnceReport(layer, configuration, counts(layer, configuration), Instant.now());
  }

  /** What it is about to do. */
  String plan() {
    return switch (layer) {
      case BRONZE ->
          "bronze takes what Kafka holds now, at %s, into %s"
              .formatted(shown(Keys.KAFKA_BOOTSTRAP_SERVERS.name()), shown(Keys.LAKE_PATH.name()));
      case SILVER -> "silver takes what bronze holds now, in " + shown(Keys.LAKE_PATH.name());
      case GOLD ->
          "gold takes what silver holds now, in %s, into %s"
              .formatted(shown(Keys.LAKE_PATH.name()), shown(Keys.POSTGRES_URL.name()));
    };
  }

  /** What it did. */
  String done() {
    Map<String, Long> now = counts(layer, configuration);
    StringBuilder line = new StringBuilder(layer.command()).append(" is done");
    String between = ": ";
    for (Map.Entry<String, Long> count : now.entrySet()) {
      long more = count.getValue() - before.getOrDefault(count.getKey(), 0L);
      line.append(between).append("%,d %s".formatted(more, count.getKey()));
      between = ", ";
    }
    return line.append(", in ").append(Text.of(Duration.between(begun, Instant.now()))).toString();
  }

  private String shown(String setting) {
    return Optional.ofNullable(configuration.shown().get(setting))
        .map(Configuration.Entry::text)
        .orElse("(not set)");
  }

  /** By name, what was read first; a layer that cannot run says itself what is wrong. */
  private static Map<String, Long> counts(LayerName layer, Configuration configuration) {
    Map<String, Long> counts = new LinkedHashMap<>();
    try {
      switch (layer) {
        case BRONZE -> counts.put("records", state(configuration, TableDefinition.BRONZE).rows());
        case SILVER -> {
          TableState silver = state(configuration, TableDefinition.SILVER);
          counts.put("records read", silver.read());
          counts.put("events", silver.rows());
          counts.put("duplicates", silver.duplicates());
          counts.put("quarantined", silver.quarantined());
        }
        case GOLD -> counts.put("events merged", merged(configuration));
      }
    } catch (MedallionException e) {
      counts.clear();
    }
    return counts;
  }

  private static TableState state(Configuration configuration, TableDefinition table) {
    return LakeFolder.look(configuration).log(table).state().orElse(TableState.EMPTY);
  }

  private static long merged(Configuration configuration) {
    try (GoldReader gold = GoldReader.of(configuration)) {
      return gold.ledger().map(GoldLedger::silverRows).orElse(0L);
    }
  }
}
