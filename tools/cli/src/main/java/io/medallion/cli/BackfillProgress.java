package io.medallion.cli;

import io.medallion.cli.show.Text;
import io.medallion.silver.replay.ReplayProgress;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Says every second how far a replay is and how long it will take, until it is closed. */
final class BackfillProgress implements AutoCloseable {
  /** Before so much is done nobody knows the speed. */
  private static final double KNOWN_FROM = 0.02;

  private final Supplier<ReplayProgress> progress;
  private final Progress line;
  private final long begun = System.nanoTime();
  private final CountDownLatch done = new CountDownLatch(1);
  private final Thread thread = new Thread(this::show, "progress");

  BackfillProgress(CommandContext context, Supplier<ReplayProgress> progress) {
    this.progress = progress;
    this.line = new Progress(context);
    thread.setDaemon(true);
    thread.start();
  }

  private void show() {
    try {
      while (!done.await(1, TimeUnit.SECONDS)) {
        line.show(line(progress.get(), Duration.ofNanos(System.nanoTime() - begun)));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What is shown after some time. */
  static String line(ReplayProgress progress, Duration elapsed) {
    if (progress.expected() == 0) {
      return "looking for records to judge";
    }
    String parsed =
        "judged %,d of about %,d records in %s"
            .formatted(progress.parsed(), progress.expected(), Text.of(elapsed));
    double part = progress.part();
    if (part < KNOWN_FROM) {
      return parsed;
    }
    long left = (long) (elapsed.toMillis() * (1 - part) / part);
    return part == 1
        ? parsed + ", comparing with what is there"
        : parsed + ", about %s to go".formatted(Text.of(Duration.ofMillis(left)));
  }

  @Override
  public void close() {
    done.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    line.close();
  }
}
