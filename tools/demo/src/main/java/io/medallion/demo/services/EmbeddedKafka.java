package io.medallion.demo.services;

import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.Uuid;

/**
 * A real Kafka broker and controller (KRaft) in a process of its own, on the loopback address.
 *
 * <p>Its folder keeps the cluster id and the records across runs. The process ends by itself when
 * the one that started it dies, whatever way.
 */
public final class EmbeddedKafka implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(25);
  private static final int ATTEMPTS = 3;

  private final Process process;
  private final int port;
  private final Path folder;

  private EmbeddedKafka(Process process, int port, Path folder) {
    this.process = process;
    this.port = port;
    this.folder = folder;
  }

  /**
   * Starts a broker and waits until it answers.
   *
   * @param folder where its data lives; made if it is missing
   * @param port where it listens; 0 for a free one
   * @throws MedallionException if it does not start
   */
  public static EmbeddedKafka start(Path folder, int port) {
    return start(folder, PortChoice.of(port));
  }

  /** The same where there is a choice of ports. */
  static EmbeddedKafka start(Path folder, PortChoice port) {
    try {
      Files.createDirectories(folder);
      awaitEndOfFormer(folder);
      for (int attempt = 1; ; attempt++) {
        EmbeddedKafka broker = launch(folder, port.pick("the broker"));
        if (broker.answers()) {
          return broker;
        }
        broker.close();
        // Somebody may have taken the free port in between; a port asked for is not exchanged.
        if (port.fixed() || attempt == ATTEMPTS || !broker.lostItsPort()) {
          throw notStarted(broker);
        }
      }
    } catch (IOException e) {
      throw new MedallionException(
          ErrorCode.SERVICE_NOT_STARTED,
          "The embedded broker in " + folder + " did not start",
          e.toString(),
          "Check the folder's rights and space.",
          e);
    }
  }

  /** Where clients find it. */
  public String bootstrapServers() {
    return "127.0.0.1:" + port;
  }

  /** Options for Kafka's clients. */
  public Map<String, String> client() {
    return Map.of("bootstrap.servers", bootstrapServers());
  }

  /** Its process, for those who want to kill it. */
  public ProcessHandle process() {
    return process.toHandle();
  }

  /** Stops it in order; by force after 25 seconds. */
  @Override
  public void close() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      // It is gone already.
    }
    try {
      if (!process.waitFor(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  /** A killed parent's broker needs a moment to stop, and holds the folder until then. */
  private static void awaitEndOfFormer(Path folder) {
    Path file = folder.resolve("broker.process");
    if (Files.exists(file)) {
      ProcessIdentity.from(PrivateFile.read(file)).ifPresent(former -> former.awaitEnd(STOP_LIMIT));
    }
  }

  private static EmbeddedKafka launch(Path folder, int port) throws IOException {
    Path properties = folder.resolve("broker.properties");
    PrivateFile.write(
        properties, brokerProperties(folder, port, Ports.free()), "Written at each start.");
    ProcessBuilder builder =
        new ProcessBuilder(command(properties, clusterId(folder)))
            .redirectErrorStream(true)
            .redirectOutput(log(folder).toFile());
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    Process process = builder.start();
    PrivateFile.write(
        folder.resolve("broker.process"),
        ProcessIdentity.of(process.toHandle()).entries(),
        "The broker that was started last.");
    return new EmbeddedKafka(process, port, folder);
  }

  /**
   * The shell only makes the broker deaf to Ctrl-C, which a terminal sends to every process in its
   * foreground: the parent decides when it stops, after those who still use it.
   */
  private static List<String> command(Path properties, String clusterId) {
    String java =
        Path.of(System.getProperty("java.home"), "bin", "java").toAbsolutePath().toString();
    return List.of(
        "sh",
        "-c",
        "trap '' INT HUP; exec \"$@\"",
        "sh",
        java,
        "-Xms128m",
        "-Xmx512m",
        "-XX:+ExitOnOutOfMemoryError",
        "-Djava.awt.headless=true",
        KafkaBroker.class.getName(),
        properties.toString(),
        clusterId);
  }

  private static String clusterId(Path folder) {
    Path file = folder.resolve("cluster.properties");
    if (!Files.exists(file)) {
      PrivateFile.write(
          file, Map.of("cluster.id", Uuid.randomUuid().toString()), "The cluster, for ever.");
    }
    return PrivateFile.read(file).get("cluster.id");
  }

  private static Map<String, String> brokerProperties(Path folder, int port, int controllerPort) {
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put("process.roles", "broker,controller");
    properties.put("node.id", "1");
    properties.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
    properties.put(
        "listeners",
        "PLAINTEXT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d".formatted(port, controllerPort));
    properties.put("advertised.listeners", "PLAINTEXT://127.0.0.1:" + port);
    properties.put("controller.listener.names", "CONTROLLER");
    properties.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    properties.put("log.dirs", folder.resolve("data") + File.separator);
    // Kafka time is the broker's: lateness and rules do not hang on a producer's clock.
    properties.put("log.message.timestamp.type", "LogAppendTime");
    properties.put("log.retention.ms", "-1");
    properties.put("log.retention.bytes", "-1");
    properties.put("log.segment.bytes", Integer.toString(128 << 20));
    properties.put("message.max.bytes", Integer.toString(12 << 20));
    properties.put("auto.create.topics.enable", "false");
    properties.put("num.partitions", "4");
    properties.put("offsets.topic.num.partitions", "4");
    properties.put("offsets.topic.replication.factor", "1");
    properties.put("transaction.state.log.num.partitions", "4");
    properties.put("transaction.state.log.replication.factor", "1");
    properties.put("transaction.state.log.min.isr", "1");
    properties.put("group.initial.rebalance.delay.ms", "0");
    properties.put("num.network.threads", "2");
    properties.put("num.io.threads", "4");
    properties.put("log.cleaner.dedupe.buffer.size", Integer.toString(16 << 20));
    return properties;
  }

  Path folder() {
    return folder;
  }

  private static Path log(Path folder) {
    return folder.resolve("broker.log");
  }

  private boolean answers() {
    return KafkaTopics.answers(client(), START_LIMIT, process::isAlive);
  }

  private boolean lostItsPort() throws IOException {
    return Files.readString(log(folder)).contains("Address already in use");
  }

  private static MedallionException notStarted(EmbeddedKafka broker) {
    return new MedallionException(
        ErrorCode.SERVICE_NOT_STARTED,
        "The embedded broker did not start on port " + broker.port,
        broker.process.isAlive()
            ? "It did not answer within " + START_LIMIT.toSeconds() + " s."
            : "Its process ended with code " + broker.process.exitValue() + ".",
        "Read " + log(broker.folder) + "; another program may hold the port.");
  }
}
