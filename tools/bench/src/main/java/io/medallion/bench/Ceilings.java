package io.medallion.bench;

import io.medallion.bench.reference.DuckDb;
import io.medallion.bench.reference.KafkaLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * What this machine could do with the same records: a consumer that only counts them is the limit
 * of bronze, DuckDB that parses what our bronze holds and writes Parquet that of silver; what it
 * does with the same records as plain lines of a file stands beside. None of them validates,
 * removes copies or can go on after a crash.
 */
final class Ceilings implements Backlog {
  /** Reads what silver reads. */
  private static final String FROM_BRONZE = "DuckDB";

  /** Of the simulator's records one in a hundred or so is no JSON. */
  private static final double LEAST_SHARE = 0.9;

  private static final String FROM_LINES = "DuckDB, JSON lines";

  private final Path folder;
  private final Path bronze;
  private final KafkaLog log;
  private final Map<Integer, Long> from;
  private final BenchProgress progress;

  /**
   * @param bronze the folder of the bronze table that has been filled
   * @param from the offset of each partition where the backlog begins
   */
  Ceilings(
      Path folder, Path bronze, KafkaLog log, Map<Integer, Long> from, BenchProgress progress) {
    this.folder = folder;
    this.bronze = bronze;
    this.log = log;
    this.from = from;
    this.progress = progress;
  }

  @Override
  public List<Drained> drain(long events) {
    progress.detail("a consumer reads %,d records".formatted(events));
    List<Drained> drained = new ArrayList<>();
    Meter consuming = Meter.start();
    long read = log.read(from, value -> {});
    drained.add(
        new Drained("Kafka consumer", "bronze", read, consuming.stop(), Drained.Output.NONE));
    try {
      Files.createDirectories(folder);
      // Unpacks and loads the library, which is no part of what is measured.
      DuckDb.version();
      int cores = Runtime.getRuntime().availableProcessors();
      progress.detail("DuckDB parses %,d records of bronze".formatted(events));
      drained.add(
          parsed(
              FROM_BRONZE,
              events,
              parquet -> DuckDb.parseBronze(bronze, from, parquet, cores),
              folder.resolve("bronze.parquet")));
      Path lines = folder.resolve("events.jsonl");
      log.write(from, lines);
      progress.detail("DuckDB parses %,d lines".formatted(events));
      drained.add(
          parsed(
              FROM_LINES,
              events,
              parquet -> DuckDb.parseLines(lines, parquet, cores),
              folder.resolve("lines.parquet")));
      return drained;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Drained parsed(String who, long events, ToLongFunction<Path> parse, Path parquet)
      throws IOException {
    Meter meter = Meter.start();
    long rows = parse.applyAsLong(parquet);
    Meter.Reading reading = meter.stop();
    if (rows > events || rows < events * LEAST_SHARE) {
      throw new IllegalStateException(
          "%s wrote %,d rows of %,d records".formatted(who, rows, events));
    }
    return new Drained(who, "silver", events, reading, new Drained.Output(1, Files.size(parquet)));
  }
}
