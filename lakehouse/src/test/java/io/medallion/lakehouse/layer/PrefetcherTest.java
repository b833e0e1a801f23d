package io.medallion.lakehouse.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PrefetcherTest {
  private static final int MOST_AT_ONCE = 4;
  private static final int LIMIT_SECONDS = 30;

  @Test
  void takesWhatIsReadyInOrderAndNeverMoreThanTheMost() throws InterruptedException {
    List<Integer> items = IntStream.range(0, 11).boxed().toList();
    CountDownLatch five = new CountDownLatch(1 + MOST_AT_ONCE);
    List<List<String>> taken = new ArrayList<>();
    try (Prefetcher<Integer, String> ahead =
        new Prefetcher<>(
            items,
            MOST_AT_ONCE,
            item -> {
              five.countDown();
              return "made of " + item;
            },
            PrefetcherTest::isUnwanted)) {
      taken.add(ahead.next());
      assertThat(five.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
      for (List<String> ready = ahead.next(); !ready.isEmpty(); ready = ahead.next()) {
        taken.add(ready);
      }
    }
    assertThat(taken.get(0)).containsExactly("made of 0");
    assertThat(taken).allSatisfy(ready -> assertThat(ready).hasSizeBetween(1, MOST_AT_ONCE));
    assertThat(taken.stream().flatMap(List::stream))
        .containsExactlyElementsOf(items.stream().map(item -> "made of " + item).toList());
  }

  @Test
  void nothingIsMadeOfNothing() {
    try (Prefetcher<Integer, Integer> ahead =
        new Prefetcher<>(List.of(), 1, item -> item, PrefetcherTest::isUnwanted)) {
      assertThat(ahead.next()).isEmpty();
    }
  }

  @Test
  void failsWhereItsStepFailedAndLeavesNoThreadBehind() {
    AtomicInteger made = new AtomicInteger();
    assertThatThrownBy(
            () -> {
              try (Prefetcher<Integer, Integer> ahead =
                  new Prefetcher<>(
                      List.of(1, 2, 3),
                      1,
                      item -> {
                        if (item == 2) {
                          throw new IllegalArgumentException("two");
                        }
                        return made.addAndGet(item);
                      },
                      PrefetcherTest::isUnwanted)) {
                assertThat(ahead.next()).containsExactly(1);
                ahead.next();
              }
            })
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("two");
    assertThat(made).hasValue(1);
  }

  @Test
  void letsGoOfWhatNobodyTakesAndOfNothingElse() throws InterruptedException {
    CountDownLatch three = new CountDownLatch(3);
    Queue<Integer> released = new ConcurrentLinkedQueue<>();
    try (Prefetcher<Integer, Integer> ahead =
        new Prefetcher<>(
            List.of(1, 2, 3, 4),
            2,
            item -> {
              three.countDown();
              return item;
            },
            released::add)) {
      assertThat(ahead.next()).containsExactly(1);
      assertThat(three.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(released).containsExactly(2, 3);
  }

  private static void isUnwanted(Object made) {
    throw new AssertionError(made + " was let go of");
  }
}
