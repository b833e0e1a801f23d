package io.medallion.lakehouse.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;

/**
 * Hadoop's local file system, which gives permissions in this process. Without Hadoop's native
 * library, which hardly anybody has, Hadoop starts {@code chmod} for each file and each checksum
 * beside it: six processes a second in a bronze that has little to do.
 */
public final class NioLocalFileSystem extends LocalFileSystem {
  /** Hadoop makes one by name. */
  public NioLocalFileSystem() {
    super(new Raw());
  }

  private static final class Raw extends RawLocalFileSystem {
    @Override
    public void setPermission(Path path, FsPermission permission) throws IOException {
      // Java knows no sticky bit.
      if (permission.getStickyBit()) {
        super.setPermission(path, permission);
      } else {
        Files.setPosixFilePermissions(pathToFile(path).toPath(), posix(permission));
      }
    }
  }

  /** The nine bits, those of the owner first, as both have them. */
  private static Set<PosixFilePermission> posix(FsPermission permission) {
    Set<PosixFilePermission> given = EnumSet.noneOf(PosixFilePermission.class);
    PosixFilePermission[] all = PosixFilePermission.values();
    for (int i = 0; i < all.length; i++) {
      if ((permission.toShort() >> (all.length - 1 - i) & 1) == 1) {
        given.add(all[i]);
      }
    }
    return given;
  }
}
