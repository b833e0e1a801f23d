package io.medallion.demo.services;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Tells other processes of this machine, and of the same user, where running services are: by a
 * file that only its owner can read.
 */
public final class RunningServices {
  private static final String SUFFIX = ".properties";
  private static final String DATA_DIR = "services.data-dir";

  /**
   * Services that run.
   *
   * @param pid the process that owns them
   * @param dataDir the folder with their data
   * @param settings if they are, as settings of {@link io.medallion.common.config.Keys}
   */
  public record Running(long pid, Path dataDir, Map<String, String> settings) {
    /** Hides the passwords. */
    @Override
    public String toString() {
      return "Running[pid=" + pid + ", dataDir=" + dataDir + "]";
    }
  }

  private RunningServices() {}

  /**
   * The services that a file announces; empty if there is no file, or the process that wrote it is
   * gone.
   */
  public static Optional<Running> find(Path announcement) {
    if (!Files.isRegularFile(announcement)) {
      return Optional.empty();
    }
    Map<String, String> entries = new TreeMap<>(PrivateFile.read(announcement));
    Optional<ProcessIdentity> owner = ProcessIdentity.from(entries);
    entries.keySet().removeIf(ProcessIdentity::isEntry);
    Path dataDir = Path.of(Objects.requireNonNullElse(entries.remove(DATA_DIR), ""));
    return owner
        .filter(identity -> identity.alive().isPresent())
        .map(identity -> new Running(identity.pid(), dataDir, Map.copyOf(entries)));
  }

  /** All that are announced in a folder, by their data folders. */
  public static List<Running> all(Path announcements) {
    try (Stream<Path> files = Files.list(announcements)) {
      return files
          .filter(file -> file.getFileName().toString().endsWith(SUFFIX))
          .flatMap(file -> find(file).stream())
          .sorted(Comparator.comparing(Running::dataDir))
          .toList();
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot list " + announcements, e);
    }
  }

  /**
   * Where the services of a data folder are announced: no two processes hold one folder, so that no
   * announcement takes another's place.
   */
  public static Path announcement(Path announcements, Path dataDir) {
    Path folder = dataDir.toAbsolutePath().normalize();
    return announcements.resolve(
        "%s-%08x%s".formatted(folder.getFileName(), folder.toString().hashCode(), SUFFIX));
  }

  static void announce(Path announcement, Path dataDir, Map<String, String> settings) {
    Map<String, String> entries = new TreeMap<>(settings);
    entries.put(DATA_DIR, dataDir.toString());
    entries.putAll(ProcessIdentity.current().entries());
    PrivateFile.write(announcement, entries, "Services that run; removed when they stop.");
  }

  /** Removes the file, unless another process has announced its own services in it since. */
  static void withdraw(Path announcement) {
    try {
      if (find(announcement).filter(r -> r.pid() != ProcessHandle.current().pid()).isEmpty()) {
        Files.deleteIfExists(announcement);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot remove " + announcement, e);
    }
  }
}
