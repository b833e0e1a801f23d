package io.medallion.lakehouse;

import java.util.Map;
import org.apache.spark.sql.delta.actions.AddFile;
import scala.Option;
import scala.jdk.javaapi.CollectionConverters;

/** A file as Delta's log names it, which is nowhere. */
public final class NamedFile {
  private NamedFile() {}

  /**
   * One of a thousand bytes.
   *
   * @param statistics as Delta writes them; may be null
   */
  public static TableFile of(String path, String statistics) {
    AddFile add =
        new AddFile(
            path,
            scala.collection.immutable.Map.from(
                CollectionConverters.asScala(Map.of("date", "2026-03-01"))),
            1_000,
            0,
            true,
            statistics,
            null,
            null,
            Option.empty(),
            Option.empty(),
            Option.empty(),
            Option.empty(),
            Option.empty());
    return TableFile.of(add, "date");
  }
}
