package io.medallion.demo.ingest;

import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Sends the events of files to Kafka. */
public final class FileIngest {
  private FileIngest() {}

  /**
   * Sends every line of the files, in their order, and returns when the broker has all of them.
   *
   * @param stop asked several times a second; true ends after the lines already read
   * @param progress told about once a second
   */
  public static IngestReport ingest(
      IngestSettings settings,
      List<Path> files,
      BooleanSupplier stop,
      Consumer<IngestProgress> progress) {
    throw new UnsupportedOperationException();
  }

  /**
   * Takes each file of a folder once, those that are there and those that come, until {@code stop}.
   *
   * @param done told of each file that is in Kafka
   */
  public static IngestReport watch(
      IngestSettings settings,
      Path folder,
      BooleanSupplier stop,
      Consumer<IngestProgress> progress,
      Consumer<Path> done) {
    throw new UnsupportedOperationException();
  }
}
