package io.medallion.lakehouse.delta;

import io.medallion.lakehouse.parquet.TimeSpans;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The files of a table, kept up with its log or with a commit that is still being made.
 *
 * <p>The first reading costs as much as there are files; each later one only what has changed. Not
 * thread-safe.
 */
public final class TableFiles {
  /** A file and where its times lie, which is a text until it is read. */
  private record Span(TableFile file, long from, long to, Optional<TimeSpans> spans) {
    boolean holdAny(long[] times, long reach) {
      int first = TimeSpans.firstFrom(times, 0, from - reach);
      return first < times.length
          && times[first] <= to + reach
          && (spans.isEmpty() || spans.get().holdAny(times, reach));
    }
  }

  /** Where files come from, and go. */
  @FunctionalInterface
  interface Changes {
    /**
     * Tells what has changed since it was last asked.
     *
     * @param removed told the {@linkplain TableFile#path paths}
     */
    void tell(Consumer<TableFile> added, Consumer<String> removed);
  }

  /** Of the versions of a table. */
  static final class OfLog implements Changes {
    private final LakeTable table;
    private long version = -1;

    OfLog(LakeTable table) {
      this.table = table;
    }

    @Override
    public void tell(Consumer<TableFile> added, Consumer<String> removed) {
      long newest = table.version();
      if (version < 0) {
        table.filesAt(newest).forEach(added);
      } else {
        table.eachFileChange(version, newest, added, removed);
      }
      version = newest;
    }
  }

  private final Map<String, Span> files = new LinkedHashMap<>();
  private final String column;
  private final Changes changes;

  /**
   * None yet.
   *
   * @param column the one of times that the table is clustered by
   */
  TableFiles(String column, Changes changes) {
    this.column = column;
    this.changes = changes;
  }

  /** Takes in what has changed since, compactions included. */
  public void refresh() {
    changes.tell(this::put, files::remove);
  }

  private void put(TableFile file) {
    files.put(
        file.path(), new Span(file, file.minMicros(column), file.maxMicros(column), file.spans()));
  }

  /** The files as of the last refresh. */
  public Collection<TableFile> all() {
    return files.values().stream().map(Span::file).toList();
  }

  /**
   * Those of them that may hold one of some times, or one near it, by the column of times that the
   * table is clustered by.
   *
   * @param times microseconds since 1970 in ascending order
   * @param reach how far from a time is near, microseconds
   */
  public List<TableFile> withAny(long[] times, long reach) {
    return files.values().stream()
        .filter(span -> span.holdAny(times, reach))
        .map(Span::file)
        .toList();
  }
}
