package io.medallion.demo.ingest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Files on their way into one sink, and the sum of what became of them. */
final class IngestRun {
  private static final long PROGRESS_NANOS = Duration.ofSeconds(1).toNanos();
  private static final int LINES_BETWEEN_LOOKS = 256;

  private final IngestSettings settings;
  private final IngestSink sink;
  private final BooleanSupplier stop;
  private final Consumer<IngestProgress> progress;
  private long files;
  private long lines;
  private long mapped;
  private long derivedIds;

  IngestRun(
      IngestSettings settings,
      IngestSink sink,
      BooleanSupplier stop,
      Consumer<IngestProgress> progress) {
    this.settings = settings;
    this.sink = sink;
    this.stop = stop;
    this.progress = progress;
  }

  /** Sends a file; returns whether all of it is in Kafka, and not cut off by a stop. */
  boolean ingest(Path path) {
    try (EventFile file = EventFile.open(path, settings.columns())) {
      boolean whole = send(path, file);
      sink.flush();
      files += whole ? 1 : 0;
      return whole;
    }
  }

  IngestReport report() {
    return new IngestReport(files, lines, mapped, lines - mapped, derivedIds, sink.acknowledged());
  }

  private boolean send(Path path, EventFile file) {
    long size = size(path);
    long start = System.nanoTime();
    long next = start + PROGRESS_NANOS;
    long ofFile = 0;
    for (Outgoing record = file.next(); record != null; record = file.next()) {
      sink.send(record.key(), record.value());
      count(record);
      if (++ofFile % LINES_BETWEEN_LOOKS == 0) {
        if (stop.getAsBoolean()) {
          return false;
        }
        long now = System.nanoTime();
        if (now >= next) {
          tell(path, file, ofFile, size, now - start);
          next = now + PROGRESS_NANOS;
        }
      }
    }
    tell(path, file, ofFile, size, System.nanoTime() - start);
    return true;
  }

  private void tell(Path path, EventFile file, long ofFile, long size, long nanos) {
    progress.accept(
        new IngestProgress(path, ofFile, file.bytesRead(), size, Duration.ofNanos(nanos)));
  }

  private void count(Outgoing record) {
    lines++;
    mapped += record.mapped() ? 1 : 0;
    derivedIds += record.derivedId() ? 1 : 0;
  }

  private static long size(Path path) {
    try {
      return Files.size(path);
    } catch (IOException e) {
      return 0;
    }
  }
}
