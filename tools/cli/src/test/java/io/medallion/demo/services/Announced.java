package io.medallion.demo.services;

import java.nio.file.Path;
import java.util.Map;

/** Services that this process claims to run. */
public final class Announced {
  private Announced() {}

  /** Announces them in a folder, with their data in another. */
  public static void in(Path announcements, Path dataDir, Map<String, String> settings) {
    RunningServices.announce(
        RunningServices.announcement(announcements, dataDir), dataDir, settings);
  }
}
