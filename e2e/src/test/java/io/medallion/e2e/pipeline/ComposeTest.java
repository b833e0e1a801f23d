package io.medallion.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What docker-compose.yml says, as far as it can be told without a container. */
class ComposeTest {
  private static final List<String> LAYERS = List.of("bronze", "silver", "gold");
  private static final Pattern PORT = Pattern.compile("\\$\\{([A-Z]+_PORT):-(\\d+)}");
  private static final long GIB = 1L << 30;

  @Test
  void composeNeedsNoSettingsAndOpensNothingToOthers() throws Exception {
    Compose compose = Compose.resolved(Map.of());

    assertThat(compose.names())
        .contains("kafka", "postgres", "bronze", "silver", "gold", "simulator")
        .contains("dashboard", "prometheus", "grafana");
    for (String name : List.of("spark-master", "spark-worker")) {
      assertThat(Compose.texts(compose.service(name).path("profiles"))).containsExactly("cluster");
    }
    for (String name : compose.names()) {
      JsonNode service = compose.service(name);
      assertThat(service.path("mem_limit").isMissingNode()).as("limit of %s", name).isFalse();
      assertThat(service.path("restart").asText()).as("restart of %s", name).isNotEmpty();
      for (String port : Compose.texts(service.path("ports"))) {
        assertThat(port).as("port of %s", name).startsWith("127.0.0.1:");
      }
      for (String volume : Compose.texts(service.path("volumes"))) {
        String source = volume.substring(0, volume.indexOf(':'));
        assertThat(!source.startsWith("/") || Files.exists(Path.of(source))).as(volume).isTrue();
      }
      service
          .path("depends_on")
          .properties()
          .forEach(
              on -> {
                JsonNode other = compose.service(on.getKey());
                if (on.getValue().path("condition").asText().equals("service_healthy")) {
                  assertThat(other.has("healthcheck")).as("health of %s", on.getKey()).isTrue();
                }
              });
    }
  }

  @Test
  void eachSettingInComposeIsOne() throws Exception {
    Compose compose = Compose.resolved(Map.of());

    for (String name : compose.names()) {
      assertKnown(name, compose.environment(name));
    }
  }

  @Test
  void composeHasWhatIsOffElsewhere() throws Exception {
    Compose compose = Compose.resolved(Map.of());
    Configuration silver =
        Configuration.builder().environment(ours(compose.environment("silver"))).build();
    Configuration gold =
        Configuration.builder().environment(ours(compose.environment("gold"))).build();
    Configuration elsewhere = Configuration.builder().build();

    assertThat(silver.get(Keys.SILVER_PUBLISH_ENABLED)).isTrue();
    assertThat(elsewhere.get(Keys.SILVER_PUBLISH_ENABLED)).isFalse();
    assertThat(gold.get(Keys.GOLD_USER_EVENTS)).isTrue();
    assertThat(elsewhere.get(Keys.GOLD_USER_EVENTS)).isFalse();
  }

  @Test
  void theProfileAddsAClusterToSubmitTo() throws Exception {
    Compose compose =
        Compose.resolved(
            Map.of("SPARK_MASTER", "spark://spark-master:7077"), "--profile", "cluster");

    assertThat(compose.command("spark-worker")).endsWith("spark://spark-master:7077");
    for (String layer : List.of("bronze", "silver", "gold")) {
      assertThat(compose.command(layer)).contains("--master=spark://spark-master:7077");
      assertThat(compose.service(layer).path("hostname").asText()).isEqualTo(layer);
    }
  }

  @Test
  void theExampleNamesWhatComposeReads() throws IOException {
    String compose = Files.readString(Compose.ROOT.resolve("docker-compose.yml"));

    for (String line : Files.readAllLines(Compose.ROOT.resolve(".env.example"))) {
      if (line.matches("#?(?!COMPOSE_)[A-Z_]+=.*")) {
        String name = line.replaceFirst("^#", "").replaceFirst("=.*", "");
        assertThat(compose)
            .as(".env.example: %s", name)
            .containsAnyOf("${" + name + ":-", "\n  %s:\n".formatted(name));
      }
    }
  }

  @Test
  void oneServiceBuildsTheImageAndNobodyAsksARegistryForIt() throws Exception {
    Compose compose = Compose.resolved(Map.of());
    String image = "medallion:" + version();

    assertThat(compose.names().stream().filter(name -> compose.service(name).has("build")))
        .containsExactly("bronze");
    for (String name : compose.names()) {
      JsonNode service = compose.service(name);
      if (service.path("image").asText().startsWith("medallion")) {
        assertThat(service.path("image").asText()).as(name).isEqualTo(image);
        assertThat(service.path("pull_policy").asText()).as(name).isEqualTo("never");
      }
    }
  }

  /** The tag as Spark's own images are named, of the versions that pom.xml alone decides. */
  @Test
  void theImageIsMadeOfTheSparkScalaAndJavaOfTheBuild() throws IOException {
    String spark =
        "spark:%s-scala%s-java%s-ubuntu"
            .formatted(
                property("spark.version"),
                property("scala.binary.version"),
                property("maven.compiler.release"));
    String maven = "maven:3.9-eclipse-temurin-" + property("maven.compiler.release");
    assertThat(Files.readString(Compose.ROOT.resolve("deploy/Dockerfile")))
        .contains("ARG SPARK_IMAGE=" + spark + "\n", "ARG MAVEN_IMAGE=" + maven + "\n");
    for (String file : List.of("docker-compose.yml", ".env.example")) {
      assertThat(Files.readString(Compose.ROOT.resolve(file)))
          .containsPattern("SPARK_IMAGE(:-|=)" + Pattern.quote(spark))
          .containsPattern("MAVEN_IMAGE(:-|=)" + Pattern.quote(maven));
    }
  }

  /** What Maven wants of each module in the image's build. */
  @Test
  void theImagesContextHasEveryModule() throws IOException {
    List<String> context = Files.readAllLines(Compose.ROOT.resolve(".dockerignore"));
    List<String> modules =
        Pattern.compile("<module>(.+)</module>")
            .matcher(
                Files.readString(Compose.ROOT.resolve("pom.xml"))
                    .replaceFirst("(?s)<profiles>.*", ""))
            .results()
            .map(module -> module.group(1))
            .toList();

    assertThat(modules).contains("common", "tools/cli");
    for (String module : modules) {
      assertThat(context).contains("!" + module + "/pom.xml");
      if (!module.equals("e2e")) {
        assertThat(context).contains("!" + module + "/src/main");
      }
    }
  }

  @Test
  void noLayerWaitsForAnother() throws Exception {
    Compose compose = Compose.resolved(Map.of());

    for (String layer : LAYERS) {
      compose
          .service(layer)
          .path("depends_on")
          .fieldNames()
          .forEachRemaining(other -> assertThat(LAYERS).as(layer).doesNotContain(other));
    }
  }

  @Test
  void everyPortIsInTheExampleAndIsNoProgramsOwn() throws IOException {
    Map<String, String> ports = new TreeMap<>();
    Matcher found = PORT.matcher(Files.readString(Compose.ROOT.resolve("docker-compose.yml")));
    while (found.find()) {
      ports.put(found.group(1), found.group(2));
    }

    List<String> example = Files.readAllLines(Compose.ROOT.resolve(".env.example"));
    assertThat(ports).hasSize(5);
    ports.forEach((name, port) -> assertThat(example).contains(name + "=" + port));
    assertThat(ports.values())
        .doesNotHaveDuplicates()
        .as("what a local Postgres, Kafka, Prometheus or Grafana listens on")
        .doesNotContain("5432", "9092", "9090", "3000");
  }

  @Test
  void noServiceTakesAsManyCoresAsTheHostHas() throws Exception {
    for (JsonNode service : Compose.resolved(Map.of()).services()) {
      assertThat(service.toString()).doesNotContain("local[*]");
    }
  }

  @Test
  void theCliHasTheSettingsOfEveryLayerAndIsOnlyRunOnDemand() throws Exception {
    Compose compose = Compose.resolved(Map.of());
    Map<String, String> cli = compose.environment("cli");

    assertThat(Compose.texts(compose.service("cli").path("profiles"))).containsExactly("cli");
    for (String layer : LAYERS) {
      Map<String, String> settings = new TreeMap<>(compose.environment(layer));
      settings.keySet().removeIf(name -> name.startsWith("MEDALLION_METRICS_"));
      settings.remove("MEDALLION_LAKE_START_TIMEOUT");
      assertThat(cli).as(layer).containsAllEntriesOf(settings);
    }
    assertThat(compose.service("cli").path("volumes"))
        .isEqualTo(compose.service("silver").path("volumes"));
  }

  @Test
  void theLimitsFitAMachineWithSixteenGigabytesAndTheSmallOnesOneWithEight() throws Exception {
    assertThat(limits(Compose.resolved(Map.of()))).isLessThan(9 * GIB);
    assertThat(limits(Compose.small(Map.of()))).isLessThan(5 * GIB);
  }

  /** Bytes of everything that `up` starts. */
  private static long limits(Compose compose) {
    long sum = 0;
    for (JsonNode service : compose.services()) {
      if (service.path("profiles").isEmpty()) {
        sum += Compose.bytes(service.path("mem_limit").asText());
      }
    }
    return sum;
  }

  @Test
  void whatHoldsPasswordsStaysOutOfGitAndOfTheImagesContext() throws IOException {
    assertThat(Files.readAllLines(Compose.ROOT.resolve(".gitignore"))).contains(".env");
    for (String left : List.of(".env", "README.md", "docs/deploy.md", "docker-compose.yml")) {
      assertThat(sent(left)).as(left).isFalse();
    }
    for (String left : List.of("gold/target/x.jar", "data/lake/x", "gold/src/test/java/X.java")) {
      assertThat(sent(left)).as(left).isFalse();
    }
    for (String wanted :
        List.of("pom.xml", "gold/pom.xml", "tools/cli/pom.xml", "tools/cli/src/main/java/X.java")) {
      assertThat(sent(wanted)).as(wanted).isTrue();
    }
  }

  /** By .dockerignore: the last line that matches a file, or a folder above it, decides. */
  private static boolean sent(String file) throws IOException {
    boolean sent = true;
    for (String line : Files.readAllLines(Compose.ROOT.resolve(".dockerignore"))) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      boolean except = line.startsWith("!");
      PathMatcher pattern =
          FileSystems.getDefault().getPathMatcher("glob:" + line.substring(except ? 1 : 0));
      for (Path path = Path.of(file); path != null; path = path.getParent()) {
        if (pattern.matches(path)) {
          sent = except;
        }
      }
    }
    return sent;
  }

  static String version() throws IOException {
    return inPom("<artifactId>medallion</artifactId>\\s*<version>([^<]+)</version>");
  }

  private static String property(String name) throws IOException {
    return inPom("<%1$s>([^<]+)</%1$s>".formatted(Pattern.quote(name)));
  }

  private static String inPom(String pattern) throws IOException {
    Matcher found =
        Pattern.compile(pattern).matcher(Files.readString(Compose.ROOT.resolve("pom.xml")));
    assertThat(found.find()).as(pattern).isTrue();
    return found.group(1);
  }

  /** Our own parser refuses a name or a value that it does not know. */
  private static void assertKnown(String service, Map<String, String> environment) {
    assertThat(Configuration.builder().environment(ours(environment)).build())
        .as(service)
        .isNotNull();
  }

  private static Map<String, String> ours(Map<String, String> environment) {
    Map<String, String> ours = new HashMap<>(environment);
    ours.keySet().removeIf(name -> !name.startsWith("MEDALLION_"));
    return ours;
  }
}
