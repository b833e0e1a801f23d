package io.medallion.demo.services;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.common.utils.Time;

/**
 * The process of the embedded broker: formats its folder the first time, runs, and stops when its
 * standard input ends, which happens whatever way its parent dies.
 */
final class KafkaBroker {
  /** After this long a stopping broker is ended by force: nobody waits for it any more. */
  private static final long STOP_LIMIT_MILLIS = 20_000;

  private KafkaBroker() {}

  /**
   * Runs the broker until its input ends.
   *
   * @param arguments the broker's properties file, the cluster id for a new folder
   */
  @SuppressWarnings("SystemExitOutsideMain")
  public static void main(String[] arguments) throws IOException {
    Path file = Path.of(arguments[0]);
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    }
    int formatted =
        StorageTool.execute(
            new String[] {"format", "-t", arguments[1], "-c", file.toString(), "-g"}, System.out);
    if (formatted != 0) {
      System.exit(1);
    }
    KafkaRaftServer server = new KafkaRaftServer(KafkaConfig.fromProps(properties), Time.SYSTEM);
    Thread watch = new Thread(() -> stopAtEndOfInput(server), "parent-watch");
    watch.setDaemon(true);
    watch.start();
    server.startup();
    server.awaitShutdown();
    System.exit(0);
  }

  private static void stopAtEndOfInput(KafkaRaftServer server) {
    awaitEndOfInput();
    Thread limit = new Thread(KafkaBroker::endByForce, "stop-limit");
    limit.setDaemon(true);
    limit.start();
    server.shutdown();
    Runtime.getRuntime().halt(0);
  }

  private static void awaitEndOfInput() {
    try {
      while (System.in.read() >= 0) {
        // Nobody writes here; only the end matters.
      }
    } catch (IOException e) {
      // A broken pipe is an end as well.
    }
  }

  private static void endByForce() {
    try {
      Thread.sleep(STOP_LIMIT_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(1);
  }
}
