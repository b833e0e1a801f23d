package io.medallion.cli;

import io.medallion.bronze.BronzeJob;
import io.medallion.common.config.Arguments;
import io.medallion.gold.GoldJob;
import io.medallion.lakehouse.layer.Layer;
import io.medallion.lakehouse.layer.LayerLauncher;
import io.medallion.operations.MaintenanceSchedule;
import io.medallion.silver.SilverJob;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;

/** The layers and the jobs that run them. */
enum LayerName {
  BRONZE("Lands Kafka's records in the bronze table, byte for byte."),
  SILVER("Judges, deduplicates and locates bronze's events."),
  GOLD("Merges silver's events into Postgres.");

  private final String description;

  LayerName(String description) {
    this.description = description;
  }

  String command() {
    return name().toLowerCase(Locale.ROOT);
  }

  String description() {
    return description;
  }

  /** Runs the layer until it is done or stopped; returns the exit code. */
  int run(Arguments arguments) {
    return switch (this) {
      case BRONZE -> BronzeJob.run(arguments);
      case SILVER -> runSilver(arguments);
      case GOLD -> GoldJob.run(arguments);
    };
  }

  /** Silver, and next to it the schedule by which all tables are kept small. */
  private static int runSilver(Arguments arguments) {
    AtomicReference<MaintenanceSchedule> schedule = new AtomicReference<>();
    try {
      return LayerLauncher.run(
          SilverJob.NAME,
          arguments.withoutRebuild(),
          (lake, configuration, once) -> {
            Layer layer = SilverJob.start(lake, configuration, once);
            if (!once) {
              MaintenanceSchedule.start(lake, configuration).ifPresent(schedule::set);
            }
            return layer;
          });
    } finally {
      if (schedule.get() != null) {
        schedule.get().close();
      }
    }
  }
}
