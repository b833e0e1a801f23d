package io.medallion.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.demo.traffic.TrafficReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each layer's jar as users submit it: Spark's own SparkSubmit, one process a layer, a real broker
 * and Postgres.
 */
class SparkSubmitIT {
  private static final int EVENTS = 3_000;
  private static final List<String> LAYERS = List.of("bronze", "silver", "gold");
  private static final Map<String, String> PACKAGES =
      Map.of(
          "bronze", FileRepository.DELTA_SPARK + "," + FileRepository.KAFKA,
          "silver", FileRepository.DELTA_SPARK,
          "gold", FileRepository.DELTA_SPARK + "," + FileRepository.POSTGRESQL);

  @TempDir Path folder;
  private SubmittedChain chain;

  @BeforeEach
  void start() throws IOException {
    chain = SubmittedChain.start(folder);
  }

  @AfterEach
  void stop() {
    chain.close();
  }

  /** {@link ComposeIT} runs them live. */
  @Test
  @Tag("full")
  void theSelfContainedJarsRunChained() throws Exception {
    TrafficReport report = chain.simulate(EVENTS);
    for (String layer : LAYERS) {
      submit(layer, "all", List.of("--master", "local[2]"));
    }

    chain.assertGoldHolds(report);
  }

  @Test
  void theThinJarsRunChainedWithPackagesFromARepository() throws Exception {
    Path ivy = FileRepository.in(folder.resolve("repository")).ivySettings();
    TrafficReport report = chain.simulate(EVENTS);
    for (String layer : LAYERS) {
      submit(
          layer,
          "thin",
          List.of(
              "--master",
              "local[2]",
              "--packages",
              PACKAGES.get(layer),
              "--conf",
              "spark.jars.ivySettings=" + ivy,
              // Not the user's own cache, which may hold what this repository lacks.
              "--conf",
              "spark.jars.ivy=" + folder.resolve("ivy")));
    }

    chain.assertGoldHolds(report);
  }

  private void submit(String layer, String jar, List<String> options)
      throws IOException, InterruptedException {
    assertThat(chain.submitOnce(layer, jar, options))
        .as("a line for each batch, where nobody configured a log")
        .contains("layer=" + layer + " version=");
  }

  static String mainClass(String layer) {
    String name = layer.substring(0, 1).toUpperCase(Locale.ROOT) + layer.substring(1);
    return "io.medallion.%s.%sJob".formatted(layer, name);
  }

  /**
   * What a module was built into.
   *
   * @param module its folder
   */
  static Path jar(String module, String classifier) {
    Path target =
        Path.of(System.getProperty("basedir", ".")).resolveSibling(module).resolve("target");
    try (Stream<Path> jars = Files.list(target)) {
      return jars.filter(path -> path.toString().endsWith("-" + classifier + ".jar"))
          .findFirst()
          .orElseThrow(
              () ->
                  new IllegalStateException(
                      "no %s jar in %s: run mvn package".formatted(classifier, target)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
