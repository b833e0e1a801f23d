package io.medallion.lakehouse;

import io.medallion.lakehouse.delta.DeltaInternals;
import io.medallion.lakehouse.delta.TableFile;
import java.util.Map;

/** A file as Delta's log names it, which is nowhere. */
public final class NamedFile {
  private NamedFile() {}

  /**
   * One of a thousand bytes.
   *
   * @param statistics as Delta writes them; may be null
   */
  public static TableFile of(String path, String statistics) {
    return TableFile.of(
        DeltaInternals.file(path, Map.of("date", "2026-03-01"), 1_000, 0, statistics, Map.of()),
        "date");
  }
}
