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
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The layers on a standalone Spark cluster: a master and two workers, processes of their own. */
@Tag("full")
class StandaloneClusterIT {
  private static final int EVENTS = 3_000;
  private static final List<String> LAYERS = List.of("bronze", "silver", "gold");
  private static final String EVENTS_IN_SESSIONS =
      "SELECT coalesce(sum(events), 0) FROM gold.sessions";
  private static final List<String> WORKERS = List.of("worker-1", "worker-2");
  private static final String EXECUTOR = "org.apache.spark.executor.CoarseGrainedExecutorBackend";

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
    for (String worker : WORKERS) {
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
    for (String worker : WORKERS) {
      await()
          .atMost(SubmittedChain.PATIENCE)
          .until(() -> said(worker).contains("Successfully registered"));
    }
  }

  @AfterEach
  void stop() throws InterruptedException {
    // What a worker has started ends with it, drivers of a submission that was given up too.
    List<ProcessHandle> all =
        cluster.stream()
            .flatMap(process -> Stream.concat(process.descendants(), Stream.of(process.toHandle())))
            .toList();
    cluster.forEach(Process::destroy);
    all.forEach(
        process ->
            process.onExit().orTimeout(30, TimeUnit.SECONDS).exceptionally(late -> null).join());
    all.forEach(ProcessHandle::destroyForcibly);
    for (Process process : cluster) {
      process.waitFor();
    }
    chain.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"client", "cluster"})
  void theLayersRunChained(String mode) throws Exception {
    TrafficReport report = chain.simulate(EVENTS);
    for (String layer : LAYERS) {
      chain.submitOnce(layer, "all", options(mode));
    }

    assertThat(driversOnWorkers()).hasSize(mode.equals("cluster") ? LAYERS.size() : 0);
    chain.assertGoldHolds(report);
    assertVerified();
  }

  @Test
  void commandsRunThereToo() throws Exception {
    chain.simulate(EVENTS);
    for (String layer : LAYERS) {
      chain.submitOnce(layer, "all", options("client"));
    }

    assertThat(chain.submitCommand(options("client"), 0, "verify")).contains("everything holds");
    assertThat(chain.submitCommand(options("client"), 0, "maintain", "--apply"))
        .doesNotContain("this is a plan");
    chain.write("UPDATE gold.page_views SET views = views + 1");
    assertThat(chain.submitCommand(options("client"), 1, "verify")).contains("gold.page_views");
    long before = chain.read(EVENTS_IN_SESSIONS);
    LocalDate today = LocalDate.now(ZoneOffset.UTC);
    assertThat(
            chain.submitCommand(
                options("client"),
                0,
                "backfill",
                "--from=" + today.minusDays(30),
                "--to=" + today,
                "--silver.crawler-words=mozilla",
                "--apply"))
        .doesNotContain("this is a plan");
    chain.submitOnce("gold", "all", options("client"));
    assertThat(chain.read(EVENTS_IN_SESSIONS)).isLessThan(before);
    assertThat(applications()).hasSize(LAYERS.size() + 5);
  }

  /** The executor stands still, so that a batch has begun and cannot end, and dies then. */
  @Test
  void anExecutorThatIsKilledAmidABatchCostsNothing() throws Exception {
    chain.simulate(EVENTS);
    Process bronze = chain.submit("bronze", "all", options("client"));
    try {
      await()
          .atMost(SubmittedChain.PATIENCE)
          .until(() -> bronze.isAlive() && batches("commits") > 0 && batchesUnderWay() == 0);
      ProcessHandle executor = executor().orElseThrow();
      suspend(executor);
      chain.simulate(EVENTS);
      await().atMost(SubmittedChain.PATIENCE).until(() -> batchesUnderWay() > 0);
      long ended = batches("commits");
      executor.destroyForcibly();

      await().atMost(SubmittedChain.PATIENCE).until(() -> batches("commits") > ended);
      assertThat(executor())
          .hasValueSatisfying(other -> assertThat(other.pid()).isNotEqualTo(executor.pid()));
    } finally {
      bronze.destroy();
      bronze.waitFor();
    }
    for (String layer : LAYERS) {
      chain.submitOnce(layer, "all", options("client"));
    }

    assertVerified();
  }

  private List<String> options(String mode) {
    return List.of(
        "--master", master,
        "--deploy-mode", mode,
        "--total-executor-cores", "1",
        "--executor-memory", "1g",
        "--driver-memory", "1g",
        "--conf", "spark.driver.host=127.0.0.1",
        // Else a submission in cluster mode ends when its driver has started.
        "--conf", "spark.standalone.submit.waitAppCompletion=true");
  }

  private static void suspend(ProcessHandle process) throws Exception {
    assertThat(
            new ProcessBuilder("kill", "-STOP", Long.toString(process.pid()))
                .inheritIO()
                .start()
                .waitFor())
        .isZero();
  }

  /** Batches that bronze has planned and not ended. */
  private long batchesUnderWay() {
    return batches("offsets") - batches("commits");
  }

  /**
   * How many the bronze that runs has made; its checkpoint keeps the newest.
   *
   * @param step the checkpoint's folder of those planned, "offsets", or of those ended, "commits"
   */
  private long batches(String step) {
    Path checkpoints = folder.resolve("data/lake/_checkpoints/bronze");
    try (Stream<Path> files = Files.walk(checkpoints)) {
      return files
          .filter(file -> file.getParent().endsWith(step))
          .map(file -> file.getFileName().toString())
          .filter(name -> name.matches("\\d+"))
          .mapToLong(name -> Long.parseLong(name) + 1)
          .max()
          .orElse(0);
    } catch (NoSuchFileException | UncheckedIOException e) {
      // Not there yet, or another file of it went while we looked.
      return 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What workers keep of each driver that ran on them. */
  private List<Path> driversOnWorkers() throws IOException {
    List<Path> drivers = new ArrayList<>();
    for (String worker : WORKERS) {
      Path work = folder.resolve(worker);
      if (Files.isDirectory(work)) {
        try (Stream<Path> folders = Files.list(work)) {
          folders
              .filter(each -> each.getFileName().toString().startsWith("driver-"))
              .forEach(drivers::add);
        }
      }
    }
    return drivers;
  }

  /** What workers keep of each application that had an executor of theirs. */
  private Set<String> applications() throws IOException {
    Set<String> applications = new TreeSet<>();
    for (String worker : WORKERS) {
      Path work = folder.resolve(worker);
      if (Files.isDirectory(work)) {
        try (Stream<Path> folders = Files.list(work)) {
          folders
              .map(each -> each.getFileName().toString())
              .filter(name -> name.startsWith("app-"))
              .forEach(applications::add);
        }
      }
    }
    return applications;
  }

  /** That of this master's application. */
  private Optional<ProcessHandle> executor() {
    return cluster.stream()
        .flatMap(Process::descendants)
        .filter(ProcessHandle::isAlive)
        .filter(
            process -> process.info().commandLine().filter(l -> l.contains(EXECUTOR)).isPresent())
        .findFirst();
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
