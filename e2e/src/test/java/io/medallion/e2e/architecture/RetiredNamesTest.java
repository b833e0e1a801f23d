package io.medallion.e2e.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Settings, metrics and names in SQL that have another name now are found nowhere: not in code,
 * SQL, pages, dashboards, rules and scripts, nor in the names of files. The changelog and the
 * decisions may tell of them.
 */
class RetiredNamesTest {
  private static final Path HOUSE = Path.of("..").toAbsolutePath().normalize();
  private static final Path THIS =
      Path.of("e2e/src/test/java/io/medallion/e2e/architecture/RetiredNamesTest.java");
  private static final Set<Path> MAY_TELL =
      Set.of(Path.of("CHANGELOG.md"), Path.of("docs/decisions"));

  /** What is built, or is not the repository's. */
  private static final Set<String> NOT_LOOKED_INTO =
      Set.of("target", "data", ".git", ".idea", ".vscode", ".settings", "node_modules");

  private static final Set<String> TEXTS =
      Set.of(
          "java",
          "sql",
          "md",
          "xml",
          "yml",
          "yaml",
          "json",
          "jsonl",
          "js",
          "css",
          "html",
          "svg",
          "sh",
          "properties",
          "txt",
          "csv",
          "options",
          "config",
          "conf",
          "example",
          "pl",
          "toml");

  /** As in a file, on a command line, in the environment and as a constant. */
  private static final List<String> SETTINGS =
      List.of(
          "silver.max-ahead",
          "silver.event-time-floor",
          "silver.ip",
          "silver.max-records-per-chunk",
          "gold.max-records-per-chunk",
          "mode.live-max-records",
          "gold.user-sets-kept",
          "gold.count-bots",
          "maintain.closed-after",
          "maintain.file-size",
          "maintain.interval",
          "metrics.stuck-after",
          "spark-ui");

  private static final List<String> METRICS =
      List.of(
          "medallion_batch_seconds",
          "medallion_heap_used_bytes",
          "medallion_lag_rows",
          "medallion_position");

  private static final List<String> SQL =
      List.of(
          "flow_seen",
          "kept_from",
          "sets_from",
          "beyond_lateness",
          "users_worth_a_look",
          "worth_a_look",
          "two_countries_within_an_hour",
          "geo_build");

  /** Names that are words as well, and so are looked for if they can be nothing else. */
  private static final List<Pattern> WORDS =
      List.of(
          // The label of metrics: in an expression, a legend, a page, and where it is declared.
          Pattern.compile("medallion_\\w+\\{[^}]*\\bof\\b"),
          Pattern.compile("\\{\\{\\s*of\\s*}}"),
          Pattern.compile("\\b(by|on|without|ignoring) ?\\(([^)]*[, ])?of[,) ]"),
          Pattern.compile("\\bgauge\\(.*\"of\"|^\\s*\"of\"\\);$"),
          // Health.
          Pattern.compile("\\b(BLIND|STUCK)\\b"),
          // A table; not a package.
          Pattern.compile("(?<!medallion\\.)\\bgold\\.flow\\b|^\\| `flow` \\|"),
          // Columns.
          Pattern.compile("\\bledger\\.one\\b|\\bCHECK \\(one\\)"),
          Pattern.compile("(?i)\\bAS (new,|returning\\b)"),
          Pattern.compile("\\| `seq` \\||col\\(\"seq\"\\)|\\b[a-z]\\.seq\\b(?!\\()"));

  private static final List<Pattern> RETIRED =
      Stream.of(
              SETTINGS.stream().map(RetiredNamesTest::setting),
              Stream.concat(METRICS.stream(), SQL.stream())
                  .map(name -> Pattern.compile("(?<![a-zA-Z0-9_])" + name + "(?![a-zA-Z0-9_])")),
              WORDS.stream())
          .flatMap(patterns -> patterns)
          .toList();

  /** With a dot, a hyphen or an underscore between its words, in lower or upper case. */
  private static Pattern setting(String name) {
    return Pattern.compile(
        "(?i)(?<![a-z0-9])" + name.replaceAll("[.-]", "[._-]") + "(?![a-z0-9]|[._-][a-z0-9])");
  }

  @Test
  void noFileHasARetiredName() throws IOException {
    List<String> found = new ArrayList<>();
    for (Path file : files()) {
      String path = HOUSE.relativize(file).toString();
      if (isRetired(path.substring(path.lastIndexOf('/') + 1))) {
        found.add(path + ": its name");
      }
      List<String> lines = lines(file);
      for (int i = 0; i < lines.size(); i++) {
        for (Pattern retired : RETIRED) {
          Matcher name = retired.matcher(lines.get(i));
          if (name.find()) {
            found.add("%s:%d: %s".formatted(path, i + 1, name.group().strip()));
          }
        }
      }
    }
    assertThat(found).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "common/src/main/java/io/medallion/common/config/Keys.java",
        "sql/schema/001_gold.sql",
        "deploy/grafana/dashboards/pipeline.json",
        "docs/monitoring.md",
        "docker-compose.yml",
        "deploy/bin/medallion",
        "medallion",
        "README.md"
      })
  void everyKindOfFileIsLookedAt(String file) throws IOException {
    assertThat(files()).contains(HOUSE.resolve(file));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "--silver.max-ahead=5m",
        "MEDALLION_SILVER_IP: network",
        "Keys.SILVER_IP)",
        "silver.ip = keep",
        "Keys.GOLD_COUNT_BOTS",
        "--spark-ui=true",
        "rate(medallion_batch_seconds[1m])",
        "sum(medallion_position)",
        "medallion_source_end{layer=\"gold\",of=\"1\"}",
        "legend: {{of}}",
        "the layer is STUCK",
        "FROM gold.flow",
        "gold.flow_seen",
        "ledger.kept_from",
        "worth_a_look.sql",
        "today.active - fresh AS returning"
      })
  void aRetiredNameIsFound(String line) {
    assertThat(isRetired(line)).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "silver.ip-anonymization",
        "Keys.SILVER_IP_ANONYMIZATION",
        "spark.ui.enabled",
        "user_sets_retained_from",
        "medallion_batch_duration_seconds",
        "medallion_source_committed_offset{table=\"bronze\"}",
        "import io.medallion.gold.flow.Something",
        "AS new_users",
        "position.seq()",
        "one of (these, or those)"
      })
  void whatIsCalledLikeThatTodayIsNot(String line) {
    assertThat(isRetired(line)).isFalse();
  }

  private static boolean isRetired(String line) {
    return RETIRED.stream().anyMatch(retired -> retired.matcher(line).find());
  }

  private static List<Path> files() throws IOException {
    List<Path> files = new ArrayList<>();
    Files.walkFileTree(
        HOUSE,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            Path path = HOUSE.relativize(folder);
            return NOT_LOOKED_INTO.contains(path.getFileName().toString())
                    || MAY_TELL.contains(path)
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            Path path = HOUSE.relativize(file);
            if (attributes.isRegularFile()
                && isText(path)
                && !MAY_TELL.contains(path)
                && !path.equals(THIS)) {
              files.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return files;
  }

  /** By its ending; scripts and the like have none. */
  private static boolean isText(Path file) {
    String name = file.getFileName().toString();
    int dot = name.lastIndexOf('.');
    return dot < 0 || TEXTS.contains(name.substring(dot + 1));
  }

  /** None if it is no text after all. */
  private static List<String> lines(Path file) throws IOException {
    try {
      return Files.readAllLines(file);
    } catch (MalformedInputException e) {
      return List.of();
    }
  }
}
