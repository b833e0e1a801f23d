package io.medallion.demo.ingest;

import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Stream;

/** Takes each file of a folder once, also across restarts and kills. */
final class FolderWatch {
  static final String JOURNAL = ".medallion-ingested";

  private static final long LOOK_EVERY_NANOS = Duration.ofMillis(200).toNanos();

  /** A file whose size and time have not changed for so long is complete. */
  private static final long QUIET_NANOS = Duration.ofSeconds(2).toNanos();

  /** A state of a file, and since when this process has seen it so. */
  private record Seen(String state, long sinceNanos) {}

  private final Path folder;
  private final Function<Path, FileReport> ingest;
  private final Map<String, Seen> seen = new HashMap<>();

  /** States that were looked at and not taken, wholly: a file is left until it has another. */
  private final Map<String, String> leftStates = new HashMap<>();

  private final Map<String, String> taken;

  /**
   * @param ingest sends a file
   */
  FolderWatch(Path folder, Function<Path, FileReport> ingest) {
    this.folder = folder;
    this.ingest = ingest;
    this.taken = readJournal();
  }

  void until(BooleanSupplier stop) {
    while (!stop.getAsBoolean()) {
      for (Path file : complete()) {
        if (stop.getAsBoolean()) {
          return;
        }
        take(file);
      }
      LockSupport.parkNanos(LOOK_EVERY_NANOS);
    }
  }

  private void take(Path file) {
    String name = file.getFileName().toString();
    String state = seen.get(name).state();
    FileReport report = ingest.apply(file);
    if (report.isWhole() && report.waiting() == 0) {
      taken.put(name, state);
      writeJournal();
    } else if (report.waiting() > 0 || report.problem().isPresent()) {
      leftStates.put(name, state);
    }
  }

  /** Files that nobody writes any more and that have not been taken, the oldest name first. */
  private List<Path> complete() {
    long now = System.nanoTime();
    List<Path> complete = new ArrayList<>();
    for (Path file : files()) {
      String name = file.getFileName().toString();
      String state = state(file);
      if (state == null || state.equals(taken.get(name)) || state.equals(leftStates.get(name))) {
        continue;
      }
      Seen before = seen.get(name);
      if (before == null || !before.state().equals(state)) {
        seen.put(name, new Seen(state, now));
      } else if (now - before.sinceNanos() >= QUIET_NANOS) {
        complete.add(file);
      }
    }
    return complete;
  }

  private List<Path> files() {
    try (Stream<Path> children = Files.list(folder)) {
      return children.filter(FolderWatch::isCandidate).sorted().toList();
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private static boolean isCandidate(Path file) {
    String name = file.getFileName().toString();
    return !name.startsWith(".")
        && !name.endsWith(".tmp")
        && !name.endsWith(".part")
        && Files.isRegularFile(file);
  }

  /** Size and time of change; null if the file has gone. */
  private static String state(Path file) {
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return attributes.size() + " " + attributes.lastModifiedTime().toMillis();
    } catch (IOException e) {
      return null;
    }
  }

  private Map<String, String> readJournal() {
    Map<String, String> entries = new TreeMap<>();
    try {
      for (String line : Files.readAllLines(folder.resolve(JOURNAL))) {
        String[] parts = line.split("\t", 2);
        if (parts.length == 2) {
          entries.put(parts[1], parts[0]);
        }
      }
    } catch (NoSuchFileException e) {
      if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS) && !Files.isDirectory(folder)) {
        throw unreadable(e);
      }
    } catch (IOException e) {
      throw unreadable(e);
    }
    return entries;
  }

  private void writeJournal() {
    List<String> lines = new ArrayList<>();
    taken.forEach((name, state) -> lines.add(state + "\t" + name));
    Path fresh = folder.resolve(JOURNAL + ".tmp");
    try {
      Files.write(fresh, lines);
      Files.move(
          fresh,
          folder.resolve(JOURNAL),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private MedallionException unreadable(IOException e) {
    return new MedallionException(
        ErrorCode.INGEST_FILE_UNREADABLE,
        "The folder " + folder + " cannot be watched",
        e.toString(),
        "Give a folder that this user can read and write.",
        e);
  }
}
