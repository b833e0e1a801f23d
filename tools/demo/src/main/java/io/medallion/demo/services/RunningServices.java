package io.medallion.demo.services;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Finds services that another process of this machine runs. */
public final class RunningServices {
  /**
   * Services that run.
   *
   * @param pid the process that owns them
   * @param settings where they are, as settings of {@link io.medallion.common.config.Keys}
   */
  public record Running(long pid, Map<String, String> settings) {}

  private RunningServices() {}

  /**
   * The services that a file announces; empty where there is no file, or the process that wrote it
   * is gone.
   */
  public static Optional<Running> find(Path announcement) {
    throw new UnsupportedOperationException();
  }
}
