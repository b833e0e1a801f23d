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

/**
 * What this machine could do with the same records: a consumer that only counts them is the limit
 * of bronze, DuckDB that parses them and writes Parquet that of silver. Neither judges, removes
 * copies or can go on after a crash.
 */
final class Limits implements Backlog {
  private final Path folder;
  private final KafkaLog log;
  private final Map<Integer, Long> from;
  private final BenchProgress progress;

  /**
   * @param from the offset of each partition where the backlog begins
   */
  Limits(Path folder, KafkaLog log, Map<Integer, Long> from, BenchProgress progress) {
    this.folder = folder;
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
      Path lines = folder.resolve("events.jsonl");
      log.write(from, lines);
      progress.detail("DuckDB parses %,d records".formatted(events));
      Path parquet = folder.resolve("events.parquet");
      int cores = Runtime.getRuntime().availableProcessors();
      Meter parsing = Meter.start();
      DuckDb.parse(lines, parquet, cores);
      drained.add(
          new Drained(
              "DuckDB",
              "silver",
              events,
              parsing.stop(),
              new Drained.Output(1, Files.size(parquet))));
      return drained;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
