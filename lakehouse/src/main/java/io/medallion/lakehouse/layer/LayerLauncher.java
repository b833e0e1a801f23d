package io.medallion.lakehouse.layer;

import io.medallion.common.config.Arguments;
import io.medallion.common.config.Configuration;
import io.medallion.common.error.ExitCode;
import io.medallion.common.error.MedallionException;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.session.LakeSession;
import io.medallion.lakehouse.session.SubmittedFiles;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;
import org.apache.hadoop.util.ShutdownHookManager;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs one layer as a process: session, layer, a clean stop on SIGTERM, an exit code. */
public final class LayerLauncher {
  private static final Logger LOG = LoggerFactory.getLogger(LayerLauncher.class);

  /** Spark stops itself at a signal too, by the same hooks; the layer has to end before. */
  private static final int BEFORE_SPARK = 100;

  private static final long STOP_SECONDS = 60;

  /** Starts a layer's queries. */
  public interface Start {
    /**
     * Starts them.
     *
     * @param once whether it works up to now and stops
     */
    Layer start(Lake lake, Configuration configuration, boolean once);
  }

  private LayerLauncher() {}

  /**
   * What a layer's {@code main} does: reads the command line, runs, and tells what went wrong.
   *
   * @return the exit code
   */
  public static int main(String[] args, ToIntFunction<Arguments> run) {
    try {
      return run.applyAsInt(
          Arguments.parse(
              SubmittedFiles.withConfiguration(List.of(args), System.getProperty("spark.files")),
              System.getenv()));
    } catch (MedallionException e) {
      return report(e);
    }
  }

  /**
   * Runs a layer until it has done its work, fails, or the process is asked to stop.
   *
   * @return the exit code
   */
  public static int run(String name, Arguments arguments, Start start) {
    Optional<HealthServer> monitor = Optional.empty();
    try (SparkSession session =
        LakeSession.create("medallion-" + name, arguments.configuration())) {
      LayerLog.show();
      monitor = HealthServer.open(arguments.configuration());
      Lake lake = Lake.open(session, arguments.configuration());
      Layer layer = start.start(lake, arguments.configuration(), arguments.once());
      monitor.ifPresent(opened -> opened.watch(layer));
      ShutdownHookManager.get()
          .addShutdownHook(layer::close, BEFORE_SPARK, STOP_SECONDS, TimeUnit.SECONDS);
      layer.await();
      return layer.failure().map(LayerLauncher::report).orElse(ExitCode.OK);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return ExitCode.FAILURE;
    } catch (IOException | RuntimeException e) {
      return report(e);
    } finally {
      monitor.ifPresent(HealthServer::close);
    }
  }

  /**
   * The last thing that a layer's {@code main} does. A layer that ended well leaves the process to
   * Spark: in cluster mode YARN takes a driver that exits by itself, whatever its code, for one
   * that has failed, and starts it again.
   *
   * @param exitCode ends the process at once if it is not {@link ExitCode#OK}
   */
  public static void end(int exitCode) {
    if (exitCode != ExitCode.OK) {
      System.exit(exitCode);
    }
  }

  /** Tells the user what stopped the program, and returns the exit code for it. */
  public static int report(Throwable thrown) {
    MedallionException known = MedallionException.in(thrown);
    if (known == null) {
      LOG.error("stopped by an unexpected error", thrown);
      System.err.println("error: " + thrown);
      return ExitCode.FAILURE;
    }
    System.err.println(known.explain());
    return known.code().exitCode();
  }
}
