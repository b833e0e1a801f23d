package io.medallion.e2e.faults;

import io.delta.storage.CloseableIterator;
import io.delta.storage.LogStore;
import io.medallion.lakehouse.store.HardLinkLogStore;
import java.io.IOException;
import java.util.Iterator;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/** The log store that the layers use; places before and after a version is published. */
public final class CrashingLogStore extends LogStore {
  private final HardLinkLogStore store;

  /** Called by Delta. */
  public CrashingLogStore(Configuration hadoop) {
    super(hadoop);
    store = new HardLinkLogStore(hadoop);
  }

  @Override
  public void write(Path path, Iterator<String> lines, Boolean overwrite, Configuration hadoop)
      throws IOException {
    boolean version = path.getName().matches("\\d{20}\\.json");
    String table = path.getParent().getParent().getName();
    if (version) {
      Crash.reached(Crash.before(table));
    }
    store.write(path, lines, overwrite, hadoop);
    if (version) {
      Crash.reached(Crash.after(table));
    }
  }

  @Override
  public CloseableIterator<String> read(Path path, Configuration hadoop) throws IOException {
    return store.read(path, hadoop);
  }

  @Override
  public Iterator<FileStatus> listFrom(Path path, Configuration hadoop) throws IOException {
    return store.listFrom(path, hadoop);
  }

  @Override
  public Path resolvePathOnPhysicalStorage(Path path, Configuration hadoop) throws IOException {
    return store.resolvePathOnPhysicalStorage(path, hadoop);
  }

  @Override
  public Boolean isPartialWriteVisible(Path path, Configuration hadoop) {
    return store.isPartialWriteVisible(path, hadoop);
  }
}
