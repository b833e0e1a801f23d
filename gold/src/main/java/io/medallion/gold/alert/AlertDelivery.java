package io.medallion.gold.alert;

import io.medallion.common.config.Configuration;
import io.medallion.gold.alert.AlertDefinition.OverMart;
import io.medallion.gold.alert.AlertDefinition.Target;
import io.medallion.gold.postgres.Postgres;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a gold with alerts does next to merging: tells every target what waits for it, and judges
 * the alerts that are about now. Each target has a thread of its own; one that does not answer
 * keeps nobody waiting. Where no file declares an alert there is no thread.
 */
public final class AlertDelivery implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AlertDelivery.class);
  private static final Duration SEND_EVERY = Duration.ofSeconds(1);
  private static final Duration JUDGE_EVERY = Duration.ofSeconds(5);

  private final List<AlertSender> senders = new ArrayList<>();
  private final List<ScheduledExecutorService> threads = new ArrayList<>();
  private final CurrentAlerts current;
  private final AtomicBoolean started = new AtomicBoolean();

  /** Of the alerts and targets that are configured. */
  public AlertDelivery(Configuration configuration) {
    this(configuration, AlertFiles.load(configuration));
  }

  private AlertDelivery(Configuration configuration, AlertFiles files) {
    List<AlertDefinition> now =
        files.definitions().stream()
            .filter(alert -> !(alert.condition() instanceof OverMart))
            .toList();
    boolean any = !files.definitions().isEmpty();
    Postgres writer = any ? Postgres.writer(configuration) : null;
    this.current =
        now.isEmpty()
            ? null
            : new CurrentAlerts(writer, now, new AlertLog(AlertFiles.targets(configuration)));
    if (any) {
      for (Target target : AlertFiles.targets(configuration)) {
        senders.add(new AlertSender(writer, target, AlertTarget.of(target, configuration)));
      }
    }
  }

  /** Something that is done again and again. */
  private interface Work {
    void run() throws Exception;
  }

  /** Goes on until closed; once told, it need not be told again. */
  public void start() {
    if (!started.compareAndSet(false, true)) {
      return;
    }
    if (current != null) {
      every(JUDGE_EVERY, "gold-alerts", current::judge);
    }
    for (AlertSender sender : senders) {
      every(SEND_EVERY, "gold-alerts-sender", sender::send);
    }
  }

  /** How much waited for each target when it was looked at last. */
  public Map<String, Long> waiting() {
    return senders.stream()
        .collect(Collectors.toMap(sender -> sender.target().word(), AlertSender::waits));
  }

  /** Does all of it once, and no more. */
  public void once() {
    if (current != null) {
      quietly(current::judge);
    }
    senders.forEach(sender -> quietly(sender::send));
  }

  private void every(Duration pause, String name, Work work) {
    ScheduledExecutorService thread =
        Executors.newSingleThreadScheduledExecutor(
            run -> {
              Thread daemon = new Thread(run, name);
              daemon.setDaemon(true);
              return daemon;
            });
    threads.add(thread);
    ScheduledFuture<?> unused =
        thread.scheduleWithFixedDelay(
            () -> quietly(work), 0, pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** What Postgres does not take now is done the next time. */
  private static void quietly(Work work) {
    try {
      work.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      LOG.debug("Alerts go on later", e);
    }
  }

  /** Sends no more; what is being sent may be sent again by the next gold, with the same id. */
  @Override
  public void close() {
    threads.forEach(ExecutorService::shutdownNow);
    for (ScheduledExecutorService thread : threads) {
      try {
        if (!thread.awaitTermination(1, TimeUnit.SECONDS)) {
          LOG.debug("A target of alerts does not let go");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    senders.forEach(AlertSender::close);
    if (current != null) {
      current.close();
    }
  }
}
