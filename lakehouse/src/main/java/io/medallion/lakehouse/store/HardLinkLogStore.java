package io.medallion.lakehouse.store;

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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
 * <p>A listing from a version on asks the disk for that version's files, then for the next one's,
 * up to the first that is not there: what it costs does not grow with the log. Reading the folder's
 * names, as Delta's default does, makes each commit slower than the one before. It is done once for
 * each folder, which shows whether some other program has put files there that are named otherwise,
 * and where the wanted version is gone.
 */
public final class HardLinkLogStore extends HadoopFileSystemLogStore {
  private static final String COMMIT = "json";

  /** In the order of their names, all before the commit's. */
  private static final List<String> BESIDE_A_COMMIT = List.of("checkpoint.parquet", "crc");

  /** How Delta asks for a version and those behind it. */
  private static final Pattern VERSION_ON = Pattern.compile("(\\d{20})\\.(?:checkpoint)?");

  /** Files of versions whose names do not follow from the version's number. */
  private static final Pattern UNPREDICTABLE =
      Pattern.compile("\\d{20}\\.(?!(?:json|crc|checkpoint\\.parquet)$).*");

  /** Folders that held no such file when they were listed. */
  private static final Set<java.nio.file.Path> PREDICTABLE = ConcurrentHashMap.newKeySet();

  /** Called by Delta, which names this class in {@code spark.delta.logStore.file.impl}. */
  public HardLinkLogStore(Configuration hadoop) {
    super(hadoop);
  }

  @Override
  public void write(Path path, Iterator<String> lines, Boolean overwrite, Configuration hadoop)
      throws IOException {
    ReadOnlyFileSystem.requireWritable(path, hadoop);
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
    ReadOnlyFileSystem.requireReadable(path, hadoop);
    java.nio.file.Path folder = local(path.getParent());
    String from = path.getName();
    Matcher version = VERSION_ON.matcher(from);
    if (version.matches() && PREDICTABLE.contains(folder)) {
      long first = Long.parseLong(version.group(1));
      List<FileStatus> found = following(path.getParent(), folder, first, from);
      if (!found.isEmpty() || Files.exists(folder.resolve(name(first - 1, COMMIT)))) {
        return found.iterator();
      }
    }
    return listed(path.getParent(), folder, from);
  }

  /**
   * The files from a name on of a version and those behind it; empty if that one is not there yet,
   * or gone.
   */
  private static List<FileStatus> following(
      Path parent, java.nio.file.Path folder, long first, String from) {
    List<FileStatus> found = new ArrayList<>();
    for (long version = first; ; version++) {
      FileStatus commit = status(parent, folder.resolve(name(version, COMMIT)));
      if (commit == null) {
        return found;
      }
      for (String ending : BESIDE_A_COMMIT) {
        FileStatus beside = status(parent, folder.resolve(name(version, ending)));
        if (beside != null && beside.getPath().getName().compareTo(from) >= 0) {
          found.add(beside);
        }
      }
      if (commit.getPath().getName().compareTo(from) >= 0) {
        found.add(commit);
      }
    }
  }

  private static String name(long version, String ending) {
    return "%020d.%s".formatted(version, ending);
  }

  private static Iterator<FileStatus> listed(Path parent, java.nio.file.Path folder, String from)
      throws IOException {
    String[] names = folder.toFile().list();
    if (names == null) {
      throw new FileNotFoundException("No such folder: " + folder);
    }
    if (Arrays.stream(names).noneMatch(name -> UNPREDICTABLE.matcher(name).matches())) {
      PREDICTABLE.add(folder);
    } else {
      PREDICTABLE.remove(folder);
    }
    return Arrays.stream(names)
        // VACUUM asks from a name on that no file of a disk can have.
        .filter(name -> !name.startsWith(".") && name.compareTo(from) >= 0)
        .sorted()
        .map(name -> status(parent, folder.resolve(name)))
        .filter(status -> status != null)
        .iterator();
  }

  /** What Delta wants to know of a file; null if it went away between the listing and now. */
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
