package io.medallion.e2e.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Classes that are named by a text (a setting of Spark, an argument, a line of a manifest or a
 * page), which no compiler looks at: a new release of Spark or Delta that moves one fails here.
 */
class ClassNamesTest {
  private static final Path ROOT = Path.of(System.getProperty("basedir", "."), "..");

  private static final Pattern CLASS =
      Pattern.compile("\\b(?:org|io|com|net|software)(?:\\.[a-z0-9_]+)+\\.[A-Z]\\w*(?:\\$\\w+)*");

  private static final Pattern TEXT = Pattern.compile("\"(?:[^\"\\\\\n]|\\\\.)*\"");

  /**
   * Folders without sources of ours (a run here leaves its servers' binary files in {@code data}),
   * and tests that make names up.
   */
  private static final Set<String> SKIPPED =
      Set.of("target", ".git", "data", "planted", "ResourceTest.java", "RetiredNamesTest.java");

  private static final List<String> ENDINGS =
      List.of(".java", ".md", ".xml", ".yml", ".yaml", ".json", ".properties", ".sh", ".options");

  /**
   * Maven's plugins, what the stores' tests and the benchmark's peer bring along and run
   * themselves, and what Kafka's stand-in does.
   */
  private static final List<String> NOT_OURS =
      List.of(
          "org.apache.maven.",
          "org.gaul.s3proxy.",
          "io.medallion.peer.",
          "org.apache.kafka.tools.");

  @Test
  void everyClassNamedByATextIsThere() throws IOException {
    Map<String, Set<Path>> named = named();

    assertThat(named)
        .containsKeys(
            "io.delta.sql.DeltaSparkSessionExtension",
            "org.apache.spark.sql.delta.catalog.DeltaCatalog",
            "org.apache.spark.deploy.SparkSubmit",
            "io.medallion.silver.SilverJob",
            "io.medallion.cli.Medallion");
    assertThat(named)
        .allSatisfy(
            (name, files) ->
                assertThatCode(() -> Class.forName(name, false, getClass().getClassLoader()))
                    .as("%s, named in %s", name, files)
                    .doesNotThrowAnyException());
  }

  private static Map<String, Set<Path>> named() throws IOException {
    Map<String, Set<Path>> named = new TreeMap<>();
    try (Stream<Path> files = Files.walk(ROOT)) {
      files
          .filter(file -> !skipped(ROOT.relativize(file)))
          .filter(Files::isRegularFile)
          .filter(ClassNamesTest::mayName)
          .forEach(
              file ->
                  namedIn(file)
                      .forEach(
                          name -> named.computeIfAbsent(name, n -> new TreeSet<>()).add(file)));
    }
    return named;
  }

  private static boolean skipped(Path file) {
    for (Path part : file) {
      if (SKIPPED.contains(part.toString())) {
        return true;
      }
    }
    return false;
  }

  /** Texts by their ending; without one, scripts and the image's recipe. */
  private static boolean mayName(Path file) {
    String name = file.getFileName().toString();
    return ENDINGS.stream().anyMatch(name::endsWith) || !name.contains(".");
  }

  private static List<String> namedIn(Path file) {
    String text;
    try {
      text = Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(file.toString(), e);
    }
    Stream<String> texts =
        file.toString().endsWith(".java")
            ? TEXT.matcher(text).results().map(MatchResult::group)
            : Stream.of(text);
    return texts
        .flatMap(part -> CLASS.matcher(part).results().map(MatchResult::group))
        .filter(name -> NOT_OURS.stream().noneMatch(name::startsWith))
        .toList();
  }
}
