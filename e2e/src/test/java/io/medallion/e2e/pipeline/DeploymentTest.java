package io.medallion.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What docker-compose.yml and deploy/k8s say, as far as it can be told without a container. */
class DeploymentTest {
  private static final Path K8S = Compose.ROOT.resolve("deploy/k8s");

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
      if (line.matches("#?[A-Z_]+=.*")) {
        String name = line.replaceFirst("^#", "").replaceFirst("=.*", "");
        assertThat(compose).as(".env.example: %s", name).contains("${" + name + ":-");
      }
    }
  }

  @Test
  void eachDeploymentIsASingleWriterWithProbesAndNoRights() throws IOException {
    Map<String, JsonNode> all = manifests();
    JsonNode settings = all.get("ConfigMap/medallion-settings").path("data");
    Set<String> secrets = new HashSet<>();
    all.get("Secret/medallion-passwords")
        .path("stringData")
        .fieldNames()
        .forEachRemaining(secrets::add);
    for (String layer : List.of("bronze", "silver", "gold")) {
      JsonNode spec = all.get("Deployment/medallion-" + layer).path("spec");
      JsonNode pod = spec.path("template").path("spec");
      JsonNode container = pod.path("containers").path(0);
      assertThat(spec.path("replicas").asInt()).isEqualTo(1);
      assertThat(spec.path("strategy").path("type").asText()).isEqualTo("Recreate");
      assertThat(spec.path("selector").path("matchLabels"))
          .isEqualTo(spec.path("template").path("metadata").path("labels"));
      assertThat(pod.path("securityContext").path("runAsNonRoot").asBoolean()).isTrue();
      assertThat(pod.path("terminationGracePeriodSeconds").asInt()).isGreaterThan(60);
      assertThat(container.path("livenessProbe").path("httpGet").path("path").asText())
          .isEqualTo("/healthz");
      assertThat(container.path("readinessProbe").path("httpGet").path("path").asText())
          .isEqualTo("/readyz");
      assertThat(container.path("ports").path(0).path("containerPort").asText())
          .isEqualTo(settings.path("MEDALLION_METRICS_PORT").asText());
      assertThat(Compose.texts(container.path("command")))
          .contains("--class=" + SparkSubmitIT.mainClass(layer))
          .last()
          .isEqualTo("/opt/medallion/medallion-%s.jar".formatted(layer));
      assertKnown(layer, environment(settings, container, secrets));
      assertMounts(pod, container, all);
    }
  }

  @Test
  void kustomizeTakesEveryManifest() throws IOException {
    JsonNode kustomization =
        Compose.YAML.readTree(K8S.resolve("kustomization.yaml").toFile()).path("resources");
    try (var files = Files.list(K8S)) {
      assertThat(files.map(f -> f.getFileName().toString()).filter(f -> !f.startsWith("kustom")))
          .containsExactlyInAnyOrderElementsOf(Compose.texts(kustomization));
    }
  }

  private static Map<String, String> environment(
      JsonNode settings, JsonNode container, Set<String> secrets) {
    Map<String, String> environment = new TreeMap<>();
    settings.properties().forEach(s -> environment.put(s.getKey(), s.getValue().asText()));
    for (JsonNode variable : container.path("env")) {
      JsonNode secret = variable.path("valueFrom").path("secretKeyRef");
      if (!secret.isMissingNode()) {
        assertThat(secrets).contains(secret.path("key").asText());
      }
      environment.put(variable.path("name").asText(), variable.path("value").asText("secret"));
    }
    return environment;
  }

  private static void assertMounts(JsonNode pod, JsonNode container, Map<String, JsonNode> all) {
    List<String> volumes = new ArrayList<>();
    for (JsonNode volume : pod.path("volumes")) {
      volumes.add(volume.path("name").asText());
      JsonNode claim = volume.path("persistentVolumeClaim").path("claimName");
      if (!claim.isMissingNode()) {
        assertThat(all).containsKey("PersistentVolumeClaim/" + claim.asText());
      }
    }
    for (JsonNode mount : container.path("volumeMounts")) {
      assertThat(volumes).contains(mount.path("name").asText());
    }
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

  private static Map<String, JsonNode> manifests() throws IOException {
    Map<String, JsonNode> all = new TreeMap<>();
    try (var files = Files.list(K8S)) {
      for (Path file : files.toList()) {
        try (MappingIterator<JsonNode> documents =
            Compose.YAML.readerFor(JsonNode.class).readValues(file.toFile())) {
          while (documents.hasNext()) {
            JsonNode manifest = documents.next();
            all.put(
                manifest.path("kind").asText()
                    + "/"
                    + manifest.path("metadata").path("name").asText(),
                manifest);
          }
        }
      }
    }
    return all;
  }
}
