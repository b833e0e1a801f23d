package io.medallion.silver;

import io.medallion.common.config.Arguments;
import io.medallion.common.config.Configuration;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.TableState;
import io.medallion.lakehouse.layer.Layer;
import io.medallion.lakehouse.layer.LayerLauncher;
import io.medallion.lakehouse.layer.LayerProgress;
import io.medallion.lakehouse.layer.SourcePosition;
import io.medallion.lakehouse.layer.VersionStream;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.silver.parse.SilverTransform;
import io.medallion.silver.publish.Publisher;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Silver: parses, validates, deduplicates and enriches what bronze has landed. */
public final class SilverJob {
  /** The layer's name, in locks, logs and metrics. */
  public static final String NAME = "silver";

  private SilverJob() {}

  /** Obtains configuration and session, and runs until stopped. */
  public static void main(String[] args) {
    LayerLauncher.end(LayerLauncher.main(args, SilverJob::run));
  }

  /** The same with a configuration at hand; returns the exit code. */
  public static int run(Arguments arguments) {
    return LayerLauncher.run(NAME, arguments.withoutRebuild(), SilverJob::start);
  }

  /**
   * Connects bronze with silver and quarantine. The stream over bronze is what wakes silver up;
   * what it reads then, it reads itself, from its own position on, in whole versions.
   */
  public static Layer start(Lake lake, Configuration configuration, boolean once) {
    LakeTable bronze = lake.source(TableDefinition.BRONZE, configuration, once);
    SilverTransform transform = SilverTransform.of(configuration, lake.session());
    transform.enrichment().enrichers();
    lake.createTable(transform.silver());
    lake.createTable(TableDefinition.QUARANTINE);
    Optional<Publisher> publisher = Publisher.of(lake, transform.rules().contract(), configuration);
    return Layer.start(
        NAME,
        lake,
        layer -> {
          SilverStep step = new SilverStep(lake, transform, layer, configuration);
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
        () -> progress(lake),
        () -> publisher.ifPresent(Publisher::close));
  }

  /** Silver's progress, from the states of its own table and bronze's. */
  private static LayerProgress progress(Lake lake) {
    LakeTable bronze = lake.table(TableDefinition.BRONZE);
    LakeTable silver = lake.table(TableDefinition.SILVER);
    TableState state = silver.state();
    long read = state.read();
    return new LayerProgress(
        read,
        Math.max(0, bronze.state().rows() - read),
        state.newestMicros(),
        Map.of(),
        Map.of(
            TableDefinition.BRONZE.name(),
            new SourcePosition(state.get(bronze.id()), bronze.version())),
        List.of(silver.size(), lake.table(TableDefinition.QUARANTINE).size()));
  }
}
