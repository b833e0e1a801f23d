package io.medallion.lakehouse.layer;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/**
 * Work that is done while its caller does other work. Whoever closes it waits for its end, so that
 * nothing goes on behind a caller who has failed.
 */
public final class AsyncTask<T> implements AutoCloseable {
  private final FutureTask<T> task;
  private final Thread thread;

  private AsyncTask(String name, Supplier<T> work) {
    this.task = new FutureTask<>(work::get);
    // Not of a pool: it takes over its parent's class loader and what Spark knows of its thread.
    this.thread = new Thread(task, name);
  }

  /**
   * Starts it.
   *
   * @param name of its thread, shown if somebody lists them
   */
  public static <T> AsyncTask<T> start(String name, Supplier<T> work) {
    AsyncTask<T> beside = new AsyncTask<>(name, work);
    beside.thread.start();
    return beside;
  }

  /** Waits for what it comes to, and fails as the work failed. */
  public T result() {
    try {
      return task.get();
    } catch (ExecutionException e) {
      throw AsyncTask.<RuntimeException>asItIs(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      // What Spark takes for a query that was stopped, not for one that failed.
      IOException interrupted = new InterruptedIOException("waiting for " + thread.getName());
      interrupted.initCause(e);
      throw new UncheckedIOException(interrupted);
    }
  }

  /** Spark throws checked exceptions that it does not declare; its callers expect them. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <E extends Throwable> E asItIs(Throwable failure) throws E {
    throw (E) failure;
  }

  @Override
  public void close() {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
