package io.medallion.dashboard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/** Headless Chromium, driven by the W3C WebDriver protocol through its chromedriver. */
final class Browser implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> FLAGS =
      List.of(
          "--headless",
          "--no-sandbox",
          "--disable-gpu",
          "--disable-quic",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync");

  private final HttpClient http = HttpClient.newHttpClient();
  private final Process driver;
  private final String base;
  private final String session;

  Browser(Path folder) throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    driver =
        new ProcessBuilder("chromedriver", "--port=" + port)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("chromedriver.txt").toFile())
            .start();
    base = "http://localhost:" + port;
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .ignoreExceptions()
        .until(() -> call("GET", "/status", null).get("ready").asBoolean());
    List<String> flags = new java.util.ArrayList<>(FLAGS);
    flags.add("--user-data-dir=" + folder.resolve("profile"));
    session =
        "/session/"
            + call(
                    "POST",
                    "/session",
                    Map.of(
                        "capabilities",
                        Map.of(
                            "alwaysMatch",
                            Map.of(
                                "unhandledPromptBehavior",
                                "ignore",
                                "goog:chromeOptions",
                                Map.of("args", flags),
                                "goog:loggingPrefs",
                                Map.of("browser", "ALL")))))
                .get("sessionId")
                .asText();
  }

  /** Whether this machine has one. */
  static boolean isInstalled() {
    return Arrays.stream(System.getenv("PATH").split(":", -1))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "chromedriver")));
  }

  void open(String url) throws Exception {
    call("POST", session + "/url", Map.of("url", url));
  }

  /** What an expression of JavaScript comes to. */
  JsonNode value(String expression) throws Exception {
    return run("return " + expression);
  }

  /** What a script comes to, its promise awaited. */
  JsonNode run(String script) throws Exception {
    return call("POST", session + "/execute/sync", Map.of("script", script, "args", List.of()));
  }

  /** What is to be seen, as a PNG. */
  byte[] picture() throws Exception {
    return Base64.getDecoder().decode(call("GET", session + "/screenshot", null).asText());
  }

  /** A window of that many pixels, of a phone if it is narrow; {@code light} or {@code dark}. */
  void show(int width, int height, String scheme) throws Exception {
    tell(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 500));
    tell(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
  }

  /** Answers what the page asks for, as soon as it does. */
  void answer(String text) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .ignoreExceptions()
        .until(
            () -> {
              call("POST", session + "/alert/text", Map.of("text", text));
              return true;
            });
    try {
      call("POST", session + "/alert/accept", Map.of());
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  String text(String selector) throws Exception {
    return value("document.querySelector('" + selector + "').innerText").asText();
  }

  /** A command of Chromium's own protocol. */
  void tell(String command, Map<String, ?> parameters) throws Exception {
    call("POST", session + "/goog/cdp/execute", Map.of("cmd", command, "params", parameters));
  }

  /** What the page wrote to its console, refusals by the security policy included. */
  String console() throws Exception {
    return call("POST", session + "/se/log", Map.of("type", "browser")).toString();
  }

  private JsonNode call(String method, String path, Object body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path));
    request.method(
        method,
        body == null
            ? BodyPublishers.noBody()
            : BodyPublishers.ofString(JSON.writeValueAsString(body)));
    JsonNode answer =
        JSON.readTree(http.send(request.build(), BodyHandlers.ofString()).body()).get("value");
    if (answer.has("error")) {
      throw new IllegalStateException(answer.toString());
    }
    return answer;
  }

  @Override
  public void close() throws IOException {
    try {
      call("DELETE", session, null);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      driver.destroy();
    }
  }
}
