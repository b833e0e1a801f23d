package io.medallion.silver.dedup;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hashes among others, against a set of objects. */
class SortedHashSetTest {
  private static final long SEED = Long.getLong("seed", System.nanoTime());

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 64, 1_000, 100_003})
  void containsWhatItWasMadeOf(int count) {
    System.out.println("seed " + SEED);
    Random random = new Random(SEED);
    long[] hashes = random.longs(count).toArray();
    Set<Long> expected = new HashSet<>();
    LongStream.of(hashes).forEach(expected::add);

    SortedHashSet all = SortedHashSet.of(hashes.clone());

    assertThat(all.size()).isEqualTo(count);
    LongStream.concat(LongStream.of(hashes), random.longs(50_000))
        .forEach(hash -> assertThat(all.contains(hash)).isEqualTo(expected.contains(hash)));
    // Neighbours share all that the bit map looks at, or all but one bit of it.
    LongStream.of(hashes)
        .flatMap(hash -> LongStream.of(hash + 1, hash ^ Long.MIN_VALUE, hash ^ 1L << 40))
        .forEach(hash -> assertThat(all.contains(hash)).isEqualTo(expected.contains(hash)));
  }

  @Test
  void equalOnesStandBesideEachOther() {
    SortedHashSet all = SortedHashSet.of(new long[] {7, -1, 7, 3, -1});

    assertThat(LongStream.range(0, all.size()).map(place -> all.get((int) place)))
        .containsExactly(-1L, -1L, 3L, 7L, 7L);
  }
}
