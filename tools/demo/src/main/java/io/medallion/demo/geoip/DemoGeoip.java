package io.medallion.demo.geoip;

import java.nio.file.Path;

/** The GeoIP database of the demo: made-up networks in real cities. */
public final class DemoGeoip {
  private DemoGeoip() {}

  /** Copies the database into a folder and returns the file's path. */
  public static Path install(Path folder) {
    throw new UnsupportedOperationException();
  }
}
