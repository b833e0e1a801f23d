package io.medallion.silver.replay;

import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.ReplayMetadata;
import java.time.LocalDate;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Records that a replay is under way while its commits are being made. */
record ReplayJournal(Lake lake) {
  void begin(ReplayMetadata metadata) {
    lake.begin(metadata);
  }

  /**
   * Ends it, and the entries that earlier ones left that were cut off: this one has done their
   * work.
   *
   * @param replayed the event days that were derived again, whether they changed or not
   */
  void end(ReplayMetadata metadata, SortedSet<LocalDate> replayed) {
    lake.unfinishedReplays().stream()
        .filter(other -> replayed.containsAll(other.days()))
        .forEach(lake::end);
    lake.end(metadata);
  }

  /** The event days of replays of one kind that were cut off, or are at work. */
  SortedSet<LocalDate> unfinished(String kind) {
    return lake.unfinishedReplays().stream()
        .filter(replay -> replay.id().startsWith(kind + "-"))
        .flatMap(replay -> replay.days().stream())
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
