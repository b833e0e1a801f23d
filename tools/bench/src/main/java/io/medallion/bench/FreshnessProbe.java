package io.medallion.bench;

import io.medallion.demo.kafka.Producers;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Sends views of pages that nobody else sees and looks into Postgres until each is there: how old a
 * view is when a reader can see it, whoever counts.
 */
final class FreshnessProbe implements AutoCloseable {
  /** How often Postgres is asked; an age is measured too large by at most as much. */
  private static final long LOOK_EVERY_MILLIS = 20;

  private static final String PAGE = "/probe/";
  private static final String EVENT =
      """
      {"event_id":"probe-%d","timestamp":"%s","event_type":"page_view","user_id":"probe",\
      "session_id":"probe","page":"https://shop.example%s%d"}""";

  private final TestBed bed;
  private final Producer<byte[], byte[]> producer;
  private final Connection connection;
  private final PreparedStatement look;
  private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(2);
  private final Map<Long, Long> sent = new ConcurrentHashMap<>();
  private final Map<Long, Long> seen = new ConcurrentHashMap<>();
  private long next = System.currentTimeMillis() << 10;

  /**
   * Begins.
   *
   * @param table of page views, with columns {@code window_start} and {@code page}; it may not be
   *     there yet
   * @param rate views a second
   */
  FreshnessProbe(TestBed bed, String table, double rate) {
    this.bed = bed;
    this.producer = Producers.idempotent(bed.services().kafka().client());
    try {
      this.connection = bed.owner();
      this.look =
          connection.prepareStatement(
              "SELECT page FROM %s WHERE window_start >= (now() AT TIME ZONE 'UTC')::timestamp"
                      .formatted(table)
                  + " - interval '3 minutes' AND page LIKE '/probe/%'");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    repeat(this::send, Math.round(1000 / rate));
    repeat(this::look, LOOK_EVERY_MILLIS);
  }

  private void repeat(Runnable work, long everyMillis) {
    var repeated = threads.scheduleWithFixedDelay(work, 0, everyMillis, TimeUnit.MILLISECONDS);
    if (repeated.isCancelled()) {
      throw new IllegalStateException("the probe does not run");
    }
  }

  private void send() {
    long probe = next++;
    Instant now = Instant.now();
    byte[] event = EVENT.formatted(probe, now, PAGE, probe).getBytes(StandardCharsets.UTF_8);
    sent.put(probe, now.toEpochMilli());
    var sending = producer.send(new ProducerRecord<>(bed.topic(), event));
    if (sending.isCancelled()) {
      throw new IllegalStateException("a probe was not sent");
    }
  }

  private void look() {
    try (ResultSet rows = look.executeQuery()) {
      long now = System.currentTimeMillis();
      while (rows.next()) {
        seen.putIfAbsent(Long.parseLong(rows.getString(1).substring(PAGE.length())), now);
      }
    } catch (SQLException e) {
      // The table is not there yet.
    }
  }

  /** Whether any was seen. */
  boolean begun() {
    return !seen.isEmpty();
  }

  /**
   * The ages of those sent in a stretch of time.
   *
   * @param from its begin, milliseconds since 1970
   * @param to its end, excluded
   * @param patience how long those that are not there yet are waited for
   * @throws IllegalStateException if one does not come
   */
  Ages ages(long from, long to, Duration patience) throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    List<Long> probes =
        sent.entrySet().stream()
            .filter(probe -> probe.getValue() >= from && probe.getValue() < to)
            .map(Map.Entry::getKey)
            .toList();
    for (Long probe : probes) {
      while (!seen.containsKey(probe)) {
        if (System.nanoTime() > end) {
          throw new IllegalStateException("view %d of the probe is not there".formatted(probe));
        }
        TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MILLIS);
      }
    }
    return Ages.of(probes.stream().map(probe -> seen.get(probe) - sent.get(probe)).toList());
  }

  @Override
  public void close() {
    threads.shutdownNow();
    try {
      if (!threads.awaitTermination(1, TimeUnit.MINUTES)) {
        throw new IllegalStateException("the probe does not end");
      }
      producer.close();
      connection.close();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
