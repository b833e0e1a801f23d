package io.medallion.bench;

import java.time.Duration;
import java.util.List;

/**
 * A backlog taken by one stage of somebody.
 *
 * @param who took it: {@code medallion}, {@code reference}, or the program that sets the limit
 * @param stage of the way: {@code bronze}, {@code silver}, {@code gold}
 * @param events records of the backlog
 * @param reading what it took
 * @param output what was written
 * @param merging how long Postgres was at work meanwhile, where the stage waits for it
 */
record Drained(
    String who, String stage, long events, Meter.Reading reading, Output output, Duration merging) {

  /** One that knows nothing of Postgres. */
  Drained(String who, String stage, long events, Meter.Reading reading, Output output) {
    this(who, stage, events, reading, output, Duration.ZERO);
  }

  /**
   * Files of a table.
   *
   * @param files how many
   * @param bytes that they hold
   */
  record Output(long files, long bytes) {
    static final Output NONE = new Output(0, 0);

    Output minus(Output before) {
      return new Output(files - before.files, bytes - before.bytes);
    }
  }

  /** Several as a table. */
  static ReportTable reportTable(String title, List<Drained> all) {
    ReportTable reportTable =
        ReportTable.of(
            title,
            "who",
            "stage",
            "events",
            "seconds",
            "events/s",
            "CPU s per million",
            "s in Postgres",
            "peak heap MiB",
            "files",
            "MiB");
    for (Drained drained : all) {
      boolean files = drained.output.files > 0;
      reportTable.add(
          drained.who,
          drained.stage,
          drained.events,
          drained.seconds(),
          drained.rate(),
          drained.cpuSecondsPerMillion(),
          drained.merging.isZero() ? null : drained.merging.toMillis() / 1e3,
          drained.reading.peakHeap() >> 20,
          files ? drained.output.files : null,
          files ? drained.output.bytes / (double) (1 << 20) : null);
    }
    return reportTable;
  }

  /** It in a line. */
  String line() {
    return "%s, %s: %,d events in %.1f s, %,d a second"
        .formatted(who, stage, events, seconds(), rate());
  }

  /** Events a second. */
  long rate() {
    return Math.round(events / seconds());
  }

  double seconds() {
    return reading.time().toNanos() / 1e9;
  }

  double cpuSecondsPerMillion() {
    return reading.cpu().toNanos() / 1e3 / events;
  }
}
