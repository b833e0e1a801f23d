package io.medallion.e2e.pipeline;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A folder like Spark's own distribution, of links to the jars on the test's class path, and the
 * processes it runs. It holds what Spark brings and nothing of ours, so that a layer's jar must
 * bring or fetch the rest.
 */
final class SparkHome {
  /** What is on the test's class path for other reasons than Spark. */
  private static final List<String> NOT_SPARKS =
      List.of(
          "/io/medallion/",
          // As a build of the whole names them, not yet in a repository.
          "/target/medallion-",
          "/io/delta/",
          "/io/unitycatalog/",
          "/org/apache/kafka/",
          "spark-sql-kafka",
          "spark-token-provider",
          "commons-pool2",
          "/org/postgresql/",
          "/com/maxmind/",
          "ua-parser",
          "picocli",
          "zonky",
          "archunit",
          "/com/marcnuri/",
          "/io/fabric8/",
          "junit",
          "assertj",
          "awaitility",
          "opentest4j",
          "apiguardian");

  private final Path folder;

  private SparkHome(Path folder) {
    this.folder = folder;
  }

  static SparkHome in(Path folder) throws IOException {
    Path jars = Files.createDirectories(folder.resolve("jars"));
    for (Path jar : classPath().toList()) {
      if (NOT_SPARKS.stream().noneMatch(jar.toString()::contains)) {
        Files.createSymbolicLink(jars.resolve(jar.getFileName()), jar);
      }
    }
    Files.writeString(folder.resolve("RELEASE"), "links for a test\n");
    return new SparkHome(folder);
  }

  /** The jars on the test's class path. */
  static Stream<Path> classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(java.io.File.pathSeparator))
        .filter(entry -> entry.endsWith(".jar"))
        .map(Path::of)
        .distinct();
  }

  /** Starts one of Spark's main classes in a process of its own; what it says goes to a file. */
  Process start(Path output, Map<String, String> environment, String main, List<String> arguments)
      throws IOException {
    return start(
        output,
        environment,
        List.of("-Xmx1g", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"),
        main,
        arguments);
  }

  /** The same with options of its Java. */
  Process start(
      Path output,
      Map<String, String> environment,
      List<String> javaOptions,
      String main,
      List<String> arguments)
      throws IOException {
    List<String> command =
        new ArrayList<>(List.of(ProcessHandle.current().info().command().orElse("java")));
    command.addAll(javaOptions);
    command.addAll(
        Arrays.asList(System.getProperty("medallion.spark.jvm.options").trim().split("\\s+")));
    command.addAll(List.of("-cp", folder.resolve("jars") + "/*", main));
    command.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(Redirect.appendTo(output.toFile()));
    builder.environment().put("SPARK_HOME", folder.toString());
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    // Else it looks for the folders of a build of Spark.
    builder.environment().put("SPARK_SCALA_VERSION", "2.13");
    builder.environment().putAll(environment);
    return builder.start();
  }
}
