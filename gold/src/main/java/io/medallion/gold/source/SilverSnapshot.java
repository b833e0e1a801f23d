package io.medallion.gold.source;

import io.medallion.gold.mart.TimeRange;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.TableFile;
import io.medallion.lakehouse.schema.SilverColumns;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Silver's table, in parts of some files each.
 *
 * @param silver the table
 * @param session reads the parts
 * @param mostRows of a part; a file is never split
 */
public record SilverSnapshot(LakeTable silver, SparkSession session, long mostRows)
    implements SilverHistory {
  private static final Logger LOG = LoggerFactory.getLogger(SilverSnapshot.class);

  @Override
  public String tableId() {
    return silver.id();
  }

  @Override
  public List<Chunk> snapshot(long version, int after) {
    return inOrder(filesAt(version, after));
  }

  @Override
  public boolean holds(long version, int after) {
    try {
      return version <= silver.version() && silver.problems(filesAt(version, after)).isEmpty();
    } catch (Exception e) {
      // Scala throws checked ones undeclared, as Delta's for versions that are gone from the log.
      LOG.warn("Version {} of silver cannot be read any more", version, e);
      return false;
    }
  }

  private List<TableFile> filesAt(long version, int after) {
    List<TableFile> files = byTime(silver.filesAt(version));
    return files.subList(Math.min(after, files.size()), files.size());
  }

  @Override
  public List<Chunk> during(long version, List<TimeRange> ranges) {
    return chunks(silver.filesAt(version).stream().filter(file -> overlaps(file, ranges)).toList());
  }

  /** The first range that ends behind the file's first time is the only one to look at. */
  private static boolean overlaps(TableFile file, List<TimeRange> ranges) {
    long first = file.minMicros(SilverColumns.EVENT_TIME);
    long last = file.maxMicros(SilverColumns.EVENT_TIME);
    int low = 0;
    int high = ranges.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (ranges.get(middle).until() > first) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low < ranges.size() && ranges.get(low).since() <= last;
  }

  /** Some files of the table, in parts as above; by time, so that few sessions are in two parts. */
  public List<Chunk> chunks(List<TableFile> all) {
    return inOrder(byTime(all));
  }

  private List<Chunk> inOrder(List<TableFile> files) {
    List<Chunk> chunks = new ArrayList<>();
    List<TableFile> open = new ArrayList<>();
    long rows = 0;
    for (TableFile file : files) {
      if (rows > 0 && rows + file.records() > mostRows) {
        chunks.add(chunk(open));
        open.clear();
        rows = 0;
      }
      open.add(file);
      rows += file.records();
    }
    if (!open.isEmpty()) {
      chunks.add(chunk(open));
    }
    return chunks;
  }

  /** Each file's first time is a text, to be read once. Of the same time they go by their names. */
  private static List<TableFile> byTime(List<TableFile> files) {
    return files.stream()
        .map(file -> Map.entry(file.minMicros(SilverColumns.EVENT_TIME), file))
        .sorted(
            Map.Entry.<Long, TableFile>comparingByKey()
                .thenComparing(Map.Entry::getValue, Comparator.comparing(TableFile::path)))
        .map(Map.Entry::getValue)
        .toList();
  }

  private Chunk chunk(List<TableFile> part) {
    return new Files(silver, session, List.copyOf(part));
  }

  private record Files(LakeTable silver, SparkSession session, List<TableFile> read)
      implements Chunk {
    @Override
    public int files() {
      return read.size();
    }

    @Override
    public Dataset<Row> rows() {
      return silver.rows(session, read);
    }
  }
}
