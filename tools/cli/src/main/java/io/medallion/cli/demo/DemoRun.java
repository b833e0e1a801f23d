package io.medallion.cli.demo;

import io.medallion.bronze.KafkaLag;
import io.medallion.cli.lake.LakeQuestions;
import io.medallion.cli.show.ServicesText;
import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.ExitCode;
import io.medallion.common.error.MedallionException;
import io.medallion.dashboard.Dashboard;
import io.medallion.dashboard.api.LakeReader;
import io.medallion.demo.services.Services;
import io.medallion.demo.traffic.TrafficReport;
import io.medallion.demo.traffic.TrafficSettings;
import io.medallion.gold.read.CurrentMetrics;
import io.medallion.gold.read.GoldReader;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.LakeFolder;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.TableState;
import io.medallion.lakehouse.layer.Layer;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.session.BatchProfile;
import io.medallion.lakehouse.session.LakeSession;
import io.medallion.operations.MaintenanceSchedule;
import io.medallion.operations.Reconciliation;
import io.medallion.operations.StatusReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Everything at once: broker, database, simulator and the three layers, and a look at them. */
public final class DemoRun {
  private static final Logger LOG = LoggerFactory.getLogger(DemoRun.class);
  private static final Duration REFRESH = Duration.ofSeconds(1);
  private static final Duration SOON = Duration.ofMillis(100);
  private static final Duration KAFKA_PATIENCE = Duration.ofSeconds(15);

  /** Others may write to the topic while the layers catch up; then they catch up once more. */
  private static final int DRAINS = 3;

  private static final String MAINTAIN_EVERY = "2m";

  /** A shop on either side of the Atlantic. */
  private static final List<String> SITES = List.of("shop-de", "shop-us");

  private static final String CONTRACT =
      """
      # The shops of the demo, and by whose clocks their days begin.
      sites:
        shop-de: {time_zone: Europe/Berlin}
        shop-us: {time_zone: America/New_York}
      """;

  private final DemoSettings settings;
  private final Function<Map<String, String>, Configuration> configurationOf;
  private final Display display;
  private final PrintWriter err;
  private final Stop stop;
  private final long begun = System.nanoTime();

  /**
   * @param configurationOf the settings in force, given where the services are; empty before they
   *     run
   */
  public DemoRun(
      DemoSettings settings,
      Function<Map<String, String>, Configuration> configurationOf,
      PrintWriter out,
      PrintWriter err,
      Stop stop) {
    this.settings = settings;
    this.configurationOf = configurationOf;
    this.display = new Display(out, settings.terminal());
    this.err = err;
    this.stop = stop;
  }

  /** Runs until the duration is over, a layer fails, or it is stopped; returns the exit code. */
  public int run() throws InterruptedException, IOException {
    Configuration before = configurationOf.apply(Map.of());
    display.say("Starting Kafka, Postgres and Spark.");
    CompletableFuture<SparkSession> spark =
        CompletableFuture.supplyAsync(
            () -> LakeSession.create("medallion-demo", before), DemoRun::onItsOwnThread);
    CompletableFuture<Services> starting =
        CompletableFuture.supplyAsync(
            () -> Services.start(settings.services().withContract(CONTRACT)),
            DemoRun::onItsOwnThread);
    long waited = -1;
    while (!starting.isDone() && !stop.await(SOON)) {
      long seconds = Duration.ofNanos(System.nanoTime() - begun).toSeconds();
      if (seconds > waited) {
        waited = seconds;
        display.hint(seconds + " s");
      }
    }
    try (Services services = joined(starting)) {
      Map<String, String> found = new HashMap<>(services.settings());
      found.put(Keys.SILVER_PUBLISH_ENABLED.name(), "true");
      found.put(Keys.MAINTENANCE_INTERVAL.name(), MAINTAIN_EVERY);
      Configuration configuration = configurationOf.apply(found);
      long recordsBefore = KafkaLag.read(TableState.EMPTY, configuration, KAFKA_PATIENCE).held();
      try (LakeQuestions questions = new LakeQuestions(configuration, spark::join);
          Dashboard page = onSomePort(configuration, questions)) {
        announce(services, page);
        return run(services, configuration, recordsBefore, spark);
      }
    }
  }

  private int run(
      Services services,
      Configuration configuration,
      long recordsBefore,
      CompletableFuture<SparkSession> spark)
      throws InterruptedException, IOException {
    try (Traffic traffic = Traffic.start(traffic(services));
        StatusReader status =
            new StatusReader(LakeFolder.look(configuration), configuration, KAFKA_PATIENCE);
        GoldReader gold = GoldReader.of(configuration)) {
      Look look = new Look(status, gold, traffic);
      // Spark takes longest to start: what there is already is shown meanwhile.
      watch(look, "traffic flows, Spark starts", spark::isDone, stop::asked);
      try (SparkSession session = joined(spark)) {
        return run(Lake.open(session, configuration), configuration, look, recordsBefore);
      }
    }
  }

  private int run(Lake lake, Configuration configuration, Look look, long recordsBefore)
      throws InterruptedException {
    Lake looked = lake.in(BatchProfile.LOW_LATENCY.session(lake.session()));
    Traffic traffic = look.traffic();
    try (LayerChain chain = new LayerChain(lake, configuration)) {
      BooleanSupplier over = () -> interrupted(chain);
      if (!stop.asked()) {
        chain.start();
      }
      Optional<MaintenanceSchedule> maintenance = MaintenanceSchedule.start(looked, configuration);
      try {
        watch(look, "traffic flows, Ctrl-C stops it", traffic::ended, over);
      } finally {
        maintenance.ifPresent(MaintenanceSchedule::close);
      }
      traffic.stop();
      if (interrupted(chain)) {
        return end(chain, traffic);
      }
      TrafficReport report = traffic.report();
      CompletableFuture<KafkaLag> drained =
          CompletableFuture.supplyAsync(
              () -> drain(chain, looked, configuration), DemoRun::onItsOwnThread);
      watch(look, "traffic has ended, the layers catch up", drained::isDone, over);
      if (interrupted(chain)) {
        return end(chain, traffic);
      }
      return summarize(
          reconciliation(
              report, recordsBefore, looked, joined(drained), look.gold(), configuration));
    }
  }

  /** What a frame is made of. */
  private record Look(StatusReader status, GoldReader gold, Traffic traffic) {
    Frame at(Duration running, String phase) {
      Optional<CurrentMetrics> numbers = Optional.empty();
      String without = "Gold has no numbers yet.";
      try {
        numbers = gold.numbers();
      } catch (MedallionException e) {
        without = "Gold's numbers are not known: " + e.problem() + ".";
      }
      return new Frame(phase, running, traffic.progress(), status.read(), numbers, without);
    }
  }

  private void watch(Look look, String phase, BooleanSupplier done, BooleanSupplier over)
      throws InterruptedException {
    while (!done.getAsBoolean() && !over.getAsBoolean()) {
      Duration running = Duration.ofNanos(System.nanoTime() - begun);
      if (display.isDue(running)) {
        show(look, running, phase);
      }
      if (stop.await(REFRESH)) {
        return;
      }
    }
  }

  /** A look that fails is no reason to stop what it looks at. */
  private void show(Look look, Duration running, String phase) {
    try {
      display.show(look.at(running, phase));
    } catch (RuntimeException e) {
      LOG.info("no frame this time", e);
    }
  }

  private boolean interrupted(LayerChain chain) {
    return stop.asked() || chain.failed().isPresent();
  }

  /** The demo was stopped, or a layer failed. */
  private int end(LayerChain chain, Traffic traffic) {
    Optional<Layer> failed = chain.failed();
    failed.ifPresent(this::complain);
    display.say("Stopping; the same command goes on with the same data.");
    chain.close();
    TrafficReport report = traffic.report();
    display.say(
        "The simulator sent %,d records, acknowledged are %,d."
            .formatted(report.sent(), report.acknowledged()));
    return failed.isPresent() ? ExitCode.FAILURE : ExitCode.OK;
  }

  private void complain(Layer layer) {
    Throwable failure = layer.failure().orElseThrow();
    err.println("The layer %s has failed.".formatted(layer.name()));
    err.println(
        failure instanceof MedallionException known ? known.explain() : "error: " + failure);
    err.println("  log:    " + settings.log());
    err.flush();
  }

  private KafkaLag drain(LayerChain chain, Lake lake, Configuration configuration) {
    try {
      LakeTable bronze = lake.table(TableDefinition.BRONZE);
      for (int attempt = 1; ; attempt++) {
        chain.drain();
        KafkaLag balance = KafkaLag.read(bronze.state(), configuration, KAFKA_PATIENCE);
        if (balance.lag() == 0 || attempt == DRAINS || chain.failed().isPresent()) {
          return balance;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CompletionException(e);
    }
  }

  private DemoReconciliation reconciliation(
      TrafficReport report,
      long recordsBefore,
      Lake lake,
      KafkaLag kafka,
      GoldReader gold,
      Configuration configuration) {
    Duration gap = configuration.get(Keys.GOLD_SESSION_GAP);
    OptionalLong truth =
        report.truth().isPresent()
            ? OptionalLong.of(report.truth().get().sessions(gap).size())
            : OptionalLong.empty();
    return new DemoReconciliation(
        report,
        recordsBefore,
        Reconciliation.of(lake, kafka, gold),
        truth,
        gold.numbers().map(n -> n.openSessions() + n.closedSessions()).orElse(0L));
  }

  private int summarize(DemoReconciliation reconciliation) {
    display.say("");
    Summary.lines(reconciliation).forEach(display::say);
    if (reconciliation.problems().isEmpty()) {
      return ExitCode.OK;
    }
    LOG.info("the account does not add up: {}", reconciliation);
    return ErrorCode.DEMO_DOES_NOT_ADD_UP.exitCode();
  }

  /** On the port that a bookmark knows, or on a free one if another demo has that. */
  private static Dashboard onSomePort(Configuration configuration, LakeReader lake) {
    try {
      return Dashboard.start(configuration, lake);
    } catch (MedallionException e) {
      LOG.info("the live page takes a free port", e);
      return Dashboard.start(configuration, 0, lake);
    }
  }

  private void announce(Services services, Dashboard page) {
    display.say("  Live page " + page.url());
    ServicesText.lines(services.settings(), settings.log()).forEach(display::say);
    display.say("");
  }

  private TrafficSettings traffic(Services services) {
    return TrafficSettings.of(services.kafka().client())
        .withTopic(settings.services().topic())
        .withSites(SITES)
        .withRate(settings.rate())
        .withUsers(settings.users())
        .withSeed(settings.seed())
        .withDuration(settings.duration())
        .withGroundTruth(settings.endsByItself());
  }

  private static <T> T joined(CompletableFuture<T> future) {
    try {
      return future.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  private static void onItsOwnThread(Runnable work) {
    new Thread(work, "demo").start();
  }
}
