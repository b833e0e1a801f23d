package io.medallion.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.openshift.api.model.monitoring.v1.PodMonitor;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The chart, linted and rendered by Helm and held against Kubernetes's own model. */
class HelmChartTest {
  private static final List<String> LAYERS = List.of("bronze", "silver", "gold");
  private static final Map<String, Class<? extends HasMetadata>> MODEL =
      Map.of(
          "ConfigMap", ConfigMap.class,
          "PersistentVolumeClaim", PersistentVolumeClaim.class,
          "Service", Service.class,
          "ServiceAccount", ServiceAccount.class,
          "StatefulSet", StatefulSet.class,
          "Job", Job.class,
          "CronJob", CronJob.class,
          "NetworkPolicy", NetworkPolicy.class,
          "PodMonitor", PodMonitor.class,
          "PrometheusRule", PrometheusRule.class);

  @TempDir Path folder;

  @Test
  void itIsLintedWithoutAWarning() {
    LintResult result = new Helm(HelmChart.FOLDER).lint().call();

    assertThat(result.isFailed()).as("%s", result.getMessages()).isFalse();
    assertThat(result.getMessages()).noneMatch(message -> message.contains("[ERROR]"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"store", "volume"})
  void everyFieldIsOneOfKubernetes(String values) throws IOException {
    for (Map.Entry<String, JsonNode> manifest : rendered(values).manifests().entrySet()) {
      String kind = manifest.getValue().path("kind").asText();
      assertThat(MODEL).containsKey(kind);
      HasMetadata read = new ObjectMapper().convertValue(manifest.getValue(), MODEL.get(kind));
      JsonNode known = onlyWhatTheModelKnows().valueToTree(read);
      assertThat(paths(known)).as(manifest.getKey()).containsAll(paths(manifest.getValue()));
      assertThat(manifest.getValue().path("apiVersion").asText()).isEqualTo(read.getApiVersion());
    }
  }

  /** The model keeps fields that it does not know apart; they are left out here. */
  private static ObjectMapper onlyWhatTheModelKnows() {
    return new ObjectMapper()
        .setAnnotationIntrospector(
            new JacksonAnnotationIntrospector() {
              @Override
              public Boolean hasAnyGetter(Annotated annotated) {
                return false;
              }
            });
  }

  /** Where the texts, numbers and switches of a tree are. */
  private static List<String> paths(JsonNode tree) {
    List<String> paths = new ArrayList<>();
    collect("", tree, paths);
    return paths;
  }

  private static void collect(String path, JsonNode node, List<String> paths) {
    if (node.isObject()) {
      node.properties().forEach(e -> collect(path + "/" + e.getKey(), e.getValue(), paths));
    } else if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        collect(path + "/" + i, node.get(i), paths);
      }
    } else {
      paths.add(path);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"store", "volume"})
  void everyPodHasFewRightsAndItsOwnLimits(String values) throws IOException {
    HelmChart chart = rendered(values);

    chart
        .pods()
        .forEach(
            (name, pod) -> {
              assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).as(name).isTrue();
              assertThat(pod.at("/securityContext/seccompProfile/type").asText())
                  .as(name)
                  .isEqualTo("RuntimeDefault");
              assertThat(pod.at("/securityContext/fsGroupChangePolicy").asText())
                  .as(name)
                  .isEqualTo("OnRootMismatch");
              assertThat(pod.path("automountServiceAccountToken").asBoolean()).as(name).isFalse();
              assertMounts(chart, name, pod);
            });
    for (JsonNode container : chart.containers()) {
      JsonNode rights = container.path("securityContext");
      assertThat(rights.path("readOnlyRootFilesystem").asBoolean()).isTrue();
      assertThat(rights.path("allowPrivilegeEscalation").asBoolean(true)).isFalse();
      assertThat(Compose.texts(rights.at("/capabilities/drop"))).containsExactly("ALL");
      assertThat(container.at("/resources/requests").size()).isEqualTo(2);
      assertThat(container.at("/resources/limits/memory").asText()).isNotEmpty();
    }
  }

  private static void assertMounts(HelmChart chart, String name, JsonNode pod) {
    List<String> volumes = new ArrayList<>();
    for (JsonNode volume : pod.path("volumes")) {
      volumes.add(volume.path("name").asText());
      if (volume.has("configMap")) {
        assertThat(chart.manifests())
            .containsKey("ConfigMap/" + volume.at("/configMap/name").asText());
      }
    }
    for (JsonNode container : pod.path("containers")) {
      for (JsonNode mount : container.path("volumeMounts")) {
        assertThat(volumes).as(name).contains(mount.path("name").asText());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"store", "volume"})
  void everyLayerIsASingleWriterThatIsAskedWhetherItWorks(String values) throws IOException {
    HelmChart chart = rendered(values);
    Map<String, JsonNode> layers = new TreeMap<>();
    Set<String> ports = new java.util.TreeSet<>();
    for (JsonNode manifest : chart.manifests().values()) {
      if (manifest.path("kind").asText().equals("StatefulSet")) {
        JsonNode spec = manifest.path("spec");
        assertThat(spec.path("replicas").asInt()).isEqualTo(1);
        assertThat(chart.manifests()).containsKey("Service/" + spec.path("serviceName").asText());
        assertThat(spec.at("/template/spec/terminationGracePeriodSeconds").asInt())
            .isGreaterThan(60);
        Map<String, String> labels = strings(spec.at("/template/metadata/labels"));
        assertThat(labels).containsAllEntriesOf(strings(spec.at("/selector/matchLabels")));
        spec.at("/template/spec/containers").forEach(c -> layers.put(c.path("name").asText(), c));
      }
    }

    assertThat(layers.keySet()).containsExactlyInAnyOrderElementsOf(LAYERS);
    layers.forEach(
        (layer, container) -> {
          assertThat(container.at("/livenessProbe/httpGet/path").asText()).isEqualTo("/healthz");
          assertThat(container.at("/startupProbe/httpGet/path").asText()).isEqualTo("/healthz");
          assertThat(container.at("/readinessProbe/httpGet/path").asText()).isEqualTo("/readyz");
          assertThat(container.at("/livenessProbe/httpGet/port").asText())
              .isEqualTo(container.at("/ports/0/name").asText());
          ports.add(container.at("/ports/0/containerPort").asText());
          assertThat(environment(container))
              .containsEntry(
                  "MEDALLION_METRICS_PORT", container.at("/ports/0/containerPort").asText());
          assertThat(Compose.texts(container.path("command")))
              .contains("--class=" + SparkSubmitIT.mainClass(layer))
              .contains("/opt/medallion/medallion-%s.jar".formatted(layer))
              .noneMatch(argument -> argument.contains("local[*]"));
        });
    assertThat(ports).as("in one pod they share an address").hasSize(3);
  }

  @Test
  void onAStoreEachLayerIsAPodOfItsOwnAndOnAVolumeAllAreOne() throws IOException {
    assertThat(rendered("store").manifests())
        .containsKeys("StatefulSet/web-bronze", "StatefulSet/web-silver", "StatefulSet/web-gold")
        .doesNotContainKey("PersistentVolumeClaim/web-lake");

    HelmChart volume = rendered("volume");
    assertThat(volume.pods().get("StatefulSet/web-layers").path("containers")).hasSize(3);
    JsonNode claim = volume.get("PersistentVolumeClaim/web-lake");
    assertThat(Compose.texts(claim.at("/spec/accessModes"))).containsExactly("ReadWriteOnce");
    assertThat(claim.at("/metadata/annotations/helm.sh~1resource-policy").asText())
        .isEqualTo("keep");
    for (String command : List.of("Job/web-verify", "CronJob/web-maintain")) {
      JsonNode near =
          volume
              .pods()
              .get(command)
              .at("/affinity/podAffinity/requiredDuringSchedulingIgnoredDuringExecution/0");
      assertThat(near.path("topologyKey").asText()).isEqualTo("kubernetes.io/hostname");
      assertThat(strings(volume.get("StatefulSet/web-layers").at("/spec/template/metadata/labels")))
          .containsAllEntriesOf(strings(near.at("/labelSelector/matchLabels")));
    }
    assertThat(volume.get("CronJob/web-maintain").at("/spec/suspend").asBoolean(true)).isFalse();
    assertThat(rendered("store").get("CronJob/web-maintain").at("/spec/suspend").asBoolean())
        .as("on a store it would be refused next to the layers")
        .isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"store", "volume"})
  void passwordsComeFromOutsideAlone(String values) throws IOException {
    HelmChart chart = rendered(values);

    assertThat(chart.manifests().keySet()).noneMatch(name -> name.startsWith("Secret/"));
    int taken = 0;
    for (JsonNode container : chart.containers()) {
      for (JsonNode variable : container.path("env")) {
        if (variable.path("name").asText().contains("PASSWORD")) {
          JsonNode secret = variable.at("/valueFrom/secretKeyRef");
          assertThat(variable.has("value")).isFalse();
          assertThat(secret.path("name").asText()).isEqualTo("medallion-passwords");
          assertThat(secret.path("key").asText()).isIn("owner", "writer", "reader");
          taken++;
        }
      }
    }
    assertThat(taken).isEqualTo(6);
  }

  @Test
  void nothingIsLocatedUnlessADatabaseIsGiven() throws IOException {
    Configuration store = settings(rendered("store"));
    assertThat(store.find(Keys.SILVER_GEOIP_DATABASE)).isEmpty();
    assertThat(store.find(Keys.SILVER_GEOIP_ASN_DATABASE)).isEmpty();
    Configuration volume = settings(rendered("volume"));
    assertThat(volume.get(Keys.SILVER_GEOIP_DATABASE)).isEqualTo("/geoip/GeoLite2-City.mmdb");
    assertThat(volume.get(Keys.SILVER_GEOIP_ASN_DATABASE)).isEqualTo("/geoip/GeoLite2-ASN.mmdb");
  }

  /** Our own parser refuses a name or a value that it does not know. */
  @Test
  void everySettingAndVariableIsOne() throws IOException {
    Configuration store = settings(rendered("store"));
    assertThat(store.get(Keys.LAKE_PATH)).isEqualTo("s3a://bucket/lake");
    assertThat(store.below(Keys.SPARK)).containsKey("hadoop.fs.s3a.endpoint");
    assertThat(settings(rendered("volume")).get(Keys.LAKE_PATH)).isEqualTo("/data/lake");
    for (JsonNode container : rendered("volume").containers()) {
      assertThat(Configuration.builder().environment(environment(container)).build()).isNotNull();
    }
  }

  private Configuration settings(HelmChart chart) throws IOException {
    String text = chart.get("ConfigMap/web-settings").at("/data/medallion.properties").asText();
    Path file = Files.writeString(folder.resolve("medallion.properties"), text);
    return Configuration.builder().file(file).build();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "image.repository",
        "lake.path",
        "kafka.bootstrapServers",
        "postgres.url",
        "postgres.existingSecret"
      })
  void withoutWhatHasNoDefaultHelmSaysWhatIsMissing(String value) {
    assertThatThrownBy(
            () ->
                new Helm(HelmChart.FOLDER)
                    .template()
                    .withName(HelmChart.RELEASE)
                    .withKubeVersion(HelmChart.KUBERNETES)
                    .withValuesFile(HelmChart.values("store"))
                    .set(value, "")
                    .call())
        .hasMessageContaining(value + ": ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"store", "volume"})
  void theImageIsNamedOnceAndHasATag(String values) throws IOException {
    String tag = values.equals("volume") ? "1.2.3" : ComposeTest.version();
    for (JsonNode container : rendered(values).containers()) {
      assertThat(container.path("image").asText())
          .isEqualTo("registry.example.com/medallion:" + tag);
    }
    JsonNode chart = Compose.YAML.readTree(HelmChart.FOLDER.resolve("Chart.yaml").toFile());
    assertThat(chart.path("version").asText()).isEqualTo(ComposeTest.version());
    assertThat(chart.path("appVersion").asText()).isEqualTo(ComposeTest.version());
  }

  /** The rules ask for {@code job="medallion"} and the label {@code layer}. */
  @ParameterizedTest
  @ValueSource(strings = {"store", "volume"})
  void theAlertRulesFindTheLabelsThatTheMonitorSets(String values) throws IOException {
    HelmChart chart = rendered(values);
    JsonNode monitor = chart.get("PodMonitor/web").path("spec");
    String job = monitor.path("jobLabel").asText();
    Map<String, String> selected = strings(monitor.at("/selector/matchLabels"));
    List<String> scraped = new ArrayList<>();
    for (JsonNode endpoint : monitor.path("podMetricsEndpoints")) {
      JsonNode relabeling = endpoint.at("/relabelings/0");
      assertThat(Compose.texts(relabeling.path("sourceLabels")))
          .containsExactly("__meta_kubernetes_pod_container_name");
      assertThat(relabeling.path("targetLabel").asText()).isEqualTo("layer");
      scraped.add(endpoint.path("port").asText());
    }

    assertThat(scraped).containsExactlyInAnyOrderElementsOf(LAYERS);
    for (JsonNode manifest : chart.manifests().values()) {
      if (manifest.path("kind").asText().equals("StatefulSet")) {
        assertThat(strings(manifest.at("/spec/template/metadata/labels")))
            .containsAllEntriesOf(selected)
            .containsEntry(job, "medallion");
      }
    }
    assertThat(chart.get("PrometheusRule/web").path("spec"))
        .isEqualTo(
            Compose.YAML.readTree(Compose.ROOT.resolve("deploy/prometheus/alerts.yml").toFile()));
    if (values.equals("store")) {
      for (String name : List.of("PodMonitor/web", "PrometheusRule/web")) {
        assertThat(chart.get(name).at("/metadata/labels/release").asText())
            .isEqualTo("kube-prometheus-stack");
      }
    }
  }

  @Test
  void theDocumentedValuesAreThoseThatAreTestedHere() throws IOException {
    String page = Files.readString(Compose.ROOT.resolve("docs/deploy.md"));
    int begin = page.indexOf("```yaml\n") + "```yaml\n".length();
    String documented = page.substring(begin, page.indexOf("```", begin));

    assertThat(Compose.YAML.readTree(documented))
        .isEqualTo(Compose.YAML.readTree(HelmChart.values("store").toFile()));
  }

  @Test
  void onlyMetricsMayBeReachedFromOutside() throws IOException {
    HelmChart chart = rendered("store");
    JsonNode policy = chart.get("NetworkPolicy/web").path("spec");
    List<Integer> open = new ArrayList<>();
    policy.at("/ingress/0/ports").forEach(port -> open.add(port.path("port").asInt()));

    assertThat(policy.path("ingress")).hasSize(1);
    assertThat(open).containsExactlyInAnyOrder(9404, 9405, 9406);
    for (String name : chart.pods().keySet()) {
      JsonNode labels =
          name.startsWith("CronJob")
              ? chart.get(name).at("/spec/jobTemplate/spec/template/metadata/labels")
              : chart.get(name).at("/spec/template/metadata/labels");
      assertThat(strings(labels))
          .as("%s is behind the policy", name)
          .containsAllEntriesOf(strings(policy.at("/podSelector/matchLabels")));
    }
  }

  private HelmChart rendered(String values) throws IOException {
    return HelmChart.rendered(folder, values);
  }

  private static Map<String, String> environment(JsonNode container) {
    Map<String, String> environment = new TreeMap<>();
    for (JsonNode variable : container.path("env")) {
      environment.put(variable.path("name").asText(), variable.path("value").asText("secret"));
    }
    return environment;
  }

  private static Map<String, String> strings(JsonNode object) {
    Map<String, String> strings = new TreeMap<>();
    object.properties().forEach(e -> strings.put(e.getKey(), e.getValue().asText()));
    return strings;
  }
}
