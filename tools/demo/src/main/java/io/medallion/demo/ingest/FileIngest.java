package io.medallion.demo.ingest;

import io.medallion.common.error.MedallionException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Sends the events of files to Kafka: CSV with a header, JSON lines or a JSON array, plain or gzip,
 * from files, pipes, or standard input ({@code -}).
 *
 * <p>An event without an id gets one that is derived from its line, so that a second ingest of a
 * file sends the same records, which silver knows as duplicates. What is an event the contract's
 * own parser says. A line that cannot be mapped is sent as it is, for quarantine to show; one that
 * is longer than an event may be is told of and counted. Memory is bounded whatever a file's size:
 * see {@code LineOccurrences}.
 */
public final class FileIngest {
  private FileIngest() {}

  /**
   * Sends every line of the files, in their order, and returns when the broker has answered for all
   * of them. A file that cannot be read, or not to its end, does not keep the next one from being
   * read; where Kafka takes nothing more the report says so.
   *
   * @throws MedallionException if Kafka does not answer before anything is sent
   */
  public static IngestReport ingest(
      IngestSettings settings, List<Path> files, IngestListener listener) {
    try (IngestSink sink = new KafkaIngestSink(settings)) {
      return ingest(settings, sink, files, listener);
    }
  }

  /**
   * Takes each file of a folder once, those that are there and those that come, until told to stop.
   *
   * <p>A file is taken when its size and time have stood still for two seconds, and when the last
   * row of CSV has its line end: half a row may be a legal one. Hidden files, {@code .tmp} and
   * {@code .part} ones, and folders are left alone. What was taken is noted in the folder's {@code
   * .medallion-ingested} after Kafka has all of it; a file at hand when the process is killed is
   * taken again as a whole, which changes nothing, and so is one that has changed since. A file
   * that cannot be read is left until it changes.
   *
   * @throws MedallionException if Kafka does not answer or the folder cannot be read at the start
   */
  public static IngestReport watch(IngestSettings settings, Path folder, IngestListener listener) {
    try (IngestSink sink = new KafkaIngestSink(settings)) {
      return watch(settings, sink, folder, listener);
    }
  }

  static IngestReport ingest(
      IngestSettings settings, IngestSink sink, List<Path> files, IngestListener listener) {
    IngestRun run = new IngestRun(settings, sink, listener, false);
    for (Path file : files) {
      if (listener.stop() || run.end().isPresent()) {
        break;
      }
      run.ingest(file);
    }
    return run.report(Optional.empty());
  }

  static IngestReport watch(
      IngestSettings settings, IngestSink sink, Path folder, IngestListener listener) {
    IngestRun run = new IngestRun(settings, sink, listener, true);
    FolderWatch watch = new FolderWatch(folder, run::ingest);
    try {
      watch.until(() -> listener.stop() || run.end().isPresent());
      return run.report(Optional.empty());
    } catch (MedallionException e) {
      return run.report(Optional.of(e));
    }
  }
}
