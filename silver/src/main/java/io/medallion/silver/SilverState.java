package io.medallion.silver;

import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.common.event.ReasonCode;
import io.medallion.lakehouse.LakeTable;
import io.medallion.lakehouse.Marks;
import io.medallion.lakehouse.TableCommit;
import io.medallion.silver.BronzeHistory.Position;
import java.util.HashMap;
import java.util.Map;

/**
 * Where silver stands: its position in bronze and what it has made of the rows up to there. Kept in
 * the silver table's marks, moved in one commit with the rows.
 *
 * @param bronzeId whose versions the position counts
 * @param position up to where bronze has been read
 * @param counts the marks that count rows
 * @param version of the silver table that says so
 */
record SilverState(String bronzeId, Position position, Map<String, Long> counts, long version) {

  /**
   * Reads it from the table.
   *
   * @throws MedallionException where silver was made from another bronze table
   */
  static SilverState of(LakeTable silver, String bronzeId) {
    long version = silver.version();
    Map<String, Long> marks = silver.marksAt(version);
    long seq = marks.getOrDefault(Marks.SEQ, 0L);
    Long bronzeVersion = marks.get(bronzeId);
    if (bronzeVersion == null && seq > 0 && !marks.containsKey(snapshotMark(bronzeId))) {
      throw new MedallionException(
          ErrorCode.LAKE_TABLE_FOREIGN,
          "The silver table was made from another bronze table",
          "Bronze was deleted and created again, or lake.path mixes two lakes.",
          "Restore that bronze table, or move silver away so that it is made anew from this one.");
    }
    Map<String, Long> counts = new HashMap<>();
    for (String count :
        new String[] {Marks.READ, Marks.ROWS, Marks.QUARANTINED, Marks.DUPLICATES, Marks.NEWEST}) {
      counts.put(count, marks.getOrDefault(count, 0L));
    }
    marks.forEach(
        (mark, count) -> {
          if (mark.startsWith(Marks.QUARANTINED_FOR)) {
            counts.put(mark, count);
          }
        });
    return new SilverState(
        bronzeId, new Position(bronzeVersion == null ? -1 : bronzeVersion, seq), counts, version);
  }

  /** Says that a snapshot of this bronze table is being read, before there is a version to name. */
  private static String snapshotMark(String bronzeId) {
    return "medallion.snapshot/" + bronzeId;
  }

  /**
   * The state that a commit builds upon: this one, or what a rewrite or a compaction has made of it
   * meanwhile.
   *
   * @throws MedallionException where another writer moved the position
   */
  SilverState at(LakeTable silver, TableCommit commit) {
    if (commit.readVersion() == version) {
      return this;
    }
    SilverState now = of(silver, bronzeId);
    if (!now.position().equals(position)) {
      throw new MedallionException(
          ErrorCode.LAKE_POSITION_CONFLICT,
          "Silver's position is %s and not %s as this process left it"
              .formatted(now.position(), position),
          "Another instance of silver has written meanwhile, or the table was restored to an"
              + " earlier version.",
          "Stop the other one; after a restore, start silver again: it goes on from the table.");
    }
    return now;
  }

  /**
   * The same position over other rows: each record read is a row, in quarantine or a duplicate.
   *
   * @param refused what is in quarantine, by the code of its first reason
   */
  SilverState withCounts(long rows, Map<String, Long> refused) {
    Map<String, Long> next = new HashMap<>(counts);
    next.replaceAll((mark, count) -> mark.startsWith(Marks.QUARANTINED_FOR) ? 0L : count);
    refused.forEach((code, count) -> next.put(Marks.QUARANTINED_FOR + code, count));
    long quarantined = refused.values().stream().mapToLong(Long::longValue).sum();
    next.put(Marks.ROWS, rows);
    next.put(Marks.QUARANTINED, quarantined);
    next.put(Marks.DUPLICATES, counts.get(Marks.READ) - rows - quarantined);
    return new SilverState(bronzeId, position, next, version);
  }

  /**
   * The state once a chunk is in.
   *
   * @param quarantined how many of its rows are in quarantine
   * @param refused how many of these break a rule, by the first; the others are conflicts
   * @throws IllegalStateException where the chunk's rows do not add up: each is a silver row, a
   *     quarantine row or a duplicate
   */
  SilverState after(
      Position reached,
      long read,
      long rows,
      long quarantined,
      Map<ReasonCode, Long> refused,
      Verdicts verdicts,
      long newest) {
    long duplicates = verdicts.duplicates().cardinality();
    if (rows != verdicts.events().cardinality() || read != rows + quarantined + duplicates) {
      throw new IllegalStateException(
          "%d rows read, but %d silver, %d quarantined and %d duplicates"
              .formatted(read, rows, quarantined, duplicates));
    }
    Map<String, Long> next = new HashMap<>(counts);
    next.merge(Marks.READ, read, Long::sum);
    next.merge(Marks.ROWS, rows, Long::sum);
    next.merge(Marks.QUARANTINED, quarantined, Long::sum);
    next.merge(Marks.DUPLICATES, duplicates, Long::sum);
    refused.forEach((code, count) -> next.merge(Marks.QUARANTINED_FOR + code, count, Long::sum));
    long conflicts = quarantined - refused.values().stream().mapToLong(Long::longValue).sum();
    if (conflicts > 0) {
      next.merge(Marks.QUARANTINED_FOR + ReasonCode.ID_CONFLICT, conflicts, Long::sum);
    }
    next.merge(Marks.NEWEST, newest, Math::max);
    return new SilverState(bronzeId, reached, next, version);
  }

  SilverState committedAt(long committed) {
    return new SilverState(bronzeId, position, counts, committed);
  }

  /** What to write with the rows. */
  Map<String, Long> marks() {
    Map<String, Long> marks = new HashMap<>(counts);
    marks.put(Marks.SEQ, position.seq());
    marks.put(Marks.COMMITTED, System.currentTimeMillis() * 1000);
    if (position.version() < 0) {
      marks.put(snapshotMark(bronzeId), position.seq());
    } else {
      marks.put(bronzeId, position.version());
    }
    return marks;
  }
}
