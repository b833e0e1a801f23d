package io.medallion.operations.query;

import io.medallion.common.config.Closest;
import io.medallion.common.error.MedallionException;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.schema.TableDefinition;

/** The tables of a lake by the names that people give them. */
final class LakeTables {
  private LakeTables() {}

  /**
   * One of them.
   *
   * @throws MedallionException if there is none of this name, or it has not been created yet
   */
  static LakeTable named(Lake lake, String name) {
    return lake.table(definition(name)).required();
  }

  /**
   * What one of them looks like.
   *
   * @throws MedallionException if there is none of this name
   */
  static TableDefinition definition(String name) {
    return TableDefinition.ALL.stream()
        .filter(definition -> definition.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                Closest.unknown(
                    "There is no table '%s' in the lake".formatted(name),
                    name,
                    "tables",
                    TableDefinition.ALL.stream().map(TableDefinition::name).toList()));
  }
}
