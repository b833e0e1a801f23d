package io.medallion.silver.enrich;

import java.io.IOException;
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
 * The database's file, which operators replace while the job runs. One that cannot be used is tried
 * again at every look, but complained of once.
 */
final class GeoDatabaseReloader {
  private static final Logger LOG = LoggerFactory.getLogger(GeoDatabaseReloader.class);

  private final Path path;
  private final long refreshNanos;
  private final LongSupplier nanoClock;
  private final AtomicLong nextLook;

  private String loadedStamp = "";
  private String problem = "";

  GeoDatabaseReloader(Path path, Duration refresh, LongSupplier nanoClock) {
    this.path = path;
    this.refreshNanos = refresh.toNanos();
    this.nanoClock = nanoClock;
    this.nextLook = new AtomicLong(nanoClock.getAsLong() + refreshNanos);
  }

  Path path() {
    return path;
  }

  /** Whether it is time to look at the file; says so to one caller only. */
  boolean isDue() {
    long now = nanoClock.getAsLong();
    long next = nextLook.get();
    return now - next >= 0 && nextLook.compareAndSet(next, now + refreshNanos);
  }

  /** A good database that is not the one loaded last. */
  synchronized Optional<GeoDatabase> loadIfChanged() {
    try {
      String stamp = stamp();
      if (stamp.equals(loadedStamp)) {
        return Optional.empty();
      }
      GeoDatabase database = GeoDatabase.load(path);
      if (!stamp.equals(stamp())) {
        throw new IOException("it changed while it was read");
      }
      loadedStamp = stamp;
      problem = "";
      LOG.info("GeoIP database {} loaded", path);
      return Optional.of(database);
    } catch (IOException e) {
      complain(e.toString());
      return Optional.empty();
    }
  }

  private void complain(String now) {
    if (!now.equals(problem)) {
      LOG.warn("GeoIP database {} cannot be used; the one before stays: {}", path, now);
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
