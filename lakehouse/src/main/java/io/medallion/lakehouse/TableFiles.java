package io.medallion.lakehouse;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The files of a table, kept up with its log.
 *
 * <p>The first reading costs as much as the table has files; each later one only what has changed.
 * Not thread-safe.
 */
public final class TableFiles {
  private final LakeTable table;
  private final Map<String, TableFile> files = new LinkedHashMap<>();
  private long version = -1;

  TableFiles(LakeTable table) {
    this.table = table;
  }

  /** Takes in what was committed since, compactions included. */
  public void refresh() {
    long newest = table.version();
    if (version < 0) {
      table.filesAt(newest).forEach(file -> files.put(file.path(), file));
    } else {
      table.eachFileChange(version, newest, file -> files.put(file.path(), file), files::remove);
    }
    version = newest;
  }

  /** The files at the version of the last refresh. */
  public Collection<TableFile> all() {
    return files.values();
  }
}
