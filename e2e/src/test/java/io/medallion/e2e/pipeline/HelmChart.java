package io.medallion.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.marcnuri.helm.Helm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * deploy/helm/medallion as Helm itself renders it.
 *
 * @param manifests by {@code Kind/name}
 */
record HelmChart(Map<String, JsonNode> manifests) {
  static final Path FOLDER = Compose.ROOT.resolve("deploy/helm/medallion");
  static final String RELEASE = "web";

  /** A version that it is rendered for; it is made for 1.25 and later. */
  static final String KUBERNETES = "1.32.0";

  /** With the values of a file of the tests' resources. */
  static HelmChart rendered(Path scratch, String values) throws IOException {
    return parse(
        new Helm(withoutHooks(scratch))
            .template()
            .withName(RELEASE)
            .withNamespace("shop")
            .withKubeVersion(KUBERNETES)
            .withValuesFile(values(values))
            .call());
  }

  /** The library renders no hooks: without its mark a hook is a manifest like any other. */
  private static Path withoutHooks(Path scratch) throws IOException {
    Path copy = scratch.resolve("medallion");
    Files.createDirectories(copy.resolve("templates"));
    try (Stream<Path> files = Files.walk(FOLDER)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.writeString(
            copy.resolve(FOLDER.relativize(file).toString()),
            Files.readString(file).replace("helm.sh/hook", "example.com/hook"));
      }
    }
    return copy;
  }

  static Path values(String name) {
    return Compose.ROOT.resolve("e2e/src/test/resources/helm").resolve(name + ".yaml");
  }

  private static HelmChart parse(String text) throws IOException {
    Map<String, JsonNode> all = new TreeMap<>();
    try (MappingIterator<JsonNode> documents =
        Compose.YAML.readerFor(JsonNode.class).readValues(text)) {
      while (documents.hasNext()) {
        JsonNode manifest = documents.next();
        if (!manifest.isNull()) {
          String name =
              manifest.path("kind").asText() + "/" + manifest.at("/metadata/name").asText();
          assertThat(all.put(name, manifest)).as(name).isNull();
        }
      }
    }
    return new HelmChart(all);
  }

  JsonNode get(String name) {
    assertThat(manifests).containsKey(name);
    return manifests.get(name);
  }

  /** The specifications of all pods that it makes, by the manifest that does. */
  Map<String, JsonNode> pods() {
    Map<String, JsonNode> pods = new TreeMap<>();
    manifests.forEach(
        (name, manifest) -> {
          for (String path :
              List.of("/spec/template/spec", "/spec/jobTemplate/spec/template/spec")) {
            if (!manifest.at(path).isMissingNode()) {
              pods.put(name, manifest.at(path));
            }
          }
        });
    return pods;
  }

  /** All containers that it makes. */
  List<JsonNode> containers() {
    List<JsonNode> containers = new ArrayList<>();
    pods().values().forEach(pod -> pod.path("containers").forEach(containers::add));
    return containers;
  }
}
