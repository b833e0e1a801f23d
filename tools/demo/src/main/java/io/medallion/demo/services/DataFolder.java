package io.medallion.demo.services;

import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;

/** A folder of ours: it carries a marker, and one process at a time holds it. */
public final class DataFolder implements AutoCloseable {
  private static final String MARKER = ".medallion-data";
  private static final String LOCK = ".lock";

  private final Path path;
  private final RandomAccessFile lockFile;

  private DataFolder(Path path, RandomAccessFile lockFile) {
    this.path = path;
    this.lockFile = lockFile;
  }

  Path path() {
    return path;
  }

  /**
   * Makes the folder if it is missing and holds it until closed.
   *
   * @throws MedallionException if another process holds it, or it is somebody else's
   */
  static DataFolder hold(Path path) {
    try {
      prepare(path);
      return lock(path);
    } catch (IOException e) {
      throw new MedallionException(
          ErrorCode.SERVICE_NOT_STARTED,
          "The data folder " + path + " cannot be used",
          e.toString(),
          "Check the path and its rights, or choose another --data-dir.",
          e);
    }
  }

  /**
   * Deletes a folder of ours with all that is in it; does nothing if there is none. Links in it are
   * removed, not followed.
   *
   * @throws MedallionException if the folder is not one that this program made, or is in use
   */
  public static void delete(Path path) {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS) || isEmptyFolder(path)) {
      return;
    }
    if (!isOurs(path)) {
      throw foreign(path, "Nothing was deleted.");
    }
    hold(path).close();
    try {
      deleteTree(path);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot delete " + path, e);
    }
  }

  /** Lets others hold it. */
  @Override
  public void close() {
    try {
      lockFile.setLength(0);
      lockFile.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void deleteTree(Path path) throws IOException {
    Files.walkFileTree(
        path,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, IOException e) throws IOException {
            if (e != null) {
              throw e;
            }
            Files.delete(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static void prepare(Path path) throws IOException {
    if (isOurs(path)) {
      return;
    }
    if (Files.exists(path) && !isEmptyFolder(path)) {
      throw foreign(path, "Nothing was written there.");
    }
    Path parent = path.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    if (!Files.exists(path)) {
      Files.createDirectory(
          path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    Files.writeString(
        path.resolve(MARKER),
        "Data of Medallion's embedded services. `medallion demo --fresh` deletes this folder.\n");
  }

  private static DataFolder lock(Path path) throws IOException {
    RandomAccessFile file = new RandomAccessFile(path.resolve(LOCK).toFile(), "rw");
    try {
      FileLock lock = file.getChannel().tryLock();
      if (lock == null) {
        throw held(path, file);
      }
    } catch (OverlappingFileLockException e) {
      throw held(path, file);
    }
    file.setLength(0);
    file.write(Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII));
    return new DataFolder(path, file);
  }

  private static MedallionException held(Path path, RandomAccessFile file) throws IOException {
    file.seek(0);
    String pid = file.readLine();
    file.close();
    return new MedallionException(
        ErrorCode.SERVICE_NOT_STARTED,
        "Services run already on " + path + ", owned by process " + pid,
        "Two brokers or databases on one folder would destroy it.",
        "Use those, stop process " + pid + ", or choose another --data-dir.");
  }

  private static boolean isOurs(Path path) {
    return Files.isRegularFile(path.resolve(MARKER), LinkOption.NOFOLLOW_LINKS);
  }

  private static boolean isEmptyFolder(Path path) {
    if (!Files.isDirectory(path)) {
      return false;
    }
    try (Stream<Path> children = Files.list(path)) {
      return children.findAny().isEmpty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static MedallionException foreign(Path path, String outcome) {
    return new MedallionException(
        ErrorCode.DATA_FOLDER_FOREIGN,
        path + " is not a data folder of this program. " + outcome,
        "It is not empty and has no file " + MARKER + ".",
        "Choose an empty or a new folder with --data-dir.");
  }
}
