package io.medallion.dashboard;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/** One open page. Holds the newest messages; a slow reader misses older ones, never newer ones. */
final class Listener {
  private static final int KEPT = 4;

  private final View view;
  private final BlockingQueue<String> messages = new ArrayBlockingQueue<>(KEPT);

  Listener(View view) {
    this.view = view;
  }

  View view() {
    return view;
  }

  /** Adds a server-sent event; only the poller calls it. */
  void offer(String message) {
    while (!messages.offer(message)) {
      messages.poll();
    }
  }

  /** The next message, or null if none comes in time. */
  String next(long seconds) throws InterruptedException {
    return messages.poll(seconds, TimeUnit.SECONDS);
  }
}
