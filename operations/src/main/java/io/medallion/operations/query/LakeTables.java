package io.medallion.operations.query;

import io.medallion.common.config.Closest;
import io.medallion.common.error.MedallionException;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.schema.TableDefinition;
import java.util.List;

/** The tables of a lake by the names that people give them. */
final class LakeTables {
  private LakeTables() {}

  /**
   * One of them.
   *
   * @throws MedallionException if there is none of this name, or it has not been created yet
   */
  static LakeTable named(Lake lake, String name) {
    List<String> names = TableDefinition.ALL.stream().map(TableDefinition::name).toList();
    return TableDefinition.ALL.stream()
        .filter(definition -> definition.name().equals(name))
        .findFirst()
        .map(definition -> lake.table(definition).required())
        .orElseThrow(
            () ->
                Closest.unknown(
                    "There is no table '%s' in the lake".formatted(name), name, "tables", names));
  }
}
