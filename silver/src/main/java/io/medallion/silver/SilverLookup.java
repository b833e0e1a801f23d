package io.medallion.silver;

import io.medallion.lakehouse.LakeTable;
import io.medallion.lakehouse.SilverColumns;
import io.medallion.lakehouse.TableFile;
import io.medallion.lakehouse.TableFiles;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
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
 */
final class SilverLookup {
  private final LakeTable silver;
  private final TableFiles files;
  private final KnownHashes hashes;
  private final RecentEvents recent = new RecentEvents();

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
    TimeIntervals times = TimeIntervals.of(candidates.sortedTimes());
    List<TableFile> overlapping = files.overlapping(times::overlap);
    if (overlapping.isEmpty()) {
      return Map.of();
    }
    long[] wanted = candidates.sortedHashes();
    List<TableFile> suspects = hashes.filesWithAny(session, overlapping, wanted);
    Map<Boolean, List<TableFile>> held =
        suspects.stream().collect(Collectors.partitioningBy(recent::hold));
    Map<Identity, Long> found = recent.among(held.get(true), wanted);
    if (!held.get(false).isEmpty()) {
      found.putAll(read(session, held.get(false), wanted));
    }
    return found;
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

  private Map<Identity, Long> read(SparkSession session, List<TableFile> suspects, long[] wanted) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(session.sparkContext());
    Broadcast<long[]> hashesWanted = context.broadcast(wanted);
    try {
      Map<Identity, Long> found = new HashMap<>();
      silver
          .rows(session, suspects)
          .select(SilverColumns.EVENT_ID, SilverColumns.EVENT_TIME, SilverColumns.FINGERPRINT)
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
