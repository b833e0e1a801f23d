package io.medallion.demo.ingest;

import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Sends the events of files to Kafka: CSV with a header or JSON lines, plain or gzip.
 *
 * <p>An event without an id gets one that is derived from its line, so that a second ingest of a
 * file sends the same records, which silver knows as duplicates. A line that cannot be mapped is
 * sent as it is, for quarantine to show. Lines longer than a million bytes are cut there. Memory is
 * bounded whatever a file's size: see {@code LineOccurrences}.
 */
public final class FileIngest {
  private FileIngest() {}

  /**
   * Sends every line of the files, in their order, and returns when the broker has all of them.
   *
   * @param stop asked every few hundred lines; true ends after the lines already sent
   * @param progress told about once a second and at each file's end, from the calling thread
   * @throws io.medallion.common.error.MedallionException where Kafka does not answer or take a
   *     record, or a file cannot be read
   */
  public static IngestReport ingest(
      IngestSettings settings,
      List<Path> files,
      BooleanSupplier stop,
      Consumer<IngestProgress> progress) {
    try (IngestSink sink = new KafkaIngestSink(settings)) {
      return ingest(settings, sink, files, stop, progress);
    }
  }

  /**
   * Takes each file of a folder once, those that are there and those that come, until {@code stop}.
   *
   * <p>A file is taken when its size and time have stood still for two seconds. Hidden files,
   * {@code .tmp} and {@code .part} ones, and folders are left alone. What was taken is noted in the
   * folder's {@code .medallion-ingested} after Kafka has all of it; a file at hand when the process
   * is killed is taken again as a whole, which changes nothing, and so is one that has changed
   * since. A file that cannot be read is told to {@code refused} and left until it changes.
   *
   * @param done told of each file that is in Kafka
   * @param refused told of each file that cannot be read
   */
  public static IngestReport watch(
      IngestSettings settings,
      Path folder,
      BooleanSupplier stop,
      Consumer<IngestProgress> progress,
      Consumer<Path> done,
      Consumer<RuntimeException> refused) {
    try (IngestSink sink = new KafkaIngestSink(settings)) {
      IngestRun run = new IngestRun(settings, sink, stop, progress);
      new FolderWatch(folder, run::ingest, done, refused).until(stop);
      return run.report();
    }
  }

  /** The same, except that a file that cannot be read ends the watch with its error. */
  public static IngestReport watch(
      IngestSettings settings,
      Path folder,
      BooleanSupplier stop,
      Consumer<IngestProgress> progress,
      Consumer<Path> done) {
    return watch(
        settings,
        folder,
        stop,
        progress,
        done,
        refused -> {
          throw refused;
        });
  }

  static IngestReport ingest(
      IngestSettings settings,
      IngestSink sink,
      List<Path> files,
      BooleanSupplier stop,
      Consumer<IngestProgress> progress) {
    IngestRun run = new IngestRun(settings, sink, stop, progress);
    for (Path file : files) {
      if (stop.getAsBoolean() || !run.ingest(file)) {
        break;
      }
    }
    return run.report();
  }
}
