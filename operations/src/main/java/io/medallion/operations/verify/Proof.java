package io.medallion.operations.verify;

import io.medallion.gold.read.GoldSnapshot;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What a proof leaves for the next one: which rows were proven, and how to see that they are still
 * the same ones.
 *
 * @param format of this record; another program's may differ
 * @param at when it was made, in ISO 8601
 * @param settings a hash of everything that decides what the tables must hold
 * @param tables of the lake by name
 * @param silver silver's counters at the version that was proven
 * @param open what could not be looked at of the rows proven
 * @param gold null if gold had not merged all of these rows, or was not looked at
 */
record Proof(
    int format,
    String at,
    String settings,
    Map<String, Table> tables,
    Map<String, Long> silver,
    List<Open> open,
    Gold gold) {
  /** The one that this program writes and reads. */
  static final int FORMAT = 1;

  /**
   * A table at the version that was proven. Of its rows, those up to a commit of bronze were.
   *
   * @param form a hash of what decides how the files' bytes become rows
   * @param version the version
   * @param seq the last of bronze's commits whose rows are covered
   * @param files all of the version
   */
  record Table(String form, long version, long seq, List<DataFile> files) {}

  /**
   * A file of a table.
   *
   * @param name below the table, as Delta's log has it
   * @param day of its folder, which is a column of its rows
   * @param bytes its size
   * @param sha256 of its bytes, in hexadecimal; empty if they do not say which rows the table has
   *     of it, or cannot be read
   */
  record DataFile(String name, String day, long bytes, String sha256) {
    boolean hasHash() {
      return !sha256.isEmpty();
    }

    /** Whether Delta's log says the same of it. */
    boolean isListedAs(DataFile other) {
      return name.equals(other.name) && day.equals(other.day) && bytes == other.bytes;
    }
  }

  /**
   * What could not be looked at, and what has been carried on since.
   *
   * @param at when it was found, in ISO 8601
   * @param what in words
   */
  record Open(String at, String what) {}

  /**
   * Gold as made from all the rows that were proven.
   *
   * @param position its ledger
   * @param definitions of its marts, by name
   * @param seeds by which the digests were made; whoever knows them can make rows that pass
   * @param digests of its tables' rows, by name
   */
  record Gold(
      GoldSnapshot.Position position,
      Map<String, String> definitions,
      RowDigest.Seeds seeds,
      Map<String, RowDigest> digests) {

    /** Whether another ledger counts the same rows; compaction moves its version on. */
    boolean isAt(GoldSnapshot.Position other) {
      return position.silverTable().equals(other.silverTable())
          && position.rows() == other.rows()
          && position.bots() == other.bots()
          && position.lateDropped() == other.lateDropped()
          && Objects.equals(position.newestEvent(), other.newestEvent())
          && Objects.equals(position.retainedFrom(), other.retainedFrom())
          && Objects.equals(position.userSetsRetainedFrom(), other.userSetsRetainedFrom())
          && position.beyondRetention() == other.beyondRetention();
    }

    long rows() {
      return digests.values().stream().mapToLong(RowDigest::rows).sum();
    }
  }
}
