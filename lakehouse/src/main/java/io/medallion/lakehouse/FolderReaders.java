package io.medallion.lakehouse;

import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Who may enter a folder; what is in it has the rights that the process's umask leaves. */
enum FolderReaders {
  /** The user whose process made it. */
  OWNER("rwx------"),
  /** The folder's group as well. */
  GROUP("rwxr-x---");

  private final String rights;

  FolderReaders(String rights) {
    this.rights = rights;
  }

  private Set<PosixFilePermission> rights() {
    return PosixFilePermissions.fromString(rights);
  }

  /**
   * Makes a folder unless it is there, and lets them in. One that is there loses no right that
   * somebody gave it.
   *
   * @throws MedallionException if it cannot be written
   */
  void make(Path folder) {
    boolean posix = folder.getFileSystem().supportedFileAttributeViews().contains("posix");
    try {
      if (!Files.isDirectory(folder)) {
        Files.createDirectories(folder.getParent());
        // Private from its first moment.
        Files.createDirectories(
            folder,
            posix
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER.rights())}
                : new FileAttribute<?>[0]);
      }
      if (posix && this == GROUP) {
        allow(folder, rights());
      }
    } catch (IOException e) {
      throw notWritable(folder, e);
    }
    if (!Files.isWritable(folder)) {
      throw notWritable(folder, null);
    }
  }

  private static void allow(Path folder, Set<PosixFilePermission> rights) throws IOException {
    Set<PosixFilePermission> there = Files.getPosixFilePermissions(folder);
    if (there.addAll(rights)) {
      Files.setPosixFilePermissions(folder, there);
    }
  }

  private static MedallionException notWritable(Path folder, IOException e) {
    return new MedallionException(
        ErrorCode.LAKE_NOT_WRITABLE,
        "The folder %s cannot be written".formatted(folder),
        e == null ? "This user has no right to write there." : e.toString(),
        "Give this user the right, or name another folder by --lake.path or --checkpoint.path.",
        e);
  }
}
