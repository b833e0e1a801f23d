package io.medallion.demo.ingest;

import java.io.IOException;

/**
 * A file that is none of those that can be taken, or is one up to somewhere: says why and where.
 */
final class SpoiledFile extends IOException {
  private static final long serialVersionUID = 1L;

  private final String remedy;

  SpoiledFile(String reason, String remedy) {
    this(reason, remedy, null);
  }

  SpoiledFile(String reason, String remedy, Throwable cause) {
    super(reason, cause);
    this.remedy = remedy;
  }

  /** What the user can do. */
  String remedy() {
    return remedy;
  }
}
