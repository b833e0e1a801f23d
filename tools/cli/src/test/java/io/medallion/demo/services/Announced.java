package io.medallion.demo.services;

import java.nio.file.Path;
import java.util.Map;

/** Services that this process claims to run. */
public final class Announced {
  private Announced() {}

  /** Announces them in a file. */
  public static void in(Path announcement, Map<String, String> settings) {
    RunningServices.announce(announcement, settings);
  }
}
