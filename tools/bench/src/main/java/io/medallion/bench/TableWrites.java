package io.medallion.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * What was written to a table so far, whatever of it still counts.
 *
 * @param commits of its log
 * @param logBytes of commits, their checksums and checkpoints
 * @param files of data
 * @param dataBytes of them
 */
record TableWrites(long commits, long logBytes, long files, long dataBytes) {
  private static final String LOG = "_delta_log";

  /** Of a table in a folder of this machine. */
  static TableWrites of(Path table) {
    try (Stream<Path> walked = Files.walk(table)) {
      List<Path> files = walked.filter(Files::isRegularFile).toList();
      long commits = 0;
      long logBytes = 0;
      long data = 0;
      long dataBytes = 0;
      for (Path file : files) {
        String name = file.getFileName().toString();
        if (table.relativize(file).startsWith(LOG)) {
          commits += name.matches("\\d+\\.json") ? 1 : 0;
          logBytes += file.toFile().length();
        } else if (name.endsWith(".parquet")) {
          data++;
          dataBytes += file.toFile().length();
        }
      }
      return new TableWrites(commits, logBytes, data, dataBytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a day brings at the pace of a stretch of time that ends with this. */
  TableWrites aDaySince(TableWrites before, Duration time) {
    double times = (double) Duration.ofDays(1).toMillis() / time.toMillis();
    return new TableWrites(
        Math.round((commits - before.commits) * times),
        Math.round((logBytes - before.logBytes) * times),
        Math.round((files - before.files) * times),
        Math.round((dataBytes - before.dataBytes) * times));
  }
}
