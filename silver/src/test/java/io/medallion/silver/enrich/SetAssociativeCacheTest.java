package io.medallion.silver.enrich;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SetAssociativeCacheTest {
  @Test
  void everyKeyGetsItsOwnAnswerHoweverManyThereAre() {
    SetAssociativeCache cache = new SetAssociativeCache(64);

    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < 1_000; i++) {
        String key = "key" + i;
        assertThat(cache.get(key, k -> new Object[] {k})).containsExactly(key);
      }
    }
  }

  @Test
  void aKeyIsComputedOnce() {
    SetAssociativeCache cache = new SetAssociativeCache(64);
    AtomicInteger computed = new AtomicInteger();

    for (int i = 0; i < 10; i++) {
      cache.get("a", k -> new Object[] {computed.incrementAndGet()});
    }

    assertThat(computed).hasValue(1);
  }
}
