package io.medallion.bench;

import io.medallion.bench.reference.Reference;
import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.demo.services.Services;
import io.medallion.demo.services.ServicesSettings;
import io.medallion.demo.traffic.Simulator;
import io.medallion.demo.traffic.TrafficReport;
import io.medallion.demo.traffic.TrafficSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * How fresh the numbers are under live traffic: ours, and then those of the reference, each over a
 * broker and a Postgres of its own, with the same traffic. Ours go first, in the process that is
 * still cold.
 */
public final class Live {
  /**
   * One of the two.
   *
   * @param name of it
   * @param sent records in all, warm-up included
   * @param freshness of what was sent after the warm-up
   */
  public record Result(String name, long sent, Freshness freshness) {}

  /**
   * What is sent.
   *
   * @param rate records a second
   * @param warmUp how long before it counts
   * @param measured how long it counts
   */
  public record Pace(double rate, Duration warmUp, Duration measured) {}

  private final Path folder;
  private final Pace pace;
  private final Consumer<String> progress;

  /**
   * A benchmark.
   *
   * @param folder for servers and tables; nothing is deleted
   * @param progress told what is being done
   */
  public Live(Path folder, Pace pace, Consumer<String> progress) {
    this.folder = folder;
    this.pace = pace;
    this.progress = progress;
  }

  /** Measures ours and, where asked for, the reference. */
  public List<Result> run(boolean reference) throws InterruptedException {
    List<Result> results = new ArrayList<>();
    results.add(measure("medallion", Live::medallion));
    if (reference) {
      results.add(measure("reference", Live::reference));
    }
    return results;
  }

  private interface Opening {
    LiveChain open(Services services, Path folder);
  }

  private Result measure(String name, Opening opening) throws InterruptedException {
    Path own = folder.resolve(name);
    AtomicBoolean stop = new AtomicBoolean();
    try (Services services =
        Services.start(ServicesSettings.in(own, own.resolve("running.properties")))) {
      try (LiveChain chain = opening.open(services, own)) {
        progress.accept("%s: %,.0f events/s, warming up".formatted(name, pace.rate()));
        CompletableFuture<TrafficReport> traffic =
            CompletableFuture.supplyAsync(() -> send(services, stop));
        chain.start();
        TimeUnit.MILLISECONDS.sleep(pace.warmUp().toMillis());
        long from = System.currentTimeMillis();
        progress.accept("%s: measuring for %d s".formatted(name, pace.measured().toSeconds()));
        TimeUnit.MILLISECONDS.sleep(pace.measured().toMillis());
        long to = System.currentTimeMillis();
        stop.set(true);
        long sent = traffic.join().acknowledged();
        progress.accept("%s: waiting until all of it is visible".formatted(name));
        chain.finish(sent);
        Freshness freshness = chain.freshness(from, to);
        progress.accept(
            "%s: p50 %d ms, p95 %d ms".formatted(name, freshness.p50(), freshness.p95()));
        return new Result(name, sent, freshness);
      } finally {
        stop.set(true);
      }
    }
  }

  private TrafficReport send(Services services, AtomicBoolean stop) {
    return new Simulator(
            TrafficSettings.of(services.kafka().client()).withSeed(1).withRate(pace.rate()))
        .run(stop::get, told -> {});
  }

  private static Configuration configuration(Services services) {
    return Configuration.builder()
        .services(services.settings(), "the benchmark")
        .flag("spark.master", "local[2]")
        .build();
  }

  private static LiveChain medallion(Services services, Path own) {
    return new MedallionChain(configuration(services));
  }

  private static LiveChain reference(Services services, Path own) {
    Configuration configuration = configuration(services);
    return new ReferenceChain(
        own.resolve("lake"),
        configuration.get(Keys.KAFKA_BOOTSTRAP_SERVERS),
        configuration.get(Keys.KAFKA_TOPICS).get(0),
        Path.of(configuration.get(Keys.SILVER_GEOIP_DATABASE)),
        new Reference.Target(
            configuration.get(Keys.POSTGRES_URL),
            configuration.get(Keys.POSTGRES_OWNER_USER),
            configuration.secret(Keys.POSTGRES_OWNER_PASSWORD).orElseThrow()));
  }
}
