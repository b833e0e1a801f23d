package io.medallion.lakehouse.layer;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A first step that goes ahead of its caller's second one, item after item: while the caller is at
 * work on what it took last, the next is made ready.
 *
 * <p>Used by one thread. Closing it waits until nothing goes on any more, and lets go of what was
 * made and not taken.
 *
 * @param <A> what there is
 * @param <B> what the first step makes of one
 */
public final class Prefetcher<A, B> implements AutoCloseable {
  private final List<A> items;
  private final int mostAtOnce;
  private final Function<A, B> step;
  private final Consumer<B> release;
  private final Queue<B> ready = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean awaited = new AtomicBoolean();
  private volatile boolean closed;
  private int made;
  private AsyncTask<Integer> following;

  /**
   * Begins with the first item at once.
   *
   * @param items in order
   * @param mostAtOnce how many at most are made ready, and taken at once
   * @param step runs on another thread, for one item after the other
   * @param release what becomes of those that nobody takes
   */
  public Prefetcher(List<A> items, int mostAtOnce, Function<A, B> step, Consumer<B> release) {
    this.items = List.copyOf(items);
    this.mostAtOnce = mostAtOnce;
    this.step = step;
    this.release = release;
    this.following = AsyncTask.start("ahead", () -> make(() -> true));
  }

  /**
   * What is ready of the next items, at least one; none if there are no more. It is the caller's
   * from now on.
   */
  public List<B> next() {
    awaited.set(true);
    following.result();
    List<B> taken = new ArrayList<>(ready);
    ready.clear();
    awaited.set(false);
    following = AsyncTask.start("ahead", () -> make(awaited::get));
    return taken;
  }

  /** At least one where any is left, and more until they are awaited. */
  private int make(BooleanSupplier enough) {
    int most = Math.min(items.size(), made + mostAtOnce);
    while (!closed && made < most && (ready.isEmpty() || !enough.getAsBoolean())) {
      ready.add(step.apply(items.get(made++)));
    }
    return made;
  }

  @Override
  public void close() {
    closed = true;
    awaited.set(true);
    following.close();
    ready.forEach(release);
  }
}
