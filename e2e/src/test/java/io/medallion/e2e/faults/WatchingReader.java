package io.medallion.e2e.faults;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Looks at gold all the time, as a dashboard would: a total that shrinks, or one that is not what
 * the ledger next to it says, is wrong, whatever was killed meanwhile.
 */
final class WatchingReader implements AutoCloseable {
  private static final String TOTALS =
      """
      select
        (select coalesce(sum(events), 0) from gold.sessions),
        (select coalesce(sum(events), 0) from gold.event_counts),
        (select coalesce(sum(views), 0) from gold.page_views),
        (select coalesce(sum(silver_rows - bots - late_dropped), 0) from gold.ledger)""";

  private final FaultyChain chain;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final List<String> findings = Collections.synchronizedList(new ArrayList<>());
  private final Thread thread = new Thread(this::watch, "watching-reader");
  private final AtomicLong looks = new AtomicLong();
  private volatile long events;
  private long views;

  WatchingReader(FaultyChain chain) {
    this.chain = chain;
    thread.start();
  }

  /** What was wrong, in words. */
  List<String> findings() {
    return List.copyOf(findings);
  }

  /** How often it has seen gold's numbers. */
  long looks() {
    return looks.get();
  }

  /** The events that gold's sessions held when it looked last. */
  long events() {
    return events;
  }

  private void watch() {
    try {
      while (!stop.await(50, TimeUnit.MILLISECONDS)) {
        try (Connection connection = chain.connect();
            Statement statement = connection.createStatement()) {
          while (!stop.await(50, TimeUnit.MILLISECONDS)) {
            look(statement);
          }
        } catch (SQLException e) {
          // Away, or not migrated yet; what it shows when it answers is what counts.
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void look(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery(TOTALS)) {
      row.next();
      long inSessions = row.getLong(1);
      long counted = row.getLong(2);
      long viewed = row.getLong(3);
      long merged = row.getLong(4);
      looks.incrementAndGet();
      if (inSessions != merged || counted != merged) {
        findings.add(
            "the ledger says %d events, sessions hold %d, event counts %d"
                .formatted(merged, inSessions, counted));
      }
      if (inSessions < events || viewed < views) {
        findings.add(
            "totals shrank from %d events and %d views to %d and %d"
                .formatted(events, views, inSessions, viewed));
      }
      events = inSessions;
      views = viewed;
    }
  }

  @Override
  public void close() {
    stop.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
