package io.medallion.lakehouse.delta;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.hadoop.fs.FSDataOutputStreamBuilder;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FilterFileSystem;
import org.apache.hadoop.fs.Path;

/** A store that writes over what is there whatever the condition, as some do that speak S3. */
public final class Careless extends FilterFileSystem {
  public Careless(FileSystem files) {
    super(files);
  }

  @Override
  @SuppressWarnings("rawtypes") // As its superclass has it.
  public FSDataOutputStreamBuilder createFile(Path file) {
    try {
      delete(file, false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return super.createFile(file);
  }
}
