package io.medallion.silver.dedup;

import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.TableFile;
import io.medallion.lakehouse.schema.SilverColumns;
import io.medallion.lakehouse.spark.InternalRowDatasets;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import scala.Tuple2;

/**
 * The hashes of the identities in files of silver that do not keep them themselves, as Delta's own
 * writer makes them: eight bytes a row, for the files looked at last. Files never change, so what
 * is known of one stays true.
 */
final class FileIdentityCache {
  /**
   * A sixteenth of the heap: of a live layer's 1 GiB 64 MiB, the rows of two hours at 1,000
   * events/s.
   */
  private static final long MOST_ROWS_KEPT = Runtime.getRuntime().maxMemory() / 16 / Long.BYTES;

  /** Of so many rows a lookup gets to know the hashes; it reads the files of further ones. */
  private static final long MOST_ROWS_LOADED = 2_000_000;

  /** From here on a search for each that is wanted costs less than a look at all that are known. */
  private static final int MUCH_FEWER = 64;

  /** What some files of one commit and day have together. */
  private static final class Known {
    private final long[] sorted;

    /** How many of the files are looked up here. */
    private int files;

    Known(long[] hashes) {
      this.sorted = hashes;
      Arrays.sort(hashes);
    }
  }

  private final LakeTable silver;
  private final IdentityRule rule;
  private final LinkedHashMap<String, Known> byFile = new LinkedHashMap<>(16, 0.75f, true);
  private long kept;

  FileIdentityCache(LakeTable silver, IdentityRule rule) {
    this.silver = silver;
    this.rule = rule;
  }

  /** Whether those of a file are here. */
  boolean knows(TableFile file) {
    return byFile.containsKey(file.path());
  }

  /** Those of the files that may hold one of the wanted hashes. */
  List<TableFile> filesWithAny(SparkSession session, List<TableFile> files, SortedHashSet wanted) {
    List<TableFile> worthKnowing = new ArrayList<>();
    long rows = 0;
    for (TableFile file : files) {
      if (!knows(file) && rows + file.records() <= MOST_ROWS_LOADED) {
        worthKnowing.add(file);
        rows += file.records();
      }
    }
    if (!worthKnowing.isEmpty()) {
      load(session, worthKnowing);
    }
    return files.stream().filter(file -> mayHold(byFile.get(file.path()), wanted)).toList();
  }

  private static boolean mayHold(Known known, SortedHashSet wanted) {
    if (known == null) {
      return true;
    }
    long[] hashes = known.sorted;
    return wanted.size() < hashes.length / MUCH_FEWER
        ? IntStream.range(0, wanted.size())
            .anyMatch(place -> Arrays.binarySearch(hashes, wanted.get(place)) >= 0)
        : Arrays.stream(hashes).anyMatch(wanted::contains);
  }

  /**
   * Takes in what a commit wrote. Its files of one day, of which each task has made one, are known
   * together: their ranges of times do not tell which event is in which.
   */
  void remember(List<TableFile> files, Candidates candidates, BitSet events) {
    files.stream()
        .collect(Collectors.groupingBy(TableFile::partition))
        .values()
        .forEach(
            day -> {
              long from =
                  day.stream()
                      .mapToLong(f -> f.minMicros(SilverColumns.EVENT_TIME))
                      .min()
                      .orElseThrow();
              long to =
                  day.stream()
                      .mapToLong(f -> f.maxMicros(SilverColumns.EVENT_TIME))
                      .max()
                      .orElseThrow();
              Known known = new Known(candidates.hashes(events, from, to));
              day.forEach(file -> put(file.path(), known));
            });
  }

  private void load(SparkSession session, List<TableFile> files) {
    Map<String, long[]> hashesByName = new HashMap<>();
    files.forEach(file -> hashesByName.put(name(file.path()), new long[0]));
    IdentityRule by = rule;
    Dataset<Row> identities =
        silver
            .rows(session, files)
            .select("_metadata.file_name", SilverColumns.EVENT_ID, SilverColumns.EVENT_TIME);
    InternalRowDatasets.of(identities)
        .mapPartitions(rows -> packByFile(rows, by))
        .collect()
        .forEach(part -> hashesByName.merge(part._1(), unpack(part._2()), FileIdentityCache::join));
    files.forEach(file -> put(file.path(), new Known(hashesByName.get(name(file.path())))));
  }

  private static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private static Iterator<Tuple2<String, byte[]>> packByFile(
      Iterator<InternalRow> rows, IdentityRule rule) {
    Map<String, LongStream.Builder> hashes = new HashMap<>();
    rows.forEachRemaining(
        row ->
            hashes
                .computeIfAbsent(row.getUTF8String(0).toString(), name -> LongStream.builder())
                .add(rule.hash(row.getUTF8String(1), row.getLong(2))));
    List<Tuple2<String, byte[]>> packed = new ArrayList<>();
    hashes.forEach((name, all) -> packed.add(new Tuple2<>(name, pack(all.build().toArray()))));
    return packed.iterator();
  }

  private static byte[] pack(long[] hashes) {
    ByteBuffer buffer = ByteBuffer.allocate(hashes.length * Long.BYTES);
    buffer.asLongBuffer().put(hashes);
    return buffer.array();
  }

  private static long[] unpack(byte[] packed) {
    long[] hashes = new long[packed.length / Long.BYTES];
    ByteBuffer.wrap(packed).asLongBuffer().get(hashes);
    return hashes;
  }

  /** A file may be read in several parts. */
  private static long[] join(long[] a, long[] b) {
    long[] all = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, all, a.length, b.length);
    return all;
  }

  private void put(String path, Known known) {
    if (known.files++ == 0) {
      kept += known.sorted.length;
    }
    forget(byFile.put(path, known));
    Iterator<Known> oldest = byFile.values().iterator();
    while (kept > MOST_ROWS_KEPT && oldest.hasNext()) {
      forget(oldest.next());
      oldest.remove();
    }
  }

  /** They take room until the last of their files goes. */
  private void forget(Known known) {
    if (known != null && --known.files == 0) {
      kept -= known.sorted.length;
    }
  }
}
