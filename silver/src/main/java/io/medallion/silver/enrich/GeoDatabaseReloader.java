package io.medallion.silver.enrich;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A database's file, which operators replace while the job runs. One that cannot be used is read
 * again once it has changed.
 *
 * @param <T> what the database knows of an address
 */
final class GeoDatabaseReloader<T> {
  private static final Logger LOG = LoggerFactory.getLogger(GeoDatabaseReloader.class);

  /** A look that is under way is not due again; the clock wraps, so half of its range. */
  private static final long NEVER = Long.MAX_VALUE / 2;

  private final Path path;
  private final GeoContent<T> content;
  private final long refreshNanos;
  private final LongSupplier nanoClock;
  private final AtomicLong nextLook;

  /** Of the file that was loaded, or refused, last. */
  private String knownStamp = "";

  private String problem = "";

  GeoDatabaseReloader(Path path, GeoContent<T> content, Duration refresh, LongSupplier nanoClock) {
    this.path = path;
    this.content = content;
    this.refreshNanos = refresh.toNanos();
    this.nanoClock = nanoClock;
    this.nextLook = new AtomicLong(nanoClock.getAsLong() + refreshNanos);
  }

  Path path() {
    return path;
  }

  GeoContent<T> content() {
    return content;
  }

  /** Whether it is time to look at the file; true for one caller only, until it has looked. */
  boolean isDue() {
    long now = nanoClock.getAsLong();
    long next = nextLook.get();
    return now - next >= 0 && nextLook.compareAndSet(next, now + NEVER);
  }

  /** A good database that is not the one loaded last. */
  synchronized Optional<GeoDatabase<T>> loadIfChanged() {
    try {
      String stamp = stamp();
      return stamp.equals(knownStamp) ? Optional.empty() : load(stamp);
    } catch (IOException e) {
      complain(reason(e));
      return Optional.empty();
    } finally {
      nextLook.set(nanoClock.getAsLong() + refreshNanos);
    }
  }

  private Optional<GeoDatabase<T>> load(String stamp) throws IOException {
    Optional<GeoDatabase<T>> database = Optional.empty();
    String reason = "";
    try {
      database = Optional.of(GeoDatabase.load(path, content));
    } catch (IOException e) {
      reason = reason(e);
    }
    if (!stamp.equals(stamp())) {
      throw new IOException("it changed while it was read");
    }
    knownStamp = stamp;
    if (database.isPresent()) {
      problem = "";
      LOG.info("{} {} loaded", content.name(), path);
    } else {
      complain(reason);
    }
    return database;
  }

  /** The message of these is the file's name alone. */
  private static String reason(IOException e) {
    return e instanceof FileSystemException ? e.toString() : e.getMessage();
  }

  private void complain(String now) {
    if (!now.equals(problem)) {
      LOG.warn("{} {} cannot be used; the one before stays: {}", content.name(), path, now);
      problem = now;
    }
  }

  /** Why the last look failed. */
  synchronized String lastProblem() {
    return problem;
  }

  private String stamp() throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
    return attributes.lastModifiedTime() + " " + attributes.size() + " " + attributes.fileKey();
  }
}
