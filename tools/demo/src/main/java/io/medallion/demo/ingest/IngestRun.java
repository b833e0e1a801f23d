package io.medallion.demo.ingest;

import io.medallion.common.error.MedallionException;
import io.medallion.demo.ingest.IngestSink.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Files on their way into one sink, and the sum of what became of them. */
final class IngestRun {
  private static final long PROGRESS_NANOS = Duration.ofSeconds(1).toNanos();
  private static final int LINES_BETWEEN_LOOKS = 256;

  private final IngestSettings settings;
  private final IngestSink sink;
  private final IngestListener listener;
  private final boolean filesMayGrow;
  private final Tally total = new Tally();
  private long files;
  private long failed;
  private MedallionException firstProblem;
  private MedallionException end;

  /** What became of records. */
  private static final class Tally {
    long lines;
    long events;
    long derivedIds;
    long raw;
    long tooLong;
    long refused;
    long waiting;

    void count(Outgoing record) {
      lines++;
      switch (record.fate()) {
        case EVENT -> events++;
        case AS_IS -> raw++;
        case TOO_LONG -> tooLong++;
        case WAITS -> waiting++;
      }
      derivedIds += record.derivedId() ? 1 : 0;
    }

    void add(Tally other) {
      lines += other.lines;
      events += other.events;
      derivedIds += other.derivedIds;
      raw += other.raw;
      tooLong += other.tooLong;
      refused += other.refused;
      waiting += other.waiting;
    }
  }

  /**
   * @param filesMayGrow whether others may still be writing the files
   */
  IngestRun(
      IngestSettings settings, IngestSink sink, IngestListener listener, boolean filesMayGrow) {
    this.settings = settings;
    this.sink = sink;
    this.listener = listener;
    this.filesMayGrow = filesMayGrow;
  }

  /** Sends a file and says what became of it, whatever that is. */
  FileReport ingest(Path path) {
    Tally tally = new Tally();
    long before = sink.acknowledged();
    boolean toItsEnd = false;
    List<String> unseen = List.of();
    MedallionException problem = null;
    try (EventFile file = EventFile.open(path, settings, filesMayGrow)) {
      toItsEnd = send(path, file, tally);
      unseen = tally.events > 0 && toItsEnd ? file.unseenPaths() : unseen;
    } catch (MedallionException e) {
      problem = e;
    }
    try {
      sink.flush();
    } catch (MedallionException e) {
      end = e;
      problem = e;
    }
    tellRefusals(path, tally);
    return report(path, tally, before, toItsEnd && problem == null, unseen, problem);
  }

  private FileReport report(
      Path path,
      Tally tally,
      long before,
      boolean isWhole,
      List<String> unseen,
      MedallionException problem) {
    total.add(tally);
    files += isWhole ? 1 : 0;
    failed += problem == null ? 0 : 1;
    firstProblem = firstProblem == null ? problem : firstProblem;
    FileReport report =
        new FileReport(
            path,
            isWhole,
            tally.lines,
            tally.events,
            tally.derivedIds,
            tally.raw,
            tally.tooLong,
            tally.refused,
            tally.waiting,
            sink.acknowledged() - before,
            unseen,
            Optional.ofNullable(problem));
    listener.finished(report);
    return report;
  }

  /** What ended all of it: the sink takes nothing more. */
  Optional<MedallionException> end() {
    return Optional.ofNullable(end);
  }

  IngestReport report(Optional<MedallionException> ended) {
    return new IngestReport(
        files,
        failed,
        total.lines,
        total.events,
        total.raw,
        total.derivedIds,
        total.tooLong + total.refused,
        sink.acknowledged(),
        ended.or(this::end).or(() -> Optional.ofNullable(firstProblem)));
  }

  private boolean send(Path path, EventFile file, Tally tally) {
    long size = size(path);
    long start = System.nanoTime();
    long next = start + PROGRESS_NANOS;
    for (Outgoing record = file.next(); record != null; record = file.next()) {
      tally.count(record);
      if (record.isSent()) {
        sink.send(record);
      } else {
        listener.notSent(path, record.line(), why(record));
      }
      if (tally.lines % LINES_BETWEEN_LOOKS == 0) {
        tellRefusals(path, tally);
        if (listener.stop()) {
          return false;
        }
        long now = System.nanoTime();
        if (now >= next) {
          tell(path, file, tally, size, now - start);
          next = now + PROGRESS_NANOS;
        }
      }
    }
    tell(path, file, tally, size, System.nanoTime() - start);
    return true;
  }

  private String why(Outgoing record) {
    return record.fate() == Outgoing.Fate.TOO_LONG
        ? "%,d bytes are more than silver.max-event-size, %,d: not sent"
            .formatted(record.length(), settings.rules().maxEventBytes())
        : "the last line, of %,d bytes, has no line end and waits for one"
            .formatted(record.length());
  }

  private void tellRefusals(Path path, Tally tally) {
    for (Refusal refusal : sink.refused()) {
      tally.refused++;
      listener.notSent(path, refusal.line(), refusal.why());
    }
  }

  private void tell(Path path, EventFile file, Tally tally, long size, long nanos) {
    listener.progress(
        new IngestProgress(path, tally.lines, file.bytesRead(), size, Duration.ofNanos(nanos)));
  }

  private static long size(Path path) {
    try {
      return Files.isRegularFile(path) ? Files.size(path) : 0;
    } catch (IOException e) {
      return 0;
    }
  }
}
