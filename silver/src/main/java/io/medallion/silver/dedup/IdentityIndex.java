package io.medallion.silver.dedup;

import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.TableFile;
import io.medallion.lakehouse.delta.TableFiles;
import io.medallion.lakehouse.schema.SilverColumns;
import io.medallion.lakehouse.spark.InternalRowDatasets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;

/**
 * Finds which identities silver holds already, at a cost that follows the candidates and not the
 * table.
 *
 * <p>Three sieves, each exact in what it lets go: a file is out where its event times (Delta's
 * statistics) do not overlap those of the candidates; then where none of its identities' hashes,
 * kept in memory for files looked at before, is a candidate's; then the events written last, which
 * are in memory themselves. What is left is read. Of a live batch mostly nothing is left.
 *
 * <p>A file whose hashes are not known is asked for the candidates' times alone, where these are
 * few: of a large file in the order of time Parquet then reads some pages. Where that happens again
 * and again its hashes are worth knowing.
 */
public final class IdentityIndex {
  /** Of a chunk: so many Spark has Parquet look for one by one; of more it takes the range. */
  private static final int FEW_TIMES = 10;

  /** Each costs the reading of its footer. */
  private static final int FEW_FILES = 32;

  /** To know a smaller file costs no more than to look into it. */
  private static final long SMALL = 1_000;

  /** To know so many rows costs about as much as a look into their file. */
  private static final long ROWS_A_LOOK = 60_000;

  /** To know a larger file would push too many others out of memory. */
  private static final long LARGE = 500_000;

  /** A file that is looked into now and then is not among the last of so many. */
  private static final int MOST_LOOKS_KEPT = 64;

  private final LakeTable silver;
  private final TableFiles files;
  private final FileIdentityCache hashes;
  private final RecentIdentityCache recent = new RecentIdentityCache();

  /** How often the files looked into last were, by path. */
  private final Map<String, Integer> looks =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
          return size() > MOST_LOOKS_KEPT;
        }
      };

  /**
   * Looks into some files of silver.
   *
   * @param files its own, or those that a commit will give it
   */
  public IdentityIndex(LakeTable silver, TableFiles files) {
    this.silver = silver;
    this.files = files;
    this.hashes = new FileIdentityCache(silver);
  }

  /**
   * The fingerprints of those of the candidates' identities that silver holds; perhaps with a few
   * of others.
   */
  public Map<Identity, Long> find(SparkSession session, Candidates candidates) {
    files.refresh();
    long[] times = candidates.sortedTimes();
    TimeIntervals offsetRanges = TimeIntervals.of(times);
    List<TableFile> asked =
        files.overlapping(offsetRanges::overlap).stream()
            .filter(file -> inside(times, file, 1).length > 0)
            .toList();
    if (asked.isEmpty()) {
      return Map.of();
    }
    List<TableFile> ofFew = new ArrayList<>();
    List<TableFile> others = new ArrayList<>();
    Set<Long> few = new TreeSet<>();
    for (TableFile file : asked) {
      boolean holdsFew = ofFew.size() < FEW_FILES && holdsFew(file, times, few);
      (holdsFew ? ofFew : others).add(file);
    }
    SortedHashSet wanted = candidates.hashes();
    Map<Identity, Long> found = byHash(session, others, wanted);
    if (!ofFew.isEmpty()) {
      found.putAll(byTime(session, ofFew, few, wanted));
    }
    return found;
  }

  private Map<Identity, Long> byHash(
      SparkSession session, List<TableFile> asked, SortedHashSet wanted) {
    List<TableFile> suspects = hashes.filesWithAny(session, asked, wanted);
    Map<Boolean, List<TableFile>> held =
        suspects.stream().collect(Collectors.partitioningBy(recent::hold));
    Map<Identity, Long> found = recent.among(held.get(true), wanted);
    if (!held.get(false).isEmpty()) {
      found.putAll(read(session, silver.rows(session, held.get(false)), wanted));
    }
    return found;
  }

  private Map<Identity, Long> byTime(
      SparkSession session, List<TableFile> asked, Set<Long> times, SortedHashSet wanted) {
    Dataset<Row> rows = silver.rows(session, asked);
    Object[] instants =
        times.stream().map(micros -> Instant.EPOCH.plus(micros, ChronoUnit.MICROS)).toArray();
    return read(session, rows.where(rows.col(SilverColumns.EVENT_TIME).isin(instants)), wanted);
  }

  /**
   * Whether a file is to be asked for some times, together with those that are asked for already.
   *
   * @param few these times, to which its own are added
   */
  private boolean holdsFew(TableFile file, long[] times, Set<Long> few) {
    if (file.records() < SMALL || hashes.knows(file)) {
      return false;
    }
    long[] own = inside(times, file, FEW_TIMES + 1);
    Set<Long> together = new TreeSet<>(few);
    Arrays.stream(own).forEach(together::add);
    if (own.length > FEW_TIMES
        || together.size() > FEW_TIMES
        || recent.hold(file)
        || isWorthKnowing(file)) {
      return false;
    }
    few.addAll(together);
    return true;
  }

  /** Whether it has been looked into so often that knowing it would have cost no more. */
  private boolean isWorthKnowing(TableFile file) {
    int times = looks.merge(file.path(), 1, Integer::sum);
    boolean worth = file.records() <= LARGE && times > 1 + file.records() / ROWS_A_LOOK;
    if (worth) {
      looks.remove(file.path());
    }
    return worth;
  }

  /** The first of the times that may be in a file. */
  private static long[] inside(long[] times, TableFile file, int most) {
    return TimeIntervals.inside(
        times,
        file.minMicros(SilverColumns.EVENT_TIME),
        file.maxMicros(SilverColumns.EVENT_TIME),
        most);
  }

  /**
   * Remembers what has just been written, so that it need not be read when the next copies come.
   *
   * @param events the numbers of the candidates that were written
   */
  public void written(List<TableFile> written, Candidates candidates, BitSet events) {
    hashes.remember(written, candidates, events);
    recent.add(written, candidates, events);
  }

  private static Map<Identity, Long> read(
      SparkSession session, Dataset<Row> rows, SortedHashSet wanted) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(session.sparkContext());
    Broadcast<SortedHashSet> hashesWanted = context.broadcast(wanted);
    try {
      Map<Identity, Long> found = new HashMap<>();
      InternalRowDatasets.of(
              rows.select(
                  SilverColumns.EVENT_ID, SilverColumns.EVENT_TIME, SilverColumns.FINGERPRINT))
          .filter(row -> isWanted(row, hashesWanted.value()))
          .map(
              row ->
                  new StoredIdentity(
                      row.getUTF8String(0).toString(), row.getLong(1), row.getLong(2)))
          .collect()
          .forEach(s -> found.put(new Identity(s.eventId(), s.timeMicros()), s.fingerprint()));
      return found;
    } finally {
      hashesWanted.destroy();
    }
  }

  private static boolean isWanted(InternalRow row, SortedHashSet wanted) {
    return wanted.contains(Identity.hash(row.getUTF8String(0), row.getLong(1)));
  }

  /** A row of silver whose hash is a candidate's. */
  private record StoredIdentity(String eventId, long timeMicros, long fingerprint)
      implements java.io.Serializable {}
}
