package io.medallion.lakehouse.layer;

import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.config.Configurator;

/** Lets a layer's own lines through where Spark's log is at warnings alone. */
final class LayerLog {
  private static final String OURS = "io.medallion";

  private LayerLog() {}

  /** Shows our lines, one for each batch, unless the log's configuration names us itself. */
  static void show() {
    if (LogManager.getContext(false) instanceof LoggerContext context
        && !context.getConfiguration().getLoggers().containsKey(OURS)) {
      Configurator.setLevel(OURS, Level.INFO);
    }
  }
}
