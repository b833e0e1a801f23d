package io.medallion.gold.source;

import io.medallion.gold.mart.TimeRange;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.TableFile;
import io.medallion.lakehouse.schema.SilverColumns;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;

/**
 * Silver's table, in parts of some files each.
 *
 * @param silver the table
 * @param session reads the parts
 * @param mostRows of a part; a file is never split
 */
public record SilverSnapshot(LakeTable silver, SparkSession session, long mostRows)
    implements SilverHistory {

  @Override
  public String tableId() {
    return silver.id();
  }

  @Override
  public List<Chunk> snapshot(long version) {
    return chunks(silver.filesAt(version));
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
    List<Chunk> chunks = new ArrayList<>();
    List<TableFile> open = new ArrayList<>();
    long rows = 0;
    for (TableFile file : byTime(all)) {
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

  /** Each file's first time is a text, to be read once. */
  private static List<TableFile> byTime(List<TableFile> files) {
    return files.stream()
        .map(file -> Map.entry(file.minMicros(SilverColumns.EVENT_TIME), file))
        .sorted(Map.Entry.comparingByKey())
        .map(Map.Entry::getValue)
        .toList();
  }

  private Chunk chunk(List<TableFile> part) {
    List<TableFile> read = List.copyOf(part);
    return () -> silver.rows(session, read);
  }
}
