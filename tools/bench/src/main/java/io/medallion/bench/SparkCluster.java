package io.medallion.bench;

import io.medallion.demo.services.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A standalone Spark cluster on this machine: a master and workers, processes of their own. */
final class SparkCluster implements AutoCloseable {
  private static final String LOCALHOST = "127.0.0.1";

  private final Path folder;
  private final String master;
  private final List<MeasuredProcess> processes = new ArrayList<>();
  private final List<MeasuredProcess> workers = new ArrayList<>();

  private SparkCluster(Path folder, String master) {
    this.folder = folder;
    this.master = master;
  }

  /**
   * Starts one; applications wait until workers have come.
   *
   * @param folder for what it says and keeps
   * @param workers how many, each of one core
   * @param memory of each, as {@code 2g}
   */
  static SparkCluster start(Path folder, int workers, String memory) {
    String port = Integer.toString(Ports.free());
    SparkCluster cluster = new SparkCluster(folder, "spark://%s:%s".formatted(LOCALHOST, port));
    try {
      Files.createDirectories(cluster.events());
      // Spark wants its home to have this folder; the jars are on the class path.
      Files.createDirectories(folder.resolve("home/jars"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    cluster.begin(
        "master",
        "org.apache.spark.deploy.master.Master",
        List.of("--host", LOCALHOST, "--port", port, "--webui-port", "0"));
    for (int i = 1; i <= workers; i++) {
      cluster.workers.add(
          cluster.begin(
              "worker-" + i,
              "org.apache.spark.deploy.worker.Worker",
              List.of(
                  "--host",
                  LOCALHOST,
                  "--webui-port",
                  "0",
                  "--cores",
                  "1",
                  "--memory",
                  memory,
                  "--work-dir",
                  folder.resolve("work-" + i).toString(),
                  cluster.master)));
    }
    return cluster;
  }

  /**
   * What an application has to be told so that it works here.
   *
   * @param memory of an executor
   */
  Map<String, String> settings(String memory) {
    Map<String, String> settings = new TreeMap<>();
    settings.put("spark.master", master);
    settings.put("spark.driver.host", LOCALHOST);
    settings.put("spark.executor.memory", memory);
    settings.put("spark.executor.extraClassPath", classPath());
    settings.put("spark.eventLog.enabled", "true");
    settings.put("spark.eventLog.dir", events().toUri().toString());
    settings.put("spark.eventLog.compress", "false");
    settings.put("spark.eventLog.rolling.enabled", "false");
    return settings;
  }

  /** Where applications tell of their tasks. */
  Path events() {
    return folder.resolve("events");
  }

  /** What the workers and all executors that have ended took of the processor. */
  Duration executors() {
    return workers.stream()
        .map(MeasuredProcess::cpuWithChildren)
        .reduce(Duration.ZERO, Duration::plus);
  }

  private MeasuredProcess begin(String name, String main, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.add("-Xmx512m");
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add-"))
        .forEach(command::add);
    command.addAll(List.of("-cp", classPath(), main));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().put("SPARK_HOME", folder.resolve("home").toString());
    builder.environment().put("SPARK_LOCAL_IP", LOCALHOST);
    // Else it looks for the folders of a build of Spark.
    builder.environment().put("SPARK_SCALA_VERSION", "2.13");
    MeasuredProcess process = new MeasuredProcess(builder, folder.resolve(name + ".txt"));
    processes.add(process);
    return process;
  }

  private static String classPath() {
    return System.getProperty("java.class.path");
  }

  @Override
  public void close() {
    for (int i = processes.size() - 1; i >= 0; i--) {
      processes.get(i).close();
    }
  }
}
