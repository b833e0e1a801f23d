package io.medallion.lakehouse;

import io.delta.storage.HadoopFileSystemLogStore;
import java.io.BufferedOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Iterator;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * Publishes a table's versions on a local disk so that two processes never both own one.
 *
 * <p>A version is written to a file of another name, forced to disk, and then linked to its own:
 * the link either is created or the version was there before, whoever wrote it. Delta's default for
 * local files checks and renames, which lost commits between two processes.
 *
 * <p>A listing reads the folder's names first and asks the disk only about those from the wanted
 * version on; asking about every file makes each commit slower than the one before.
 */
public final class LocalLogStore extends HadoopFileSystemLogStore {

  /** Called by Delta, which names this class in {@code spark.delta.logStore.file.impl}. */
  public LocalLogStore(Configuration hadoop) {
    super(hadoop);
  }

  @Override
  public void write(Path path, Iterator<String> lines, Boolean overwrite, Configuration hadoop)
      throws IOException {
    java.nio.file.Path target = local(path);
    java.nio.file.Path folder = target.getParent();
    Files.createDirectories(folder);
    java.nio.file.Path prepared =
        folder.resolve("." + target.getFileName() + "." + UUID.randomUUID() + ".tmp");
    try {
      writeForced(prepared, lines);
      publish(prepared, target, overwrite);
      force(folder);
    } finally {
      Files.deleteIfExists(prepared);
    }
  }

  private static void writeForced(java.nio.file.Path file, Iterator<String> lines)
      throws IOException {
    try (FileChannel channel =
            FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel))) {
      while (lines.hasNext()) {
        out.write(lines.next().getBytes(StandardCharsets.UTF_8));
        out.write('\n');
      }
      out.flush();
      channel.force(true);
    }
  }

  private static void publish(
      java.nio.file.Path prepared, java.nio.file.Path target, boolean overwrite)
      throws IOException {
    if (overwrite) {
      Files.move(
          prepared, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      return;
    }
    try {
      Files.createLink(target, prepared);
    } catch (FileAlreadyExistsException e) {
      // Delta expects this very type, with the path, for a version that someone else has published.
      throw (FileAlreadyExistsException)
          new FileAlreadyExistsException(target.toString()).initCause(e);
    }
  }

  /** Makes the new name itself survive a power loss. */
  private static void force(java.nio.file.Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  @Override
  public Iterator<FileStatus> listFrom(Path path, Configuration hadoop) throws IOException {
    java.nio.file.Path folder = local(path.getParent());
    // VACUUM asks from a name on that no file of a disk can have.
    String from = path.getName();
    String[] names = folder.toFile().list((parent, name) -> wanted(name, from));
    if (names == null) {
      throw new FileNotFoundException("No such folder: " + folder);
    }
    Arrays.sort(names);
    return Arrays.stream(names)
        .map(name -> status(path.getParent(), folder.resolve(name)))
        .filter(status -> status != null)
        .iterator();
  }

  private static boolean wanted(String name, String from) {
    return !name.startsWith(".") && name.compareTo(from) >= 0;
  }

  /** What Delta wants to know of a file; null where it went away between the listing and now. */
  private static FileStatus status(Path folder, java.nio.file.Path file) {
    java.io.File found = file.toFile();
    long modified = found.lastModified();
    if (modified == 0) {
      return null;
    }
    return new FileStatus(
        found.length(), found.isDirectory(), 1, 0, modified, new Path(folder, found.getName()));
  }

  /**
   * Of what we write nobody sees a part. Delta writes its checkpoints past us, and asks this to
   * know whether they need another name until they are whole.
   */
  @Override
  public Boolean isPartialWriteVisible(Path path, Configuration hadoop) {
    return true;
  }

  private static java.nio.file.Path local(Path path) {
    return java.nio.file.Path.of(path.toUri().getPath());
  }
}
