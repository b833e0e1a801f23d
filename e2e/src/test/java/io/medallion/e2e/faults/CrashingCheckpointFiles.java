package io.medallion.e2e.faults;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.execution.streaming.checkpointing.CheckpointFileManager.CancellableFSDataOutputStream;
import org.apache.spark.sql.execution.streaming.checkpointing.FileSystemBasedCheckpointFileManager;

/** Spark's keeper of checkpoint files; places around those that say where a batch stands. */
public final class CrashingCheckpointFiles extends FileSystemBasedCheckpointFileManager {
  /** Called by Spark. */
  public CrashingCheckpointFiles(Path path, Configuration hadoop) {
    super(path, hadoop);
  }

  @Override
  public CancellableFSDataOutputStream createAtomic(Path path, boolean overwrite) {
    return switch (path.getParent().getName()) {
      case "offsets" -> new Offsets(super.createAtomic(path, overwrite));
      case "commits" -> {
        Crash.reached(Crash.BEFORE_COMMITS);
        yield super.createAtomic(path, overwrite);
      }
      default -> super.createAtomic(path, overwrite);
    };
  }

  private static final class Offsets extends CancellableFSDataOutputStream {
    private final CancellableFSDataOutputStream file;

    Offsets(CancellableFSDataOutputStream file) {
      super(file);
      this.file = file;
    }

    @Override
    public void cancel() {
      file.cancel();
    }

    @Override
    public void close() throws IOException {
      super.close();
      Crash.reached(Crash.AFTER_OFFSETS);
    }
  }
}
