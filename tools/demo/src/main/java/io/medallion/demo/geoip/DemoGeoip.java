package io.medallion.demo.geoip;

import io.medallion.common.Resource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;

/** The GeoIP database of the demo: made-up networks in real cities. */
public final class DemoGeoip {
  private static final String NAME = "demo-city.mmdb";

  private DemoGeoip() {}

  /**
   * Puts the database into a folder, made if it is missing, and returns the file's path. A file
   * that is the same already stays untouched, so that nobody reloads it in vain.
   */
  public static Path install(Path folder) {
    Path target = folder.resolve(NAME).toAbsolutePath();
    try {
      byte[] database = Resource.bytes(DemoGeoip.class, NAME);
      Files.createDirectories(folder);
      if (!Files.exists(target) || !Arrays.equals(database, Files.readAllBytes(target))) {
        Path fresh = Files.createTempFile(folder, ".", ".tmp");
        Files.write(fresh, database);
        Files.move(
            fresh, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      }
      return target;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + target, e);
    }
  }
}
