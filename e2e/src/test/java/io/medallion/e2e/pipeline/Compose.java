package io.medallion.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.medallion.e2e.faults.Program;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.StreamSupport;

/** docker-compose.yml as docker-compose itself resolves it. */
record Compose(JsonNode services) {
  static final Path ROOT =
      Path.of(System.getProperty("basedir", ".")).toAbsolutePath().resolve("..").normalize();
  static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  /** Skips the test where docker-compose is not installed. */
  static Compose resolved(Map<String, String> environment, String... options)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(Program.find("docker-compose").toString()));
    command.addAll(List.of("-f", ROOT.resolve("docker-compose.yml").toString()));
    command.addAll(List.of(options));
    command.add("config");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(ROOT.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().putAll(environment);
    Process process = builder.start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(text).isZero();
    return new Compose(YAML.readTree(text).path("services"));
  }

  /** With the limits and heaps for a machine with 8 GiB. */
  static Compose small(Map<String, String> environment) throws IOException, InterruptedException {
    return resolved(environment, "-f", ROOT.resolve("deploy/compose-small.yml").toString());
  }

  List<String> names() {
    List<String> names = new ArrayList<>();
    services.fieldNames().forEachRemaining(names::add);
    return names;
  }

  JsonNode service(String name) {
    assertThat(services.has(name)).as("the service %s", name).isTrue();
    return services.path(name);
  }

  List<String> command(String service) {
    return texts(service(service).path("command"));
  }

  Map<String, String> environment(String service) {
    Map<String, String> environment = new TreeMap<>();
    service(service).path("environment").properties().stream()
        // One that is handed on, and that nobody set, is null, and the container has none.
        .filter(e -> !e.getValue().isNull())
        .forEach(e -> environment.put(e.getKey(), e.getValue().asText()));
    return environment;
  }

  /** A size as docker-compose writes it: {@code 1g}, {@code 512m}. */
  static long bytes(String size) {
    long number = Long.parseLong(size.substring(0, size.length() - 1));
    return switch (size.charAt(size.length() - 1)) {
      case 'g' -> number << 30;
      case 'm' -> number << 20;
      default -> throw new IllegalArgumentException(size);
    };
  }

  static List<String> texts(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false).map(JsonNode::asText).toList();
  }
}
