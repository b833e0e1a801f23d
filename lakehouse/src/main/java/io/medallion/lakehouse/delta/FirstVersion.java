package io.medallion.lakehouse.delta;

import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file with which a table begins. Our log stores publish it whole or not at all; a copy that
 * was cut off, or another program's store, may leave a part of one.
 *
 * @param files the store
 * @param file if it is to be
 */
record FirstVersion(FileSystem files, Path file) {
  private static final Logger LOG = LoggerFactory.getLogger(FirstVersion.class);

  /** Files that say something of a table, whatever its version. */
  private static final Pattern OF_A_VERSION = Pattern.compile("\\d{20}\\..+");

  private static final List<String> ALWAYS_THERE = List.of("{\"protocol\":", "{\"metaData\":");

  static FirstVersion of(String table, Configuration hadoop) {
    try {
      Path file = new Path(table + "/_delta_log/%020d.json".formatted(0));
      return new FirstVersion(file.getFileSystem(hadoop), file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Whether there is a part of it and nothing else: no table, and no row of one, has ever stood
   * upon it.
   */
  boolean isTorn() {
    try {
      return Arrays.stream(files.listStatus(file.getParent()))
              .map(FileStatus::getPath)
              .map(Path::getName)
              .filter(name -> OF_A_VERSION.matcher(name).matches())
              .toList()
              .equals(List.of(file.getName()))
          && !isWhole();
    } catch (FileNotFoundException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean isWhole() throws IOException {
    try (FSDataInputStream in = files.open(file)) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return text.endsWith("}\n")
          && ALWAYS_THERE.stream()
              .allMatch(action -> text.lines().anyMatch(line -> line.startsWith(action)));
    }
  }

  /** Makes room for a whole one; its caller keeps others from making it meanwhile. */
  void removeTorn() {
    try {
      LOG.warn("{} is a part of a table's first version; it is removed and made anew", file);
      files.delete(file, false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The error if nothing keeps others from making it meanwhile. */
  MedallionException torn() {
    return new MedallionException(
        ErrorCode.LAKE_TABLE_FOREIGN,
        "%s is a part of a table's first version".formatted(file),
        "It was copied and the copy cut off, or written by another program: ours is whole at once.",
        "Make sure that no layer runs on this lake, delete this file, and start the layer again.");
  }
}
