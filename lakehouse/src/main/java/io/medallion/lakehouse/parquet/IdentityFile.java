package io.medallion.lakehouse.parquet;

import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FutureDataInputStreamBuilder;
import org.apache.hadoop.fs.Options.OpenFileOptions;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.util.functional.FutureIO;

/** A file whose {@link IdentityPages} are read. The caller closes it. */
public final class IdentityFile implements Closeable {
  private final FSDataInputStream file;
  private final IdentityPages.Place place;

  private IdentityFile(FSDataInputStream file, IdentityPages.Place place) {
    this.file = file;
    this.place = place;
  }

  /**
   * Opens one.
   *
   * @param size bytes of the file, so that no store has to be asked for it
   */
  public static IdentityFile open(
      Configuration settings, Path path, long size, IdentityPages.Place place) throws IOException {
    FutureDataInputStreamBuilder opening =
        path.getFileSystem(settings)
            .openFile(path)
            .opt(OpenFileOptions.FS_OPTION_OPENFILE_LENGTH, Long.toString(size))
            .opt(
                OpenFileOptions.FS_OPTION_OPENFILE_READ_POLICY,
                OpenFileOptions.FS_OPTION_OPENFILE_READ_POLICY_RANDOM);
    CompletableFuture<FSDataInputStream> opened = opening.build();
    return new IdentityFile(FutureIO.awaitFuture(opened), place);
  }

  /** The directory of its pages. */
  public IdentityPages pages() throws IOException {
    return IdentityPages.read(file, place);
  }

  /**
   * The hashes of pages that lie side by side.
   *
   * @param pages its directory
   * @param first the first of them
   * @param count how many
   */
  public long[][] hashes(IdentityPages pages, int first, int count) throws IOException {
    return pages.read(file, first, count);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
