package io.medallion.gold;

import io.medallion.common.config.Arguments;
import io.medallion.common.config.Configuration;
import io.medallion.gold.alert.AlertDelivery;
import io.medallion.gold.status.LayerStatusReporter;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.layer.Layer;
import io.medallion.lakehouse.layer.LayerLauncher;
import io.medallion.lakehouse.layer.VersionStream;
import io.medallion.lakehouse.schema.TableDefinition;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/** Gold: counts windows and sessions of what silver holds, and merges them into Postgres. */
public final class GoldJob {
  /** The layer's name, in locks, logs and metrics. */
  public static final String NAME = "gold";

  private GoldJob() {}

  /** Obtains configuration and session, and runs until stopped. */
  public static void main(String[] args) {
    LayerLauncher.end(LayerLauncher.main(args, GoldJob::run));
  }

  /** The same with a configuration at hand; returns the exit code. */
  public static int run(Arguments arguments) {
    return LayerLauncher.run(
        NAME,
        arguments,
        (lake, configuration, once) -> start(lake, configuration, once, arguments.rebuild()));
  }

  /**
   * Connects silver with Postgres. The stream over silver is what wakes gold up; what it reads
   * then, it reads itself, from the ledger's position on, in whole versions.
   */
  public static Layer start(Lake lake, Configuration configuration, boolean once) {
    return start(lake, configuration, once, Optional.empty());
  }

  /**
   * The same after marts have been made again from silver. Readers see the old numbers until the
   * new ones are complete.
   *
   * @param rebuild the marts; none named is all of them, and the ledger; absent is no rebuild
   */
  public static Layer start(
      Lake lake, Configuration configuration, boolean once, Optional<Set<String>> rebuild) {
    LakeTable silver = lake.source(TableDefinition.SILVER, configuration, once);
    GoldStep step = new GoldStep(lake, silver, configuration);
    LayerStatusReporter watch = new LayerStatusReporter(lake, configuration);
    AlertDelivery alerts = new AlertDelivery(configuration);
    AtomicReference<Optional<Set<String>>> anew = new AtomicReference<>(rebuild);
    return Layer.start(
        NAME,
        lake,
        layer -> {
          if (anew.get().isPresent()) {
            rebuild(step, layer, anew.get().get());
            anew.set(Optional.empty());
          }
          if (once) {
            step.advance(layer, true);
            watch.look();
            alerts.once();
            return Optional.empty();
          }
          watch.start();
          alerts.start();
          step.advance(layer, false);
          return Optional.of(
              VersionStream.start(
                  lake,
                  silver,
                  NAME,
                  step.position(),
                  configuration,
                  () -> step.advance(layer, false)));
        },
        () -> step.progress(alerts.waiting()),
        () -> {
          alerts.close();
          watch.close();
          step.close();
        });
  }

  private static void rebuild(GoldStep step, Layer layer, Set<String> marts) {
    if (marts.isEmpty()) {
      step.rebuild(layer);
    } else {
      step.rebuild(layer, marts);
    }
  }
}
