package io.medallion.lakehouse;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The files of a table, kept up with its log.
 *
 * <p>The first reading costs as much as the table has files; each later one only what has changed.
 * Not thread-safe.
 */
public final class TableFiles {
  /** A question about times, in microseconds since 1970. */
  @FunctionalInterface
  public interface Times {
    /** Whether some of them lie between two times, both included. */
    boolean overlap(long from, long to);
  }

  /** A file and its range of times, which is a text until it is read. */
  private record Span(TableFile file, long from, long to) {}

  private final LakeTable table;
  private final Map<String, Span> files = new LinkedHashMap<>();
  private long version = -1;

  TableFiles(LakeTable table) {
    this.table = table;
  }

  /** Takes in what was committed since, compactions included. */
  public void refresh() {
    long newest = table.version();
    if (version < 0) {
      table.filesAt(newest).forEach(this::put);
    } else {
      table.eachFileChange(version, newest, this::put, files::remove);
    }
    version = newest;
  }

  private void put(TableFile file) {
    String column = table.definition().clusteredBy();
    files.put(file.path(), new Span(file, file.minMicros(column), file.maxMicros(column)));
  }

  /** The files at the version of the last refresh. */
  public Collection<TableFile> all() {
    return files.values().stream().map(Span::file).toList();
  }

  /**
   * Those of them that may hold one of some times, by the column of times that the table is
   * clustered by.
   */
  public List<TableFile> overlapping(Times times) {
    return files.values().stream()
        .filter(span -> times.overlap(span.from(), span.to()))
        .map(Span::file)
        .toList();
  }
}
