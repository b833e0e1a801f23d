package io.medallion.lakehouse;

import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A lock between processes on one machine, by an operating system's file lock: it is free the
 * instant its holder dies.
 *
 * <p>On stores that know no such lock ({@code s3a}, {@code hdfs}) nothing is locked, and positions
 * alone keep a second writer out.
 */
public final class TableLock implements AutoCloseable {
  /** File locks belong to the process; this keeps the threads of one process apart. */
  private static final ConcurrentHashMap<Path, ReentrantLock> THREADS = new ConcurrentHashMap<>();

  private static final Pattern SIGNATURE = Pattern.compile("process (\\d+) since (\\S+)");

  private final FileChannel channel;
  private final FileLock lock;
  private final ReentrantLock thread;

  private TableLock(FileChannel channel, FileLock lock, ReentrantLock thread) {
    this.channel = channel;
    this.lock = lock;
    this.thread = thread;
  }

  /**
   * Takes a lock that its holder keeps for a layer's life.
   *
   * @throws MedallionException if another process, or another layer of this one, holds it; the
   *     message says who
   */
  static TableLock instance(Optional<Path> file, String layer) {
    if (file.isEmpty()) {
      return new TableLock(null, null, null);
    }
    Path path = file.get();
    FileChannel channel = open(path);
    FileLock lock = tryLock(channel);
    if (lock == null) {
      String holder = holder(path);
      close(channel);
      throw new MedallionException(
          ErrorCode.LAKE_LOCKED,
          "The layer %s is running already: %s".formatted(layer, holder),
          "Two writers of one table would get into each other's way; the lock is " + path + ".",
          "Stop that process, or leave it running: there is nothing for a second one to do.");
    }
    sign(channel);
    return new TableLock(channel, lock, null);
  }

  /** Waits for a lock that is held for one batch or one rewrite. */
  static TableLock commit(Optional<Path> file) {
    if (file.isEmpty()) {
      return new TableLock(null, null, null);
    }
    ReentrantLock thread = THREADS.computeIfAbsent(file.get(), path -> new ReentrantLock());
    thread.lock();
    FileChannel channel = null;
    try {
      channel = open(file.get());
      return new TableLock(channel, channel.lock(), thread);
    } catch (IOException | RuntimeException e) {
      thread.unlock();
      close(channel);
      throw e instanceof IOException io ? new UncheckedIOException(io) : (RuntimeException) e;
    }
  }

  private static FileChannel open(Path path) {
    try {
      Files.createDirectories(path.getParent());
      return FileChannel.open(
          path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static FileLock tryLock(FileChannel channel) {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void sign(FileChannel channel) {
    String holder =
        "process %d since %s"
            .formatted(
                ProcessHandle.current().pid(), Instant.now().truncatedTo(ChronoUnit.SECONDS));
    try {
      channel.truncate(0);
      channel.write(ByteBuffer.wrap(holder.getBytes(StandardCharsets.UTF_8)), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The process that signed a layer's lock and still lives. Reads only: taking the lock to find out
   * would be in the way of a layer that starts.
   */
  static OptionalLong processOf(Path path) {
    Matcher signed = SIGNATURE.matcher(Files.exists(path) ? holder(path) : "");
    if (!signed.matches()) {
      return OptionalLong.empty();
    }
    long pid = Long.parseLong(signed.group(1));
    Instant since = Instant.parse(signed.group(2)).plusSeconds(1);
    boolean lives =
        ProcessHandle.of(pid)
            .filter(ProcessHandle::isAlive)
            .filter(process -> process.info().startInstant().filter(since::isBefore).isEmpty())
            .isPresent();
    return lives ? OptionalLong.of(pid) : OptionalLong.empty();
  }

  private static String holder(Path path) {
    try {
      return Files.readString(path);
    } catch (IOException e) {
      return "an unknown process";
    }
  }

  private static void close(FileChannel channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      if (lock != null) {
        channel.truncate(0);
        lock.release();
      }
      close(channel);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      if (thread != null) {
        thread.unlock();
      }
    }
  }
}
