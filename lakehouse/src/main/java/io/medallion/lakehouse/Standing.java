package io.medallion.lakehouse;

import java.util.List;
import java.util.Map;

/**
 * Where a layer stands beside its source, at one moment.
 *
 * @param taken rows taken from the source since the layer's table was made
 * @param waiting rows that the source holds and the layer has not taken
 * @param newestMicros the newest Kafka time among the rows taken, microseconds since 1970; 0 where
 *     there is none
 * @param places the position in each part of the source, by its name
 * @param tables what the layer's own tables look like
 */
public record Standing(
    long taken, long waiting, long newestMicros, Map<String, Place> places, List<Size> tables) {

  /**
   * A position in a part of the source.
   *
   * @param reached up to where the layer has it
   * @param end up to where it goes now
   */
  public record Place(long reached, long end) {}

  /**
   * A table's size.
   *
   * @param table its name
   * @param version its newest version
   * @param files how many files that has; negative where nobody has counted them
   */
  public record Size(String table, long version, long files) {}

  /** Takes copies of the collections. */
  public Standing {
    places = Map.copyOf(places);
    tables = List.copyOf(tables);
  }
}
