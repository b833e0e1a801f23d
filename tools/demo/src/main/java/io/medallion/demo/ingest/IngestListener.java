package io.medallion.demo.ingest;

import java.nio.file.Path;

/** Who watches over an ingest; called from the ingesting thread. */
public interface IngestListener {
  /** Asked every few hundred lines; true ends after the lines already sent. */
  default boolean stop() {
    return false;
  }

  /** Told about once a second and at each file's end. */
  default void progress(IngestProgress progress) {}

  /**
   * Told of each line that is not sent or not taken.
   *
   * @param file where it stands
   * @param line its number, from 1
   * @param why what is wrong with it
   */
  default void notSent(Path file, long line, String why) {}

  /** Told what became of a file, once it is over with. */
  default void finished(FileReport report) {}
}
