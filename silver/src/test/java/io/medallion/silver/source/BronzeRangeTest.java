package io.medallion.silver.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.lakehouse.NamedFile;
import io.medallion.lakehouse.delta.TableFile;
import io.medallion.lakehouse.schema.BronzeColumns;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class BronzeRangeTest {
  private static final long MOST_ROWS = 100;

  /** Records by commit, of each file. */
  private final Map<TableFile, SortedMap<Long, Long>> content = new HashMap<>();

  /** Whatever compaction has put together, and however unlike the commits are. */
  @RepeatedTest(50)
  void everyRecordIsInOneRangeAndRangesAreAsLargeAsTheyMayBe() {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    long last = 0;
    for (int files = 1 + random.nextInt(12); files > 0; files--) {
      SortedMap<Long, Long> commits = new TreeMap<>();
      long first = Math.max(1, last - random.nextInt(4));
      for (long seq = first; seq <= first + random.nextInt(15); seq++) {
        commits.put(seq, random.nextInt(6) == 0 ? 20L + random.nextInt(150) : 1L);
      }
      content.put(file("f" + files, commits), commits);
      last = Math.max(last, commits.lastKey());
    }
    long after = random.nextInt((int) last);
    long upTo = after + 1 + random.nextInt((int) (last - after));

    List<BronzeRange> ranges =
        BronzeRange.of(List.copyOf(content.keySet()), after, upTo)
            .cut(MOST_ROWS, BronzeRangeTest.this::byCommit);

    content.forEach(
        (file, commits) ->
            commits
                .keySet()
                .forEach(
                    seq ->
                        assertThat(
                                ranges.stream()
                                    .filter(r -> r.after() < seq && seq <= r.upTo())
                                    .filter(r -> r.files().contains(file)))
                            .hasSize(after < seq && seq <= upTo ? 1 : 0)));
    long reached = after;
    for (BronzeRange range : ranges) {
      assertThat(range.after()).isGreaterThanOrEqualTo(reached);
      reached = range.upTo();
      SortedMap<Long, Long> commits = byCommit(range);
      assertThat(commits).isNotEmpty();
      long rows = commits.values().stream().mapToLong(Long::longValue).sum();
      assertThat(range.rows()).isGreaterThanOrEqualTo(rows);
      assertThat(rows <= MOST_ROWS || commits.size() == 1).as("%s: %s", range, commits).isTrue();
    }
  }

  @Test
  void filesOfWhichDeltaKnowsNothingAreReadAllTheSame() {
    TableFile unknown = NamedFile.of("f", null);

    List<BronzeRange> ranges =
        BronzeRange.of(List.of(unknown), 0, 7).cut(MOST_ROWS, range -> new TreeMap<>());

    assertThat(ranges).extracting(BronzeRange::files).containsExactly(List.of(unknown));
    assertThat(ranges.get(0).upTo()).isEqualTo(7);
    assertThat(ranges.get(0).bytes()).isEqualTo(unknown.size());
  }

  private SortedMap<Long, Long> byCommit(BronzeRange range) {
    SortedMap<Long, Long> found = new TreeMap<>();
    for (TableFile file : range.files()) {
      content
          .get(file)
          .subMap(range.after() + 1, range.upTo() + 1)
          .forEach((seq, rows) -> found.merge(seq, rows, Long::sum));
    }
    return found;
  }

  private static TableFile file(String path, SortedMap<Long, Long> commits) {
    String column = BronzeColumns.COMMIT_SEQ;
    return NamedFile.of(
        path,
        "{\"numRecords\":%d,\"minValues\":{\"%s\":%d},\"maxValues\":{\"%s\":%d}}"
            .formatted(
                commits.values().stream().mapToLong(Long::longValue).sum(),
                column,
                commits.firstKey(),
                column,
                commits.lastKey()));
  }
}
