package io.medallion.demo.traffic;

import io.medallion.demo.services.KafkaTopics;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Acts out the traffic of a web shop: many people at once, on several threads. */
public final class Simulator {
  private static final Duration PROGRESS_EVERY = Duration.ofSeconds(1);
  private static final Duration ASK_EVERY = Duration.ofMillis(50);

  private final TrafficSettings settings;
  private final Supplier<EventSink> sinks;
  private final Clock clock;

  /** A simulator of this traffic, into Kafka. */
  public Simulator(TrafficSettings settings) {
    this(settings, null, Clock.systemUTC());
  }

  /**
   * @param sinks makes a sink for each thread; null for Kafka
   */
  Simulator(TrafficSettings settings, Supplier<EventSink> sinks, Clock clock) {
    this.settings = settings;
    this.sinks = sinks;
    this.clock = clock;
  }

  /**
   * Sends until the settings' count or duration is reached or {@code stop} says so, flushes, and
   * reports.
   *
   * @param stop asked several times a second
   * @param progress told about once a second, from the calling thread
   * @throws io.medallion.common.error.MedallionException where Kafka does not answer or has no such
   *     topic
   */
  public TrafficReport run(BooleanSupplier stop, Consumer<TrafficProgress> progress) {
    Supplier<EventSink> opened = sinks != null ? sinks : kafka();
    PopulationClock populationClock = PopulationClock.of(settings, clock.instant());
    List<Actor> actors = new ArrayList<>();
    for (int thread = 0; thread < settings.threads(); thread++) {
      actors.add(new Actor(settings, populationClock, thread, opened.get()));
    }
    try {
      play(actors, stop, progress);
      return report(actors);
    } finally {
      actors.forEach(actor -> actor.sink().close());
    }
  }

  private Supplier<EventSink> kafka() {
    int partitions = KafkaTopics.partitions(settings.kafka(), settings.topic());
    return () -> new KafkaSink(settings.kafka(), settings.topic(), partitions);
  }

  private void play(List<Actor> actors, BooleanSupplier stop, Consumer<TrafficProgress> progress) {
    ExecutorService threads = Executors.newFixedThreadPool(actors.size());
    try {
      long start = System.nanoTime();
      CompletableFuture<?> all =
          CompletableFuture.allOf(
              actors.stream()
                  .map(actor -> play(actor, start, actors, threads))
                  .toArray(CompletableFuture<?>[]::new));
      accompany(all, actors, start, stop, progress);
    } finally {
      actors.forEach(Actor::stop);
      threads.shutdown();
    }
  }

  /** Where one fails, the others need not go on. */
  private static CompletableFuture<Void> play(
      Actor actor, long start, List<Actor> actors, ExecutorService threads) {
    return CompletableFuture.runAsync(() -> actor.play(start), threads)
        .whenComplete(
            (done, failure) -> {
              if (failure != null) {
                actors.forEach(Actor::stop);
              }
            });
  }

  private void accompany(
      CompletableFuture<?> all,
      List<Actor> actors,
      long start,
      BooleanSupplier stop,
      Consumer<TrafficProgress> progress) {
    long nextProgress = start + PROGRESS_EVERY.toNanos();
    while (!ended(all)) {
      long now = System.nanoTime();
      boolean over = !settings.duration().isZero() && now - start >= settings.duration().toNanos();
      if (over || stop.getAsBoolean()) {
        actors.forEach(Actor::stop);
      }
      if (now >= nextProgress) {
        progress.accept(progress(actors, Duration.ofNanos(now - start)));
        nextProgress = now + PROGRESS_EVERY.toNanos();
      }
    }
  }

  private static boolean ended(CompletableFuture<?> all) {
    try {
      all.get(ASK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : new CompletionException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CompletionException(e);
    }
  }

  private static TrafficProgress progress(List<Actor> actors, Duration elapsed) {
    return new TrafficProgress(
        actors.stream().mapToLong(Actor::sent).sum(),
        actors.stream().mapToLong(actor -> actor.sink().acknowledged()).sum(),
        actors.stream().mapToLong(actor -> actor.sink().failed()).sum(),
        elapsed);
  }

  private TrafficReport report(List<Actor> actors) {
    Tally tally = new Tally();
    GroundTruth truth = new GroundTruth();
    for (Actor actor : actors) {
      actor.sink().flush();
      tally.include(actor.tally());
      truth.include(actor.truth());
    }
    TrafficProgress end = progress(actors, Duration.ZERO);
    return new TrafficReport(
        tally.sent,
        end.acknowledged(),
        end.failed(),
        tally.broken,
        tally.duplicates,
        tally.conflicts,
        tally.events,
        tally.crawlerEvents,
        tally.late,
        tally.heldBack,
        settings.groundTruth() ? Optional.of(truth) : Optional.empty());
  }
}
