package io.medallion.lakehouse.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSDataOutputStreamBuilder;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options.CreateFileOptionKeys;
import org.apache.hadoop.fs.Path;

/**
 * Files of which there is one, whoever tries to make them at the same time.
 *
 * @param files the store
 */
record PutIfAbsent(FileSystem files) {
  private static final String CONDITION =
      CreateFileOptionKeys.FS_OPTION_CREATE_CONDITIONAL_OVERWRITE;

  /** Whether an object store takes writes on the condition that there is no such object yet. */
  boolean conditional(Path file) throws IOException {
    return files.hasPathCapability(file, CONDITION);
  }

  /**
   * Makes a file unless there is one.
   *
   * @return whether it was made; also where the store's answer was lost, and the write tried again
   *     met what it had made before
   */
  boolean make(Path file, byte[] content) throws IOException {
    FSDataOutputStreamBuilder<?, ?> builder = files.createFile(file).overwrite(false).recursive();
    if (conditional(file)) {
      builder.must(CONDITION, true);
    }
    try (FSDataOutputStream out = builder.build()) {
      out.write(content);
    } catch (IOException e) {
      // Each store has its own exception for a file that is there.
      return Arrays.equals(content, read(file).orElseThrow(() -> e));
    }
    return true;
  }

  /** What is in a file; empty if there is none. */
  Optional<byte[]> read(Path file) throws IOException {
    try (FSDataInputStream in = files.open(file)) {
      return Optional.of(in.readAllBytes());
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }
  }
}
