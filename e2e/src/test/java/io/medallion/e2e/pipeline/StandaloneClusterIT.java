package io.medallion.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.medallion.common.config.Configuration;
import io.medallion.demo.services.Ports;
import io.medallion.demo.traffic.TrafficReport;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.session.LakeSession;
import io.medallion.operations.verify.EventDays;
import io.medallion.operations.verify.LakeCheck;
import io.medallion.operations.verify.VerifyReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The layers on a standalone Spark cluster: a master and two workers, processes of their own. */
@Tag("full")
class StandaloneClusterIT {
  private static final int EVENTS = 3_000;
  private static final List<String> LAYERS = List.of("bronze", "silver", "gold");

  @TempDir Path folder;
  private final List<Process> cluster = new ArrayList<>();
  private SubmittedChain chain;
  private String master;

  @BeforeEach
  void start() throws IOException {
    chain = SubmittedChain.start(folder);
    String port = Integer.toString(Ports.free());
    master = "spark://127.0.0.1:" + port;
    cluster.add(
        chain
            .spark()
            .start(
                chain.log("master"),
                Map.of(),
                "org.apache.spark.deploy.master.Master",
                List.of("--host", "127.0.0.1", "--port", port, "--webui-port", "0")));
    for (String worker : List.of("worker-1", "worker-2")) {
      cluster.add(
          chain
              .spark()
              .start(
                  chain.log(worker),
                  Map.of("SPARK_WORKER_DIR", folder.resolve(worker).toString()),
                  "org.apache.spark.deploy.worker.Worker",
                  List.of(
                      "--host",
                      "127.0.0.1",
                      "--webui-port",
                      "0",
                      "--cores",
                      "2",
                      "--memory",
                      "3g",
                      master)));
    }
    for (String worker : List.of("worker-1", "worker-2")) {
      await()
          .atMost(SubmittedChain.PATIENCE)
          .until(() -> said(worker).contains("Successfully registered"));
    }
  }

  @AfterEach
  void stop() throws InterruptedException {
    for (Process process : cluster) {
      process.destroy();
    }
    for (Process process : cluster) {
      process.waitFor();
    }
    chain.close();
  }

  @Test
  void theLayersRunChained() throws Exception {
    TrafficReport report = chain.simulate(EVENTS);
    for (String layer : LAYERS) {
      chain.submitOnce(layer, "all", options());
    }

    chain.assertGoldHolds(report);
    assertVerified();
  }

  private List<String> options() {
    return List.of(
        "--master", master,
        "--total-executor-cores", "1",
        "--executor-memory", "1g",
        "--driver-memory", "1g",
        "--conf", "spark.driver.host=127.0.0.1");
  }

  private void assertVerified() throws IOException {
    Configuration configuration =
        Configuration.builder()
            .services(chain.settings(), "the test")
            .flag("spark.master", "local[2]")
            .build();
    try (SparkSession session = LakeSession.create("StandaloneClusterIT", configuration)) {
      VerifyReport report =
          new LakeCheck(Lake.look(session, configuration), configuration)
              .prove(new EventDays(null, null));
      assertThat(report.holds()).as("%s", report).isTrue();
    }
  }

  private String said(String name) {
    try {
      return Files.readString(chain.log(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
