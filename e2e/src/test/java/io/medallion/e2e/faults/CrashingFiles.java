package io.medallion.e2e.faults;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * The local files of Spark and Delta; places before there is a folder, and where a file of a table
 * has only its first bytes.
 */
public final class CrashingFiles extends LocalFileSystem {
  @Override
  public void initialize(URI name, Configuration hadoop) throws IOException {
    Crash.reached(Crash.STARTED);
    super.initialize(name, hadoop);
  }

  @Override
  public boolean mkdirs(Path folder) throws IOException {
    if (folder.getName().equals("_delta_log")) {
      Crash.reached(Crash.making(folder.getParent().getName()));
    }
    return super.mkdirs(folder);
  }

  @Override
  public FSDataOutputStream create(
      Path file,
      FsPermission permission,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    FSDataOutputStream created =
        super.create(file, permission, overwrite, bufferSize, replication, blockSize, progress);
    return file.getName().contains(".parquet")
        ? new FSDataOutputStream(new Begun(created, place(file)), null)
        : created;
  }

  /** A checkpoint of a table's log, or rows of the table in a folder of a partition. */
  private static String place(Path file) {
    Path folder = file.getParent();
    return folder.getName().equals("_delta_log")
        ? Crash.WRITING_TABLE_CHECKPOINT
        : Crash.writing(folder.getParent().getName());
  }

  private static final class Begun extends FilterOutputStream {
    private final String place;

    Begun(OutputStream file, String place) {
      super(file);
      this.place = place;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
      out.flush();
      Crash.reached(place);
    }
  }
}
