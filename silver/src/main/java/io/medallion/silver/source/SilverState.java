package io.medallion.silver.source;

import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.common.event.ReasonCode;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.TableCommit;
import io.medallion.lakehouse.delta.TableState;
import io.medallion.silver.dedup.DedupResult;
import io.medallion.silver.source.BronzeHistory.Position;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Where silver stands: its position in bronze and what it has made of the rows up to there. Kept in
 * the silver table's {@link TableState}, moved in one commit with the rows.
 *
 * @param bronzeId whose versions the position counts
 * @param position up to where bronze has been read
 * @param counts the counters of rows, by their names in {@link TableState}
 * @param version of the silver table that says so
 */
public record SilverState(
    String bronzeId, Position position, Map<String, Long> counts, long version) {

  /**
   * Reads it from the table.
   *
   * @throws MedallionException if silver was made from another bronze table
   */
  public static SilverState of(LakeTable silver, String bronzeId) {
    long version = silver.version();
    TableState state = silver.stateAt(version);
    long seq = state.commitSeq();
    OptionalLong bronzeVersion = state.position(bronzeId);
    if (bronzeVersion.isEmpty() && seq > 0 && !state.has(snapshotKey(bronzeId))) {
      throw new MedallionException(
          ErrorCode.LAKE_TABLE_FOREIGN,
          "The silver table was made from another bronze table",
          "Bronze was deleted and created again, or lake.path mixes two lakes.",
          "Restore that bronze table, or move silver away so that it is made anew from this one.");
    }
    Map<String, Long> counts = new HashMap<>();
    for (String count :
        new String[] {
          TableState.READ,
          TableState.ROWS,
          TableState.QUARANTINED,
          TableState.DUPLICATES,
          TableState.NEWEST
        }) {
      counts.put(count, state.get(count));
    }
    state
        .quarantinedByReason()
        .forEach((code, count) -> counts.put(TableState.QUARANTINED_FOR + code, count));
    state.flagged().forEach((flag, count) -> counts.put(TableState.FLAGGED_FOR + flag, count));
    for (String name :
        new String[] {TableState.MORE_EVENTS, TableState.DIVIDED_AFTER, TableState.DIVISION}) {
      if (state.has(name)) {
        counts.put(name, state.get(name));
      }
    }
    return new SilverState(bronzeId, new Position(bronzeVersion.orElse(-1), seq), counts, version);
  }

  /** The same that says which records hold several events. */
  public SilverState dividing(RecordDivision division) {
    Map<String, Long> next = new HashMap<>(counts);
    next.putAll(division.values());
    return new SilverState(bronzeId, position, next, version);
  }

  private long events() {
    return counts.get(TableState.READ) + counts.getOrDefault(TableState.MORE_EVENTS, 0L);
  }

  /** Says that a snapshot of this bronze table is being read, before there is a version to name. */
  private static String snapshotKey(String bronzeId) {
    return "medallion.snapshot/" + bronzeId;
  }

  /**
   * The state that a commit builds upon: this one, or what a rewrite or a compaction has made of it
   * meanwhile.
   *
   * @throws MedallionException if another writer moved the position
   */
  public SilverState at(LakeTable silver, TableCommit commit) {
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
   * The same position over other rows: each event read is a row, in quarantine or a duplicate.
   *
   * @param refused what is in quarantine, by the code of its first reason
   * @param flags how many more rows bear each flag; negative for fewer
   */
  public SilverState withCounts(long rows, Map<String, Long> refused, Map<String, Long> flags) {
    Map<String, Long> next = new HashMap<>(counts);
    next.replaceAll((name, count) -> name.startsWith(TableState.QUARANTINED_FOR) ? 0L : count);
    refused.forEach((code, count) -> next.put(TableState.QUARANTINED_FOR + code, count));
    flags.forEach((flag, more) -> next.merge(TableState.FLAGGED_FOR + flag, more, Long::sum));
    long quarantined = refused.values().stream().mapToLong(Long::longValue).sum();
    next.put(TableState.ROWS, rows);
    next.put(TableState.QUARANTINED, quarantined);
    next.put(TableState.DUPLICATES, events() - rows - quarantined);
    return new SilverState(bronzeId, position, next, version);
  }

  /**
   * The state once a chunk is in.
   *
   * @param read how many records it has
   * @param events how many events these hold
   * @param quarantined how many of them are in quarantine
   * @param refused how many of these break a rule, by the first; the others are conflicts
   * @param flags how many of the rows bear each flag
   * @throws IllegalStateException if the chunk's events do not add up: each is a silver row, a
   *     quarantine row or a duplicate
   */
  public SilverState after(
      Position reached,
      long read,
      long events,
      long rows,
      long quarantined,
      Map<ReasonCode, Long> refused,
      DedupResult deduplicated,
      Map<String, Long> flags,
      long newest) {
    long duplicates = deduplicated.duplicates().cardinality();
    if (rows != deduplicated.events().cardinality() || events != rows + quarantined + duplicates) {
      throw new IllegalStateException(
          "%d events in %d rows read, but %d silver, %d quarantined and %d duplicates"
              .formatted(events, read, rows, quarantined, duplicates));
    }
    Map<String, Long> next = new HashMap<>(counts);
    next.merge(TableState.READ, read, Long::sum);
    if (events != read) {
      next.merge(TableState.MORE_EVENTS, events - read, Long::sum);
    }
    next.merge(TableState.ROWS, rows, Long::sum);
    next.merge(TableState.QUARANTINED, quarantined, Long::sum);
    next.merge(TableState.DUPLICATES, duplicates, Long::sum);
    refused.forEach(
        (code, count) -> next.merge(TableState.QUARANTINED_FOR + code, count, Long::sum));
    flags.forEach((flag, count) -> next.merge(TableState.FLAGGED_FOR + flag, count, Long::sum));
    long conflicts = quarantined - refused.values().stream().mapToLong(Long::longValue).sum();
    if (conflicts > 0) {
      next.merge(TableState.QUARANTINED_FOR + ReasonCode.ID_CONFLICT, conflicts, Long::sum);
    }
    next.merge(TableState.NEWEST, newest, Math::max);
    return new SilverState(bronzeId, reached, next, version);
  }

  public SilverState committedAt(long committed) {
    return new SilverState(bronzeId, position, counts, committed);
  }

  /** What to commit with the rows. */
  public Map<String, Long> values() {
    Map<String, Long> state = new HashMap<>(counts);
    state.put(TableState.SEQ, position.seq());
    state.put(TableState.COMMITTED, System.currentTimeMillis() * 1000);
    if (position.version() < 0) {
      state.put(snapshotKey(bronzeId), position.seq());
    } else {
      state.put(bronzeId, position.version());
    }
    return state;
  }
}
