package io.medallion.silver;

import io.medallion.lakehouse.LakeTable;
import io.medallion.lakehouse.SilverColumns;
import io.medallion.lakehouse.TableFile;
import io.medallion.lakehouse.TableFiles;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
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
 * few: of a large file Parquet then reads some pages. Where that happens again and again its hashes
 * are worth knowing.
 */
final class SilverLookup {
  /** So many Spark has Parquet look for one by one; of more it takes the range. */
  private static final int FEW_TIMES = 10;

  /** To know a file of a day costs about as much as to look into it this often. */
  private static final int LOOKS = 4;

  /** Of files that are looked into now and then. */
  private static final int MOST_LOOKS_KEPT = 1_000;

  private final LakeTable silver;
  private final TableFiles files;
  private final KnownHashes hashes;
  private final RecentEvents recent = new RecentEvents();

  /** How often, by file. */
  private final Map<String, Integer> looks =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
          return size() > MOST_LOOKS_KEPT;
        }
      };

  SilverLookup(LakeTable silver) {
    this.silver = silver;
    this.files = silver.files();
    this.hashes = new KnownHashes(silver);
  }

  /**
   * The fingerprints of those of the candidates' identities that silver holds; perhaps with a few
   * of others.
   */
  Map<Identity, Long> find(SparkSession session, Candidates candidates) {
    files.refresh();
    long[] sortedTimes = candidates.sortedTimes();
    TimeIntervals times = TimeIntervals.of(sortedTimes);
    List<TableFile> overlapping = files.overlapping(times::overlap);
    if (overlapping.isEmpty()) {
      return Map.of();
    }
    Set<Long> few = new TreeSet<>();
    Map<Boolean, List<TableFile>> askedForFew =
        overlapping.stream().collect(Collectors.partitioningBy(f -> holdsFew(f, sortedTimes, few)));
    long[] wanted = candidates.sortedHashes();
    Map<Identity, Long> found = byHash(session, askedForFew.get(false), wanted);
    if (!few.isEmpty()) {
      found.putAll(byTime(session, askedForFew.get(true), few, wanted));
    }
    return found;
  }

  private Map<Identity, Long> byHash(SparkSession session, List<TableFile> asked, long[] wanted) {
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
      SparkSession session, List<TableFile> asked, Set<Long> times, long[] wanted) {
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
  private boolean holdsFew(TableFile file, long[] sortedTimes, Set<Long> few) {
    if (hashes.knows(file) || recent.hold(file)) {
      return false;
    }
    long[] own =
        TimeIntervals.inside(
            sortedTimes,
            file.minMicros(SilverColumns.EVENT_TIME),
            file.maxMicros(SilverColumns.EVENT_TIME));
    Set<Long> together = new TreeSet<>(few);
    Arrays.stream(own).limit(FEW_TIMES + 1L).forEach(together::add);
    if (own.length > FEW_TIMES
        || together.size() > FEW_TIMES
        || looks.merge(file.path(), 1, Integer::sum) > LOOKS) {
      return false;
    }
    few.addAll(together);
    return true;
  }

  /**
   * Remembers what has just been written, so that it need not be read when the next copies come.
   *
   * @param events the numbers of the candidates that were written
   */
  void written(List<TableFile> written, Candidates candidates, BitSet events) {
    hashes.remember(written, candidates, events);
    recent.add(written, candidates, events);
  }

  private static Map<Identity, Long> read(SparkSession session, Dataset<Row> rows, long[] wanted) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(session.sparkContext());
    Broadcast<long[]> hashesWanted = context.broadcast(wanted);
    try {
      Map<Identity, Long> found = new HashMap<>();
      rows.select(SilverColumns.EVENT_ID, SilverColumns.EVENT_TIME, SilverColumns.FINGERPRINT)
          .queryExecution()
          .toRdd()
          .toJavaRDD()
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

  private static boolean isWanted(InternalRow row, long[] wanted) {
    return Arrays.binarySearch(wanted, Identity.hash(row.getUTF8String(0), row.getLong(1))) >= 0;
  }

  /** A row of silver whose hash is a candidate's. */
  private record StoredIdentity(String eventId, long timeMicros, long fingerprint)
      implements java.io.Serializable {}
}
