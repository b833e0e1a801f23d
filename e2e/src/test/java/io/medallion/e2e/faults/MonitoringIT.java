package io.medallion.e2e.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.medallion.demo.services.Ports;
import io.medallion.demo.traffic.Simulator;
import io.medallion.demo.traffic.TrafficReport;
import io.medallion.demo.traffic.TrafficSettings;
import io.medallion.gold.define.DeclaredMarts;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a real Prometheus learns of three real processes, started together. */
@Tag("full")
class MonitoringIT {
  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final Path RULES =
      Path.of(System.getProperty("basedir", "."), "..", "deploy", "prometheus", "alerts.yml");

  @TempDir Path folder;
  private final Map<String, Integer> ports = new LinkedHashMap<>();
  private FaultyChain chain;
  private Prometheus prometheus;

  @BeforeEach
  void start() throws IOException {
    for (String layer : List.of("bronze", "silver", "gold")) {
      ports.put(layer, Ports.free());
    }
    prometheus = Prometheus.start(folder.resolve("prometheus"), ports, RULES, Ports.free());
    Path logs =
        Path.of(
            System.getProperty("basedir", "."),
            "target",
            "monitoring",
            Long.toString(System.currentTimeMillis()));
    chain = FaultyChain.in(folder, logs, Map.of());
    // All at once: each waits for the table of the one before.
    ports.forEach(
        (layer, port) ->
            chain
                .layer(layer)
                .start(
                    "--metrics.port=" + port,
                    "--health.stall-timeout=" + (layer.equals("gold") ? "3s" : "5m")));
  }

  /** What was not started, as where Prometheus is not installed, is not stopped. */
  @AfterEach
  void stop() {
    if (chain != null) {
      chain.close();
    }
    if (prometheus != null) {
      prometheus.close();
    }
  }

  @Test
  void metricsAndHealthTellTheTruth() throws Exception {
    TrafficReport first = simulate(31);
    ports.keySet().forEach(layer -> awaitReady(layer, 200));
    awaitNumber("medallion_source_lag_records{layer=\"bronze\"}", 0);
    awaitNumber("sum(medallion_rows_read_total{layer=\"bronze\"})", first.acknowledged());
    awaitNumber("sum(medallion_rows_read_total{layer=\"silver\"})", first.acknowledged());
    awaitNumber("sum(medallion_rows_read_total{layer=\"gold\"})", first.validUnique());
    awaitNumber("medallion_rows_written_total{layer=\"silver\"}", first.validUnique());
    awaitNumber("medallion_rows_duplicate_total{layer=\"silver\"}", first.duplicates());
    awaitNumber(
        "medallion_rows_quarantined_total{layer=\"silver\"}", first.broken() + first.conflicts());
    assertThat(first.conflicts()).isPositive();
    awaitNumber("medallion_quarantine_reasons_total{reason=\"ID_CONFLICT\"}", first.conflicts());
    assertThat(number("sum(medallion_quarantine_reasons_total)"))
        .isGreaterThanOrEqualTo((double) (first.broken() + first.conflicts()));
    assertThat(number("medallion_rows_late_total{layer=\"silver\"}"))
        .isBetween(1.0, (double) (first.late() + first.duplicates()));
    awaitNumber("sum(medallion_source_committed_offset)", first.acknowledged());
    awaitNumber("sum(medallion_source_end_offset)", first.acknowledged());
    awaitNumber("max(medallion_source_lag_seconds)", 0);
    // Each layer looks at its own table every few seconds.
    long merged = ledgerVersion();
    awaitNumber("medallion_source_committed_version{layer=\"gold\"}", merged);
    awaitNumber("medallion_table_version{table=\"silver\"}", merged);
    awaitNumber("sum(medallion_marts{layer=\"gold\",state!=\"kept\"})", 0);
    assertThat(number("medallion_marts{layer=\"gold\",state=\"kept\"}"))
        .isGreaterThan(DeclaredMarts.SHIPPED.size());
    assertThat(number("medallion_table_files{table=\"bronze\"}")).isPositive();
    assertThat(number("medallion_batch_duration_seconds_count{layer=\"silver\"}")).isPositive();
    assertThat(number("sum(medallion_batch_phase_seconds_total{layer=\"silver\"})")).isPositive();
    assertThat(number("time() - medallion_newest_kafka_timestamp_seconds{layer=\"gold\"}"))
        .isBetween(0.0, 120.0);
    assertThat(chain.layer("silver").lines())
        .anyMatch(
            line ->
                line.matches(
                    ".*layer=silver version=\\d+ rows_in=\\d+ .*quarantined=.*parse_ms=.*"));

    long sent = first.acknowledged();
    // Somebody holds gold's ledger: gold can do no batch, and rows wait.
    try (Connection connection = chain.connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("LOCK TABLE gold.ledger IN ACCESS EXCLUSIVE MODE");
      sent += simulate(32).acknowledged();
      await().atMost(PATIENCE).until(() -> get("gold", "healthz").statusCode() == 503);
      assertThat(get("gold", "healthz").body()).startsWith("stalled: ").contains("rows wait");
      awaitNumber("medallion_healthy{layer=\"gold\"}", 0);
      assertThat(number("medallion_source_lag_records{layer=\"gold\"}")).isPositive();
      awaitNumber("count(ALERTS{alertname=\"MedallionLayerStuck\",layer=\"gold\"})", 1);
      assertThat(get("silver", "healthz").statusCode()).isEqualTo(200);
      connection.rollback();
    }
    awaitReady("gold", 200);
    awaitNumber("sum(medallion_rows_read_total{layer=\"silver\"})", sent);

    // Without its broker bronze is left alone, but says that it does not work.
    chain.killKafka();
    awaitReady("bronze", 503);
    assertThat(get("bronze", "healthz").statusCode()).isEqualTo(200);
    chain.layer("silver").stop();
    awaitNumber("up{layer=\"silver\"}", 0);
  }

  /** Six seconds of events: those that contradict an earlier one follow it by one to ten. */
  private TrafficReport simulate(long seed) {
    return new Simulator(
            TrafficSettings.of(chain.kafka())
                .withSeed(seed)
                .withCount(6_000)
                .withRate(0)
                .withUsers(200)
                .withShares(new TrafficSettings.Shares(0.05, 0.05, 0.01, 0.03, 0.05, 0.02, 0.2)))
        .run(() -> false, progress -> {});
  }

  private long ledgerVersion() throws Exception {
    return Long.parseLong(chain.gold("SELECT silver_version FROM gold.ledger").get(0).get(0));
  }

  private void awaitReady(String layer, int status) {
    await()
        .atMost(PATIENCE)
        .failFast(layer + " has ended", () -> !chain.layer(layer).alive())
        .ignoreExceptionsInstanceOf(IOException.class)
        .untilAsserted(
            () -> {
              HttpResponse<String> answer = get(layer, "readyz");
              assertThat(answer.statusCode()).as("%s: %s", layer, answer.body()).isEqualTo(status);
            });
  }

  private HttpResponse<String> get(String layer, String page) throws IOException {
    return Prometheus.get("http://127.0.0.1:%d/%s".formatted(ports.get(layer), page));
  }

  private void awaitNumber(String expression, long value) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(prometheus.number(expression)).as(expression).hasValue((double) value));
  }

  private double number(String expression) {
    return prometheus.number(expression).orElseThrow(() -> new AssertionError(expression));
  }
}
