package io.medallion.lakehouse.parquet;

import java.io.IOException;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;

/** A file in the making whose stream is at hand also for others than Parquet's own writer. */
final class WatchedOutput implements OutputFile {
  private final OutputFile file;
  private PositionOutputStream stream;

  WatchedOutput(OutputFile file) {
    this.file = file;
  }

  /** The stream, once Parquet's writer has opened it. */
  PositionOutputStream stream() {
    return stream;
  }

  @Override
  public PositionOutputStream create(long blockSizeHint) throws IOException {
    stream = file.create(blockSizeHint);
    return stream;
  }

  @Override
  public PositionOutputStream createOrOverwrite(long blockSizeHint) throws IOException {
    stream = file.createOrOverwrite(blockSizeHint);
    return stream;
  }

  @Override
  public boolean supportsBlockSize() {
    return file.supportsBlockSize();
  }

  @Override
  public long defaultBlockSize() {
    return file.defaultBlockSize();
  }

  @Override
  public String getPath() {
    return file.getPath();
  }
}
