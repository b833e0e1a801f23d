package io.medallion.lakehouse.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A file that says that this process holds a lock, written again until it is given back. */
final class Lease implements TableLock {
  private static final Logger LOG = LoggerFactory.getLogger(Lease.class);

  private final FileSystem files;
  private final Path file;
  private final Duration renewedEvery;
  private final String signature = LockHolder.self() + "\n" + UUID.randomUUID();
  private final CountDownLatch ending = new CountDownLatch(1);
  private final Thread thread;
  private long renewals;

  Lease(FileSystem files, Path file, Duration renewedEvery) {
    this.files = files;
    this.file = file;
    this.renewedEvery = renewedEvery;
    this.thread = new Thread(this::renew, "lease-" + file.getName());
    thread.setDaemon(true);
  }

  /** What is to be in the file now; never the same twice. */
  byte[] text() {
    return (signature + "\n" + renewals++).getBytes(StandardCharsets.UTF_8);
  }

  /** Begins to write it again and again. */
  void keep() {
    thread.start();
  }

  private void renew() {
    try {
      while (!ending.await(renewedEvery.toMillis(), TimeUnit.MILLISECONDS)) {
        try {
          if (!isOurs()) {
            LOG.error("The lease {} was lost to another process; its positions decide", file);
            return;
          }
          write();
        } catch (IOException | RuntimeException e) {
          LOG.warn("The lease {} was not renewed", file, e);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isOurs() throws IOException {
    Optional<byte[]> there = new PutIfAbsent(files).read(file);
    return there
        .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
        .filter(text -> text.startsWith(signature))
        .isPresent();
  }

  private void write() throws IOException {
    try (FSDataOutputStream out = files.create(file, true)) {
      out.write(text());
    }
  }

  @Override
  public void close() {
    ending.countDown();
    try {
      thread.join();
      if (isOurs()) {
        files.delete(file, false);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
