package io.medallion.operations;

import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.error.MedallionException;
import io.medallion.gold.read.GoldLedger;
import io.medallion.gold.read.GoldReader;
import io.medallion.lakehouse.ConsumerPosition;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.schema.TableDefinition;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * How far each reader that follows a table has read it.
 *
 * @param positions the last version read, by the reader's name
 * @param unknown why one's position is not known, so that nothing it may need can go; empty if all
 *     are
 */
record Consumers(Map<String, Long> positions, Optional<String> unknown) {

  static Consumers of(Lake lake, LakeTable table, Configuration configuration) {
    return switch (table.definition().name()) {
      case "bronze" -> ofBronze(lake, table);
      case "silver" -> ofSilver(lake, table, configuration);
      default -> new Consumers(Map.of(), Optional.empty());
    };
  }

  /** A silver that has no version yet reads a snapshot, in the order of bronze's commits. */
  private static Consumers ofBronze(Lake lake, LakeTable bronze) {
    OptionalLong read = lake.table(TableDefinition.SILVER).state().position(bronze.id());
    return read.isEmpty()
        ? new Consumers(
            Map.of(), Optional.of("silver has not read all of bronze once, so all of it stays"))
        : new Consumers(Map.of("silver", read.getAsLong()), Optional.empty());
  }

  private static Consumers ofSilver(Lake lake, LakeTable silver, Configuration configuration) {
    Map<String, Long> positions = new TreeMap<>();
    ConsumerPosition.all(lake, silver.id())
        .forEach((topic, version) -> positions.put("the topic " + topic, version));
    if (configuration.find(Keys.POSTGRES_URL).isEmpty()) {
      return new Consumers(
          positions,
          Optional.of("postgres.url is not set, so how far gold has read silver is not known"));
    }
    try (GoldReader gold = GoldReader.of(configuration)) {
      gold.ledger().map(GoldLedger::reads).ifPresent(v -> positions.put("gold", v));
      return new Consumers(positions, Optional.empty());
    } catch (MedallionException e) {
      return new Consumers(
          positions, Optional.of("how far gold has read silver is not known: " + e.problem()));
    }
  }
}
