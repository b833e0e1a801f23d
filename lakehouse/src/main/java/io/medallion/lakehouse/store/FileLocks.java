package io.medallion.lakehouse.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Locks between processes on one machine, by the operating system's file locks: one is free the
 * instant its holder dies. They hold between containers that share the folder as well, whose
 * processes cannot see each other.
 *
 * @param folder of their files
 */
public record FileLocks(Path folder) implements LakeLocks {
  /** Whoever only asks holds a lock for an instant; whoever holds it for longer runs the layer. */
  private static final Duration ASKING_ENDS = Duration.ofSeconds(1);

  private static final Duration A_MOMENT = Duration.ofMillis(20);
  private static final int LOOKS = 10;
  private static final int MOST_BYTES = 1_000;

  /**
   * The layers' locks of this process, by file. The system takes a process's lock away when it
   * closes any descriptor of that file, so that this process must not look at one of its own.
   */
  private static final ConcurrentMap<Path, LockHolder> OURS = new ConcurrentHashMap<>();

  @Override
  @SuppressWarnings("try") // The thread's lock is held, not used.
  public TableLock layer(String layer) {
    makeFolder();
    Path path = file(layer);
    try (TableLock thread = ThreadLocks.take(path.toString())) {
      if (OURS.containsKey(path)) {
        throw LakeLocks.held(layer, OURS.get(path), path.toString());
      }
      FileChannel channel = open(path);
      Optional<FileLock> lock = lockUnlessHeld(channel);
      if (lock.isEmpty()) {
        LockHolder holder = signature(channel);
        close(channel);
        throw LakeLocks.held(layer, holder, path.toString());
      }
      LockHolder holder = LockHolder.self();
      sign(channel, holder);
      OURS.put(path, holder);
      return () -> giveBack(path, channel, lock.get());
    }
  }

  @SuppressWarnings("try") // The thread's lock is held, not used.
  private static void giveBack(Path path, FileChannel channel, FileLock lock) {
    try (TableLock thread = ThreadLocks.take(path.toString())) {
      OURS.remove(path);
      release(channel, lock);
    }
  }

  @Override
  public TableLock commits(String table) {
    makeFolder();
    Path path = folder.resolve(table + ".commit");
    // File locks belong to the process.
    TableLock thread = ThreadLocks.take(path.toString());
    FileChannel channel = null;
    try {
      channel = open(path);
      FileChannel opened = channel;
      FileLock lock = channel.lock();
      return () -> {
        try (thread) {
          release(opened, lock);
        }
      };
    } catch (IOException | RuntimeException e) {
      thread.close();
      close(channel);
      throw e instanceof IOException io ? new UncheckedIOException(io) : (RuntimeException) e;
    }
  }

  @Override
  public boolean betweenProcesses() {
    return true;
  }

  /**
   * Asks the lock itself, by taking it together with others who ask, for an instant: process ids
   * say nothing between containers.
   */
  @Override
  @SuppressWarnings("try") // The locks are held, not used.
  public Optional<LockHolder> holder(String layer) {
    Path path = file(layer);
    try (TableLock thread = ThreadLocks.take(path.toString())) {
      if (OURS.containsKey(path)) {
        return Optional.of(OURS.get(path));
      }
      try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
          FileLock asked = channel.tryLock(0, Long.MAX_VALUE, true)) {
        return asked == null ? Optional.of(signature(channel)) : Optional.empty();
      }
    } catch (NoSuchFileException | AccessDeniedException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** By one name for each folder, however it was named. */
  private Path file(String layer) {
    Path absolute = folder.toAbsolutePath().normalize();
    try {
      absolute = Files.exists(absolute) ? absolute.toRealPath() : absolute;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return absolute.resolve(layer + ".instance");
  }

  private void makeFolder() {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static FileChannel open(Path path) {
    try {
      return FileChannel.open(
          path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Optional<FileLock> lockUnlessHeld(FileChannel channel) {
    try {
      long end = System.nanoTime() + ASKING_ENDS.toNanos();
      FileLock lock = channel.tryLock();
      while (lock == null && System.nanoTime() < end) {
        LockSupport.parkNanos(A_MOMENT.toNanos());
        lock = channel.tryLock();
      }
      return Optional.ofNullable(lock);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void sign(FileChannel channel, LockHolder holder) {
    try {
      channel.truncate(0);
      channel.write(ByteBuffer.wrap(holder.toString().getBytes(StandardCharsets.UTF_8)), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Through the channel that is open: see {@link #OURS}. */
  private static LockHolder signature(FileChannel channel) {
    try {
      LockHolder holder = read(channel);
      for (int look = 0; look < LOOKS && !holder.signed(); look++) {
        LockSupport.parkNanos(A_MOMENT.toNanos());
        holder = read(channel);
      }
      return holder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static LockHolder read(FileChannel channel) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(MOST_BYTES);
    channel.read(bytes, 0);
    return LockHolder.of(StandardCharsets.UTF_8.decode(bytes.flip()).toString());
  }

  private static void release(FileChannel channel, FileLock lock) {
    try (channel) {
      channel.truncate(0);
      lock.release();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
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
}
