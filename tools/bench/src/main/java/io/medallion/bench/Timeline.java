package io.medallion.bench;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/** When the versions of a table had arrived somewhere. Safe for use by several threads. */
final class Timeline {
  private final ConcurrentSkipListMap<Long, Long> arrived = new ConcurrentSkipListMap<>();

  /** Notes that all versions up to one had arrived; a later word about the same one is ignored. */
  void note(long version, long millis) {
    arrived.putIfAbsent(version, millis);
  }

  /** The newest version that has arrived, -1 before the first. */
  long newest() {
    return arrived.isEmpty() ? -1 : arrived.lastKey();
  }

  /** When a version had arrived, milliseconds since 1970. */
  long of(long version) {
    Map.Entry<Long, Long> found = arrived.ceilingEntry(version);
    if (found == null) {
      throw new IllegalStateException("version " + version + " never arrived");
    }
    return found.getValue();
  }
}
