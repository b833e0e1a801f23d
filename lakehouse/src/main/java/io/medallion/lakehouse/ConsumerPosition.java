package io.medallion.lakehouse;

import io.medallion.lakehouse.spark.SparkInternals;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Up to which version of a table a consumer outside the lake has been served: one that cannot hold
 * the position itself, next to what it got.
 *
 * <p>Each version is an empty file of its own, so that none is ever half written.
 */
public final class ConsumerPosition {
  private final Path folder;
  private final FileSystem files;

  private ConsumerPosition(Path folder, FileSystem files) {
    this.folder = folder;
    this.files = files;
  }

  /**
   * Of a consumer.
   *
   * @param consumer its name; what is no letter or digit in it does not tell it apart
   * @param tableId of the table that it is served from: another one begins again
   */
  public static ConsumerPosition of(Lake lake, String consumer, String tableId) {
    String name = consumer.replaceAll("[^A-Za-z0-9._-]", "_");
    Path folder = new Path(lake.path() + "/_served/" + name + "/" + tableId);
    try {
      return new ConsumerPosition(
          folder, folder.getFileSystem(SparkInternals.hadoopConfiguration(lake.session())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How far every consumer of a table has been served, by name. */
  public static Map<String, Long> all(Lake lake, String tableId) {
    Map<String, Long> all = new TreeMap<>();
    Path consumers = new Path(lake.path() + "/_served");
    try {
      FileSystem files =
          consumers.getFileSystem(SparkInternals.hadoopConfiguration(lake.session()));
      if (files.exists(consumers)) {
        for (FileStatus consumer : files.listStatus(consumers)) {
          String name = consumer.getPath().getName();
          of(lake, name, tableId).version().ifPresent(version -> all.put(name, version));
        }
      }
      return all;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The version; empty for a consumer that was never served. */
  public OptionalLong version() {
    try {
      return files.exists(folder)
          ? Arrays.stream(files.listStatus(folder)).mapToLong(ConsumerPosition::version).max()
          : OptionalLong.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Remembers that the consumer has everything up to a version. */
  public void moveTo(long version) {
    try {
      Path reached = new Path(folder, Long.toString(version));
      files.create(reached, true).close();
      for (FileStatus old : files.listStatus(folder)) {
        if (version(old) < version) {
          files.delete(old.getPath(), false);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long version(FileStatus file) {
    return Long.parseLong(file.getPath().getName());
  }
}
