package io.medallion.dashboard;

import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The only one who asks Postgres, however many look on: it sees a merge by the ledger, reads the
 * views that someone looks at once each, and tells everyone.
 */
final class Poller implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Poller.class);
  private static final long EVERY_MILLIS = 250;
  private static final long PULSE_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final String EMPTY = event("empty", "{}");

  /** What is dear is read less often: for so many times as long as reading took it may be old. */
  private static final int REST = 3;

  /** What was read of a view, upon which mark of gold, when, and how long that took. */
  private record Reading(String event, String mark, long nanos, long took) {}

  private final GoldPage gold;
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread = new Thread(this::run, "dashboard-poller");
  private final Map<View, Reading> current = new HashMap<>();
  private final Map<Listener, String> told = new java.util.WeakHashMap<>();
  private boolean away;
  private String why = "";
  private String telling = "";
  private long nextPulse = System.nanoTime();

  Poller(GoldPage gold) {
    this.gold = gold;
    thread.setDaemon(true);
    thread.start();
  }

  void add(Listener listener) {
    listeners.add(listener);
  }

  void remove(Listener listener) {
    listeners.remove(listener);
  }

  int listening() {
    return listeners.size();
  }

  private void run() {
    try (gold) {
      do {
        look();
      } while (!closed.await(EVERY_MILLIS, TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void look() {
    if (listeners.isEmpty()) {
      current.clear();
      gold.close();
      return;
    }
    try {
      refresh();
      if (away) {
        LOG.info("Postgres answers again");
      }
      away = false;
      tellAll();
    } catch (SQLException | RuntimeException e) {
      if (!away) {
        LOG.warn("Postgres does not answer: {}", e.getMessage());
      }
      away = true;
      current.clear();
      String text = GoldPage.explain(e);
      if (!text.equals(why)) {
        why = text;
        telling = event("away", "{\"text\":\"" + text + "\"}");
      }
      listeners.forEach(listener -> tell(listener, telling));
    }
    if (System.nanoTime() - nextPulse >= 0) {
      nextPulse = System.nanoTime() + PULSE_NANOS;
      String pulse = event("pulse", "{\"at\":" + System.currentTimeMillis() / 1000.0 + "}");
      listeners.forEach(listener -> listener.offer(pulse));
    }
  }

  /** Reads what has changed and is looked at. */
  private void refresh() throws SQLException {
    String now = gold.mark().orElse("");
    Set<View> wanted = listeners.stream().map(Listener::view).collect(Collectors.toSet());
    current.keySet().retainAll(wanted);
    for (View view : wanted) {
      Reading last = current.get(view);
      if (last == null || (!last.mark().equals(now) && isDue(last))) {
        long begun = System.nanoTime();
        Optional<String> snapshot = now.isEmpty() ? Optional.empty() : gold.snapshot(view);
        String event = snapshot.map(json -> event("numbers", json)).orElse(EMPTY);
        long read = System.nanoTime();
        current.put(view, new Reading(event, now, read, read - begun));
      }
    }
  }

  private static boolean isDue(Reading last) {
    return System.nanoTime() - last.nanos() >= REST * last.took();
  }

  private void tellAll() {
    for (Listener listener : listeners) {
      Reading reading = current.get(listener.view());
      // Someone who came since waits for the next look.
      if (reading != null) {
        tell(listener, reading.event());
      }
    }
  }

  /** Says the same only once. */
  @SuppressWarnings("ReferenceEquality") // the same event, not an equal one
  private void tell(Listener listener, String message) {
    if (told.put(listener, message) != message) {
      listener.offer(message);
    }
  }

  private static String event(String name, String json) {
    return "event: " + name + "\ndata: " + json + "\n\n";
  }

  @Override
  public void close() {
    closed.countDown();
    thread.interrupt();
  }
}
