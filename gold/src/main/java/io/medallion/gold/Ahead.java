package io.medallion.gold;

import io.medallion.lakehouse.Beside;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * A first step that goes ahead of its caller's second one: while Postgres merges what is staged,
 * Spark stages on, and the next merge takes all that is ready by then. Merging much at once costs
 * less a row, so that over a backlog merges grow until both steps are equally fast.
 *
 * <p>Used by one thread. Closing it waits until nothing goes on any more.
 *
 * @param <A> what there is
 * @param <B> what the first step makes of one
 */
final class Ahead<A, B> implements AutoCloseable {
  /** With more at once readers would wait long for the first of them. */
  static final int MOST_AT_ONCE = 4;

  private final List<A> items;
  private final Function<A, B> step;
  private final AtomicBoolean awaited = new AtomicBoolean();
  private int made;
  private Beside<List<B>> following;

  /**
   * Begins with the first item at once.
   *
   * @param items in order
   * @param step runs on another thread, for one item after the other
   */
  Ahead(List<A> items, Function<A, B> step) {
    this.items = List.copyOf(items);
    this.step = step;
    this.following = Beside.start("stage", () -> make(() -> true));
  }

  /** What is ready of the next items, at least one; none where there are no more. */
  List<B> next() {
    awaited.set(true);
    List<B> ready = following.result();
    awaited.set(false);
    following = Beside.start("stage", () -> make(awaited::get));
    return ready;
  }

  /** At least one where any is left, and more until they are awaited. */
  private List<B> make(BooleanSupplier enough) {
    List<B> ready = new ArrayList<>();
    while (made < items.size()
        && (ready.isEmpty() || (ready.size() < MOST_AT_ONCE && !enough.getAsBoolean()))) {
      ready.add(step.apply(items.get(made++)));
    }
    return ready;
  }

  @Override
  public void close() {
    awaited.set(true);
    following.close();
  }
}
