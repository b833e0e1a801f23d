package io.medallion.demo.services;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Tells other processes of this machine, and of the same user, where running services are: by a
 * file that only its owner can read.
 */
public final class RunningServices {
  /**
   * Services that run.
   *
   * @param pid the process that owns them
   * @param settings if they are, as settings of {@link io.medallion.common.config.Keys}
   */
  public record Running(long pid, Map<String, String> settings) {
    /** Hides the passwords. */
    @Override
    public String toString() {
      return "Running[pid=" + pid + "]";
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
    return owner
        .filter(identity -> identity.alive().isPresent())
        .map(identity -> new Running(identity.pid(), Map.copyOf(entries)));
  }

  static void announce(Path announcement, Map<String, String> settings) {
    Map<String, String> entries = new TreeMap<>(settings);
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
