package io.medallion.silver.replay;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.unix_micros;

import io.medallion.lakehouse.schema.QuarantineColumns;
import io.medallion.lakehouse.schema.SilverColumns;
import io.medallion.lakehouse.spark.InternalRowDatasets;
import io.medallion.silver.dedup.CandidateBlock;
import io.medallion.silver.dedup.Candidates;
import io.medallion.silver.dedup.DedupResult;
import io.medallion.silver.dedup.IdentityRule;
import io.medallion.silver.parse.QuarantineRows;
import io.medallion.silver.source.SilverState;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.storage.StorageLevel;

/**
 * Finds the event days that have to be replayed for records of quarantine: those of records that
 * break no rule today. What then becomes of them is for the replay of the days to decide.
 *
 * <p>A record that is in quarantine for its identity alone breaks no rule. As long as the event
 * that has its identity is there, it stays, and its day is left out.
 */
final class QuarantineDays {
  private final ReplayTables tables;

  QuarantineDays(ReplayTables tables) {
    this.tables = tables;
  }

  /**
   * What to replay.
   *
   * @param selected which records of quarantine, over that table's columns
   */
  ReplayRequest request(Column selected) {
    SilverState cut = tables.cut();
    Dataset<Row> records = tables.quarantine(cut).where(selected);
    Column isConflict = QuarantineRows.isConflict();
    SortedMap<LocalDate, LocalDate> days = days(good(records.where(isConflict.unary_$bang())));
    Dataset<Row> conflicts = good(records.where(isConflict)).persist(StorageLevel.DISK_ONLY());
    try {
      days.putAll(
          daysThatChange(
              conflicts.where(ReplayTables.onDays(new TreeSet<>(days.keySet())).unary_$bang()),
              cut));
    } finally {
      conflicts.unpersist();
    }
    // These cannot be decided again; what is in quarantine stays there.
    days.keySet().removeAll(tables.emptied(new TreeSet<>(days.keySet()), cut));
    return new ReplayRequest(
        new TreeSet<>(days.keySet()),
        days.values().stream().min(LocalDate::compareTo).orElse(LocalDate.MAX),
        selected);
  }

  /** Records that break no rule today, with silver's columns. */
  private Dataset<Row> good(Dataset<Row> records) {
    return tables
        .parsedQuarantine(records)
        .where(col(QuarantineColumns.REASONS).isNull())
        .select(tables.columns());
  }

  /** Event days, and for each the first day on which one of its records came. */
  private static SortedMap<LocalDate, LocalDate> days(Dataset<Row> good) {
    SortedMap<LocalDate, LocalDate> days = new TreeMap<>();
    good.groupBy(col(SilverColumns.EVENT_DATE).cast("string"))
        .agg(min(SilverColumns.INGESTED_AT).cast("date").cast("string"))
        .collectAsList()
        .forEach(
            row -> days.put(LocalDate.parse(row.getString(0)), LocalDate.parse(row.getString(1))));
    return days;
  }

  /** Days of records that were in conflict with an event and no longer are. */
  private Map<LocalDate, LocalDate> daysThatChange(Dataset<Row> conflicts, SilverState cut) {
    SortedMap<LocalDate, LocalDate> days = days(conflicts);
    // More than fit into memory: then the replay finds out.
    if (!days.isEmpty() && conflicts.count() <= tables.mostRows()) {
      days.keySet().retainAll(changed(conflicts, new TreeSet<>(days.keySet()), cut));
    }
    return days;
  }

  private SortedSet<LocalDate> changed(
      Dataset<Row> conflicts, SortedSet<LocalDate> days, SilverState cut) {
    List<CandidateBlock> claiming = blocks(conflicts);
    List<CandidateBlock> all = new ArrayList<>(claiming);
    all.addAll(blocks(holders(conflicts, days, cut)));
    DedupResult deduplicated =
        DedupResult.of(
            Candidates.of(all), Map.of(), tables.identity(), tables.contract().pseudonyms());
    BitSet released = (BitSet) deduplicated.events().clone();
    released.or(deduplicated.duplicates());
    SortedSet<LocalDate> changed = new TreeSet<>();
    int first = 0;
    for (CandidateBlock block : claiming) {
      long[] times = block.times();
      for (int i = 0; i < times.length; i++) {
        if (released.get(first + i)) {
          changed.add(LocalDate.ofEpochDay(Math.floorDiv(times[i], TimeUnit.DAYS.toMicros(1))));
        }
      }
      first += block.size();
    }
    return changed;
  }

  /** Silver's rows that have the ids of records, at their times or near them. */
  private Dataset<Row> holders(Dataset<Row> records, SortedSet<LocalDate> days, SilverState cut) {
    long reach = tables.identity().reachMicros();
    SortedSet<LocalDate> near = new TreeSet<>(days);
    if (reach > 0) {
      days.forEach(day -> near.addAll(List.of(day.minusDays(1), day.plusDays(1))));
    }
    Dataset<Row> silver = tables.silver(cut).where(ReplayTables.onDays(near));
    Dataset<Row> claimed =
        records
            .select(
                col(SilverColumns.EVENT_ID).as("claimed_id"),
                unix_micros(col(SilverColumns.EVENT_TIME)).as("claimed_micros"))
            .distinct();
    Column apart =
        unix_micros(silver.col(SilverColumns.EVENT_TIME)).minus(claimed.col("claimed_micros"));
    return silver
        .join(
            broadcast(claimed),
            silver
                .col(SilverColumns.EVENT_ID)
                .equalTo(claimed.col("claimed_id"))
                .and(apart.between(-reach, reach)),
            "left_semi")
        .select(tables.columns());
  }

  private List<CandidateBlock> blocks(Dataset<Row> rows) {
    IdentityRule rule = tables.identity();
    return InternalRowDatasets.of(rows)
        .mapPartitionsWithIndex(
            (number, part) -> List.of(block(number, part, rule)).iterator(), true)
        .collect();
  }

  private static CandidateBlock block(int number, Iterator<InternalRow> rows, IdentityRule rule) {
    CandidateBlock block = new CandidateBlock(number, rule);
    for (int place = 0; rows.hasNext(); place++) {
      block.add(place, rows.next());
    }
    block.trim();
    return block;
  }
}
