package io.medallion.lakehouse.store;

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
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Locks between processes on one machine, by the operating system's file locks: one is free the
 * instant its holder dies.
 *
 * @param folder of their files
 */
public record FileLocks(Path folder) implements LakeLocks {
  private static final Pattern SIGNATURE = Pattern.compile("process (\\d+) since (\\S+)");

  @Override
  public TableLock layer(String layer) {
    Path path = file(layer);
    FileChannel channel = open(path);
    FileLock lock = tryLock(channel);
    if (lock == null) {
      String holder = holder(path);
      close(channel);
      throw LakeLocks.held(layer, holder, path.toString());
    }
    sign(channel);
    return () -> release(channel, lock);
  }

  @Override
  public TableLock commits(String table) {
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

  private Path file(String layer) {
    return folder.resolve(layer + ".instance");
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
   * The process that signed a layer's lock and still lives. Taking the lock to find out would be in
   * the way of a layer that starts.
   */
  @Override
  public OptionalLong processOf(String layer) {
    Path path = file(layer);
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
