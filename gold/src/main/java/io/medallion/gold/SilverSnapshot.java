package io.medallion.gold;

import io.medallion.lakehouse.LakeTable;
import io.medallion.lakehouse.TableFile;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.SparkSession;

/**
 * The whole of silver as of a version, in parts of some files each.
 *
 * @param silver the table
 * @param session reads the parts
 * @param files those of the version
 * @param mostRows of a part; a file is never split
 */
record SilverSnapshot(LakeTable silver, SparkSession session, List<TableFile> files, long mostRows)
    implements SilverHistory {

  @Override
  public String tableId() {
    return silver.id();
  }

  @Override
  public List<Chunk> snapshot(long version) {
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
    chunks.add(chunk(open));
    return chunks;
  }

  private Chunk chunk(List<TableFile> part) {
    List<TableFile> read = List.copyOf(part);
    return () -> silver.rows(session, read);
  }
}
