package io.medallion.lakehouse.store;

import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Locks on a store that knows none, such as S3 and HDFS: a layer's is a file that its holder writes
 * again and again while it lives. Whoever finds one watches it. Where it changes, somebody runs;
 * where it stays the same for long enough, its holder is dead. No clocks are compared.
 *
 * <p>A holder that was away for longer, in a pause or behind a cut line, may find another one at
 * work. Positions then keep one of the two from committing.
 *
 * <p>Commits are not locked between processes: who writes without being a layer takes the layer's
 * lock.
 */
public final class LeaseLocks implements LakeLocks {
  private static final Logger LOG = LoggerFactory.getLogger(LeaseLocks.class);
  private static final Duration RENEWED_EVERY = Duration.ofSeconds(10);

  /** Many times as long as between two writings: a store may be slow, and a process pause. */
  private static final int GIVEN_UP_AFTER = 5;

  private static final int LOOKS = 4;
  private static final Duration A_MOMENT = Duration.ofMillis(50);

  private final FileSystem files;
  private final PutIfAbsent once;
  private final Path folder;
  private final Duration renewedEvery;

  public LeaseLocks(FileSystem files, Path folder) {
    this(files, folder, RENEWED_EVERY);
  }

  public LeaseLocks(FileSystem files, Path folder, Duration renewedEvery) {
    this.files = files;
    this.once = new PutIfAbsent(files);
    this.folder = folder;
    this.renewedEvery = renewedEvery;
  }

  @Override
  public TableLock layer(String layer) {
    Path file = file(layer);
    Lease lease = new Lease(files, file, renewedEvery);
    try {
      while (!once.make(file, lease.text())) {
        awaitGivenUp(layer, file);
      }
      if (once.make(file, new byte[0])) {
        files.delete(file, false);
        throw conditionsIgnored();
      }
    } catch (IOException e) {
      throw new MedallionException(
          ErrorCode.LAKE_NOT_WRITABLE,
          "The lake %s cannot be written".formatted(folder.getParent()),
          e.toString(),
          "Give these credentials the right to write and delete there.",
          e);
    }
    lease.keep();
    return lease;
  }

  /** Watches a lease until it is gone, or known to be nobody's any more. */
  private void awaitGivenUp(String layer, Path file) throws IOException {
    Optional<String> first = read(file);
    LOG.warn(
        "The lease {} is there, {}: waiting up to {} s to see whether its holder lives",
        file,
        first.map(LockHolder::of).map(LockHolder::toString).orElse("gone again"),
        patience().toSeconds());
    long end = System.nanoTime() + patience().toNanos();
    while (System.nanoTime() < end) {
      LockSupport.parkNanos(renewedEvery.dividedBy(LOOKS).toNanos());
      Optional<String> now = read(file);
      if (now.isEmpty()) {
        return;
      }
      if (!now.equals(first)) {
        throw LakeLocks.held(layer, LockHolder.of(first.orElse(now.get())), file.toString());
      }
    }
    LOG.warn("The lease {} is taken over: {} is gone", file, LockHolder.of(first.orElse("")));
    files.delete(file, false);
  }

  private Duration patience() {
    return renewedEvery.multipliedBy(GIVEN_UP_AFTER);
  }

  /** What a lease says. Where a store shows files while they are written, it is empty at times. */
  private Optional<String> read(Path file) throws IOException {
    Optional<byte[]> lease = once.read(file);
    for (int look = 0;
        look < LOOKS && lease.filter(bytes -> bytes.length == 0).isPresent();
        look++) {
      LockSupport.parkNanos(A_MOMENT.toNanos());
      lease = once.read(file);
    }
    return lease.map(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }

  @Override
  public TableLock commits(String table) {
    return ThreadLocks.take(new Path(folder, table).toString());
  }

  @Override
  public boolean betweenProcesses() {
    return false;
  }

  /** As far as this machine's clock and the store's agree to a minute. */
  @Override
  public Optional<LockHolder> holder(String layer) {
    try {
      FileStatus status = files.getFileStatus(file(layer));
      long age = System.currentTimeMillis() - status.getModificationTime();
      return age < patience().toMillis() ? read(file(layer)).map(LockHolder::of) : Optional.empty();
    } catch (FileNotFoundException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path file(String layer) {
    return new Path(folder, layer + ".instance");
  }

  private MedallionException conditionsIgnored() {
    return new MedallionException(
        ErrorCode.LAKE_STORE_UNSAFE,
        "The store of %s lets two writers make the same file".formatted(folder.getParent()),
        "It says yes to a write on the condition that there is no such object, and ignores the"
            + " condition: versions of a table could be lost.",
        "Use a store with conditional writes, or read docs/stores.md on how to do without.");
  }
}
