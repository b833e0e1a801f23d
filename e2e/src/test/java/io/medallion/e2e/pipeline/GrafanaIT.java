package io.medallion.e2e.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import io.medallion.demo.services.Ports;
import io.medallion.demo.traffic.Simulator;
import io.medallion.demo.traffic.TrafficSettings;
import io.medallion.e2e.faults.Prometheus;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the dashboards ask, of a real Postgres as the role that reads, and of a real Prometheus. */
class GrafanaIT {
  @TempDir Path folder;

  @Test
  void everyPanelOfGoldIsAnsweredWithTrafficAndWithoutAny() throws Exception {
    Instant now = Instant.now();
    try (Pipeline pipeline = Pipeline.in(folder)) {
      new Simulator(
              TrafficSettings.of(pipeline.kafka())
                  .withSeed(3)
                  .withCount(4_000)
                  .withRate(0)
                  .withUsers(200)
                  .withStart(now.minusSeconds(300)))
          .run(() -> false, progress -> {});
      pipeline.drain();
      Grafana business = Grafana.read("business");
      try (Connection reader = reader(pipeline.settings())) {
        Instant from = now.minus(1, ChronoUnit.DAYS);
        Instant to = now.plus(1, ChronoUnit.HOURS);
        Map<String, List<String>> chosen = new LinkedHashMap<>();
        for (JsonNode variable : business.variables()) {
          String query = Grafana.sql(variable.path("query").asText(), from, to, Map.of());
          List<String> values = texts(reader, query);
          assertThat(values).as(query).isNotEmpty();
          chosen.put(variable.path("name").asText(), values);
        }
        for (Grafana.Query query : business.sql()) {
          String sql = Grafana.sql(query.text(), from, to, chosen);
          assertThat(sql).as(query.panel()).doesNotContain("$");
          assertThat(texts(reader, sql)).as("%s: %s", query.panel(), sql).isNotEmpty();
        }
        assertThat(charts(business, reader, from, to, chosen))
            .as("each has a chart")
            .isEqualTo(chosen.get("currency"));
        assertAnsweredWithoutTraffic(business, reader, now.minus(400, ChronoUnit.DAYS));
      }
    }
  }

  /** An error would show a red triangle where there is only nothing to show. */
  private static void assertAnsweredWithoutTraffic(Grafana board, Connection reader, Instant day)
      throws SQLException {
    Map<String, List<String>> nothing =
        Map.of("site", List.of(), "currency", List.of(), "country", List.of());
    for (Grafana.Query query : board.sql()) {
      String sql = Grafana.sql(query.text(), day, day.plus(1, ChronoUnit.HOURS), nothing);
      assertThat(texts(reader, sql)).as("%s: %s", query.panel(), sql).isNotNull();
    }
    for (JsonNode panel : board.panels()) {
      assertThat(panel.path("fieldConfig").path("defaults").path("color").path("mode").asText())
          .as("%s judges nothing by age", panel.path("title").asText())
          .isNotEqualTo("thresholds");
    }
  }

  /** The currencies whose chart has something to show. */
  private static List<String> charts(
      Grafana board, Connection reader, Instant from, Instant to, Map<String, List<String>> chosen)
      throws SQLException {
    List<String> charts = new ArrayList<>();
    String text = board.panel("Revenue, $currency").at("/targets/0/rawSql").asText();
    for (String currency : chosen.get("currency")) {
      String sql =
          Grafana.sql(
              text, from, to, Map.of("site", chosen.get("site"), "currency", List.of(currency)));
      if (!texts(reader, sql).isEmpty()) {
        charts.add(currency);
      }
    }
    return charts;
  }

  @Tag("full")
  @Test
  void withoutTrafficNothingIsRedAndWithTroubleItIs() throws Exception {
    try (Layers layers = new Layers();
        Prometheus prometheus =
            Prometheus.start(
                folder.resolve("prometheus"),
                layers.ports(),
                Compose.ROOT.resolve("deploy/prometheus/alerts.yml"),
                Ports.free())) {
      Grafana pipeline = Grafana.read("pipeline");
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> prometheus.numbers("rate(medallion_rows_read_total[10m])").size() == 3);
      assertThat(colours(prometheus, pipeline))
          .containsEntry("Healthy", List.of("green", "green", "green"))
          .containsEntry("Ready", List.of("green", "orange", "orange"))
          .containsEntry("Quarantine", List.of("green"))
          .containsEntry("Behind", List.of("green"));

      layers.inTrouble = true;
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(
              () ->
                  assertThat(colours(prometheus, pipeline))
                      .containsEntry("Healthy", List.of("red", "red", "red"))
                      .containsEntry("Quarantine", List.of("red"))
                      .containsEntry("Behind", List.of("red")));
    }
  }

  /** Of the panels that judge a number, by their title. */
  private static Map<String, List<String>> colours(Prometheus prometheus, Grafana dashboard) {
    Map<String, List<String>> colours = new LinkedHashMap<>();
    for (JsonNode panel : dashboard.panels()) {
      JsonNode mode = panel.path("fieldConfig").path("defaults").path("color").path("mode");
      if (mode.asText().equals("thresholds")) {
        String expression = Grafana.promql(panel.path("targets").path(0).path("expr").asText());
        colours.put(
            panel.path("title").asText(),
            prometheus.numbers(expression).stream()
                .map(number -> Grafana.colour(panel, number))
                .sorted()
                .toList());
      }
    }
    return colours;
  }

  /** Three layers that say what layers say. Without traffic silver and gold wait for a table. */
  private static final class Layers implements AutoCloseable {
    private final Map<String, HttpServer> servers = new LinkedHashMap<>();
    private volatile boolean inTrouble;
    private int asked;

    Layers() throws IOException {
      for (String layer : List.of("bronze", "silver", "gold")) {
        HttpServer server =
            HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
            "/metrics",
            exchange -> {
              byte[] text = metrics(layer).getBytes(UTF_8);
              exchange.getResponseHeaders().add("Content-Type", "text/plain; version=0.0.4");
              exchange.sendResponseHeaders(200, text.length);
              exchange.getResponseBody().write(text);
              exchange.close();
            });
        server.start();
        servers.put(layer, server);
      }
    }

    private synchronized String metrics(String layer) {
      asked += inTrouble ? 100 : 0;
      boolean ready = !inTrouble && layer.equals("bronze");
      return """
      medallion_healthy %d
      medallion_ready %d
      medallion_rows_read_total %d
      medallion_rows_written_total %d
      medallion_rows_quarantined_total %d
      medallion_rows_duplicate_total 0
      medallion_source_lag_seconds %d
      """
          .formatted(
              inTrouble ? 0 : 1, ready ? 1 : 0, asked, asked / 2, asked / 2, inTrouble ? 900 : 0);
    }

    Map<String, Integer> ports() {
      Map<String, Integer> ports = new LinkedHashMap<>();
      servers.forEach((layer, server) -> ports.put(layer, server.getAddress().getPort()));
      return ports;
    }

    @Override
    public void close() {
      servers.values().forEach(server -> server.stop(0));
    }
  }

  private static List<String> texts(Connection reader, String sql) throws SQLException {
    List<String> texts = new ArrayList<>();
    try (ResultSet rows = reader.createStatement().executeQuery(sql)) {
      while (rows.next()) {
        texts.add(String.valueOf(rows.getString(1)));
      }
    }
    return texts;
  }

  private static Connection reader(Map<String, String> settings) throws SQLException {
    return DriverManager.getConnection(
        settings.get("postgres.url"),
        settings.get("postgres.reader.user"),
        settings.get("postgres.reader.password"));
  }
}
