package io.medallion.silver.dedup;

import io.medallion.lakehouse.delta.TableFile;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The identities of the events that this process wrote last, whole and not as hashes: a producer
 * repeats itself within seconds, and what is here need not be read from a file.
 */
final class RecentIdentityCache {
  /**
   * A hundred bytes each: 20 MiB, some minutes at 1,000 events/s. What the last commit wrote is
   * kept though it be more, in a drain: the next chunk has copies of it too.
   */
  private static final int MOST_KEPT = 200_000;

  /** What one commit wrote. */
  private record Written(Set<String> paths, Candidates candidates, BitSet events) {
    /** What takes memory: of a chunk with one event all candidates are kept. */
    int size() {
      return candidates.size();
    }
  }

  private final Deque<Written> commits = new ArrayDeque<>();
  private int kept;

  /**
   * Takes in what a commit wrote, and forgets the oldest beyond the limit.
   *
   * @param events the numbers of the candidates that were written
   */
  void add(List<TableFile> files, Candidates candidates, BitSet events) {
    if (events.isEmpty()) {
      return;
    }
    Set<String> paths = new HashSet<>();
    files.forEach(file -> paths.add(file.path()));
    Written written = new Written(paths, candidates, events);
    commits.addLast(written);
    kept += written.size();
    while (kept > MOST_KEPT && commits.size() > 1) {
      kept -= commits.removeFirst().size();
    }
  }

  /** Whether every event of a file is here. */
  boolean hold(TableFile file) {
    return commits.stream().anyMatch(written -> written.paths().contains(file.path()));
  }

  /**
   * The events of some of the files that have one of the wanted hashes.
   *
   * @param files that are held here
   */
  Map<Identity, Original> among(List<TableFile> files, SortedHashSet wanted) {
    Map<Identity, Original> found = new HashMap<>();
    for (Written written : commits) {
      if (files.stream().anyMatch(file -> written.paths().contains(file.path()))) {
        written.events().stream()
            .filter(n -> wanted.contains(written.candidates().hash(n)))
            .mapToObj(written.candidates()::get)
            .forEach(event -> found.put(event.identity(), Original.of(event)));
      }
    }
    return found;
  }
}
