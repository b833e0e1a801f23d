package io.medallion.silver;

import io.medallion.common.config.Arguments;
import io.medallion.common.config.Configuration;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.LakeTable;
import io.medallion.lakehouse.Layer;
import io.medallion.lakehouse.LayerMain;
import io.medallion.lakehouse.Marks;
import io.medallion.lakehouse.Standing;
import io.medallion.lakehouse.TableDefinition;
import io.medallion.lakehouse.VersionStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Silver: parses, judges, deduplicates and enriches what bronze has landed. */
public final class SilverJob {
  /** The layer's name, in locks, logs and metrics. */
  public static final String NAME = "silver";

  private SilverJob() {}

  /** Obtains configuration and session, and runs until stopped. */
  public static void main(String[] args) {
    System.exit(LayerMain.main(args, SilverJob::run));
  }

  /** The same with a configuration at hand; returns the exit code. */
  public static int run(Arguments arguments) {
    return LayerMain.run(NAME, arguments.withoutRebuild(), SilverJob::start);
  }

  /**
   * Connects bronze with silver and quarantine. The stream over bronze is what wakes silver up;
   * what it reads then, it reads itself, from its own position on, in whole versions.
   */
  public static Layer start(Lake lake, Configuration configuration, boolean once) {
    LakeTable bronze = lake.source(TableDefinition.BRONZE, configuration, once);
    Judging judging = Judging.of(configuration);
    judging.enrichment().enrichers();
    lake.createTable(TableDefinition.SILVER);
    lake.createTable(TableDefinition.QUARANTINE);
    Optional<Publisher> publisher = Publisher.of(lake, configuration);
    return Layer.start(
        NAME,
        lake,
        layer -> {
          SilverStep step = new SilverStep(lake, judging, layer, configuration);
          step.advance();
          if (once) {
            publisher.ifPresent(Publisher::publish);
            return Optional.empty();
          }
          publisher.ifPresent(Publisher::start);
          return Optional.of(
              VersionStream.start(
                  lake, bronze, NAME, step.position(), configuration, step::advance));
        },
        () -> standing(lake),
        () -> publisher.ifPresent(Publisher::close));
  }

  /** Where silver stands, as its own marks tell beside bronze's. */
  private static Standing standing(Lake lake) {
    LakeTable bronze = lake.table(TableDefinition.BRONZE);
    LakeTable silver = lake.table(TableDefinition.SILVER);
    Map<String, Long> marks = silver.marks();
    long read = marks.getOrDefault(Marks.READ, 0L);
    return new Standing(
        read,
        Math.max(0, bronze.marks().getOrDefault(Marks.ROWS, 0L) - read),
        marks.getOrDefault(Marks.NEWEST, 0L),
        Map.of(
            TableDefinition.BRONZE.name(),
            new Standing.Place(marks.getOrDefault(bronze.id(), 0L), bronze.version())),
        List.of(silver.size(), lake.table(TableDefinition.QUARANTINE).size()));
  }
}
