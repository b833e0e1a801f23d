package io.medallion.e2e.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** A real Prometheus that scrapes layers and evaluates our alert rules. */
public final class Prometheus implements AutoCloseable {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Process process;
  private final String address;

  private Prometheus(Process process, String address) {
    this.process = process;
    this.address = address;
  }

  /**
   * Starts it; skips the test if it is not installed.
   *
   * @param ports of the layers' metrics, by layer
   * @param rules the file of alert rules
   */
  public static Prometheus start(Path folder, Map<String, Integer> ports, Path rules, int port)
      throws IOException {
    Path program = Program.find("prometheus");
    Files.createDirectories(folder);
    Path configuration =
        Files.writeString(
            folder.resolve("prometheus.yml"),
            "global: {scrape_interval: 1s, evaluation_interval: 1s}\n"
                + "rule_files: ['%s']\n".formatted(rules.toAbsolutePath().normalize())
                + "scrape_configs:\n- job_name: medallion\n  static_configs:\n"
                + ports.entrySet().stream()
                    .map(
                        e ->
                            "  - {targets: ['127.0.0.1:%d'], labels: {layer: %s}}\n"
                                .formatted(e.getValue(), e.getKey()))
                    .collect(Collectors.joining()));
    String address = "127.0.0.1:" + port;
    Process process =
        new ProcessBuilder(
                program.toString(),
                "--config.file=" + configuration,
                "--storage.tsdb.path=" + folder.resolve("data"),
                "--web.listen-address=" + address)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("prometheus.log").toFile())
            .start();
    return new Prometheus(process, address);
  }

  /** The value of an expression that gives one; empty if it gives none. */
  public OptionalDouble number(String expression) {
    List<Double> numbers = numbers(expression);
    if (numbers.size() > 1) {
      throw new IllegalStateException("%s gives %s".formatted(expression, numbers));
    }
    return numbers.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(numbers.get(0));
  }

  /** The values of an expression now; empty too while Prometheus comes up. */
  public List<Double> numbers(String expression) {
    JsonNode answer = query(expression);
    return StreamSupport.stream(answer.path("data").path("result").spliterator(), false)
        .map(series -> Double.valueOf(series.path("value").path(1).asText()))
        .toList();
  }

  /**
   * What Prometheus answers to an expression.
   *
   * @throws IllegalStateException if it does not understand it
   */
  public JsonNode query(String expression) {
    String query = URLEncoder.encode(expression, StandardCharsets.UTF_8);
    try {
      HttpResponse<String> response = get("http://" + address + "/api/v1/query?query=" + query);
      JsonNode answer = JSON.readTree(response.body());
      if (!answer.path("status").asText().equals("success")) {
        throw new IllegalStateException(expression + ": " + response.body());
      }
      return answer;
    } catch (IOException e) {
      return JSON.createObjectNode();
    }
  }

  /** Asks any address of this machine. */
  public static HttpResponse<String> get(String url) throws IOException {
    try {
      return HTTP.send(
          HttpRequest.newBuilder(URI.create(url)).timeout(PATIENCE).build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
