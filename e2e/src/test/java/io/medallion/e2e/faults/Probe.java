package io.medallion.e2e.faults;

import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.schema.TableDefinition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.UndeclaredThrowableException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Measures a running chain from outside, again and again, into a recording. */
final class Probe implements AutoCloseable {
  static final Duration EVERY = Duration.ofSeconds(10);
  static final List<TableDefinition> TABLES =
      List.of(TableDefinition.BRONZE, TableDefinition.SILVER, TableDefinition.QUARANTINE);

  private static final double MIB = 1 << 20;
  private static final String SIZES =
      """
      SELECT pg_database_size(current_database()),
        (SELECT coalesce(sum(pg_total_relation_size(oid)), 0) FROM pg_class
          WHERE relnamespace = 'gold_staging'::regnamespace AND relkind = 'r'),
        (SELECT coalesce(sum(rows_read), 0) FROM gold.layer_status WHERE layer = 'silver')""";

  private record Attached(long pid, Vitals vitals) {}

  private final FaultyChain chain;
  private final Lake lake;
  private final AtomicLong sent;
  private final Recording recording;
  private final Map<String, Attached> attached = new HashMap<>();
  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
  private final ScheduledFuture<?> samples;

  /**
   * Begins.
   *
   * @param lake the chain's, whose tables exist
   * @param sent how many records the broker has by now
   */
  Probe(FaultyChain chain, Lake lake, AtomicLong sent, Recording recording) {
    this.chain = chain;
    this.lake = lake;
    this.sent = sent;
    this.recording = recording;
    this.samples =
        clock.scheduleWithFixedDelay(this::sample, 0, EVERY.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void sample() {
    Map<String, Double> values = new HashMap<>();
    FaultyChain.LAYERS.forEach(layer -> process(layer, values));
    TABLES.forEach(table -> table(table, values));
    folder("checkpoints", Path.of(lake.checkpoints()), values);
    postgres(values);
    recording.add(values);
  }

  private void process(String layer, Map<String, Double> values) {
    try {
      Vitals vitals = vitals(layer);
      values.put(layer + " heap MiB", vitals.heapAfterCollection() / MIB);
      values.put(layer + " threads", (double) vitals.threads());
      values.put(layer + " open files", (double) vitals.openFiles());
      values.put(layer + " cpu s", vitals.cpuTime().toMillis() / 1e3);
    } catch (IOException | UndeclaredThrowableException e) {
      // It was killed a moment ago; the next sample attaches to the one that follows.
      attached.remove(layer);
    }
  }

  private Vitals vitals(String layer) throws IOException {
    long pid = chain.layer(layer).pid();
    Attached known = attached.get(layer);
    if (known == null || known.pid() != pid) {
      known = new Attached(pid, Vitals.of(pid));
      attached.put(layer, known);
    }
    return known.vitals();
  }

  private void table(TableDefinition definition, Map<String, Double> values) {
    folder(definition.name(), Path.of(lake.table(definition).path()), values);
    values.put(
        definition.name() + " files in use",
        (double) lake.table(definition).filesAt(lake.table(definition).version()).size());
  }

  private static void folder(String name, Path folder, Map<String, Double> values) {
    Contents contents = new Contents();
    try {
      Files.walkFileTree(folder, contents);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    values.put(name + " MiB", contents.bytes / MIB);
    values.put(name + " files", (double) contents.files);
  }

  private void postgres(Map<String, Double> values) {
    try {
      List<String> sizes = chain.gold(SIZES).get(0);
      values.put("postgres MiB", Long.parseLong(sizes.get(0)) / MIB);
      values.put("staging MiB", Long.parseLong(sizes.get(1)) / MIB);
      values.put("lag", (double) (sent.get() - Long.parseLong(sizes.get(2))));
    } catch (SQLException e) {
      // It is just being started again.
    }
  }

  /** Ends; fails where measuring has failed. */
  @Override
  public void close() {
    try {
      if (samples.isDone()) {
        samples.get();
      }
      clock.shutdown();
      if (!clock.awaitTermination(1, TimeUnit.MINUTES)) {
        throw new IllegalStateException("a sample takes more than a minute");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Files that vanish while it looks do not count. */
  private static final class Contents extends SimpleFileVisitor<Path> {
    private long bytes;
    private long files;

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      bytes += attributes.size();
      files++;
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) {
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, IOException e) {
      return FileVisitResult.CONTINUE;
    }
  }
}
