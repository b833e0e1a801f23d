package io.medallion.silver.enrich;

import com.maxmind.db.Reader.FileMode;
import com.maxmind.geoip2.DatabaseReader;
import com.maxmind.geoip2.exception.GeoIp2Exception;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One MaxMind database, wholly in memory. Thread-safe.
 *
 * @param <T> what it knows of an address
 */
final class GeoDatabase<T> {
  private static final List<String> LOCALES = List.of("en");

  private final DatabaseReader reader;
  private final GeoContent.Lookup<T> lookup;

  private GeoDatabase(DatabaseReader reader, GeoContent<T> content) throws IOException {
    this.reader = reader;
    this.lookup =
        content
            .lookup(reader)
            .orElseThrow(() -> new IOException("its type is " + reader.metadata().databaseType()));
  }

  /**
   * Reads a file and every record in it, which takes seconds for all cities of the world.
   *
   * @param content what it is wanted for
   * @throws IOException with the reason if it is missing, no database, damaged or of another kind
   */
  static <T> GeoDatabase<T> load(Path file, GeoContent<T> content) throws IOException {
    // Read first: a file that is overwritten in place must not change under the reader.
    byte[] bytes = Files.readAllBytes(file);
    try {
      GeoDatabaseCheck.checkMetadata(bytes);
      GeoDatabase<T> database =
          new GeoDatabase<>(
              new DatabaseReader.Builder(new ByteArrayInputStream(bytes))
                  .fileMode(FileMode.MEMORY)
                  .locales(LOCALES)
                  .build(),
              content);
      database.check(bytes, content);
      return database;
    } catch (IOException | RuntimeException e) {
      String reason = e.getMessage() == null ? e.toString() : e.getMessage();
      throw new IOException("it is no whole %s database: %s".formatted(content.kinds(), reason), e);
    }
  }

  private void check(byte[] bytes, GeoContent<T> content) throws IOException {
    AtomicBoolean isTelling = new AtomicBoolean();
    GeoDatabaseCheck.check(
        bytes,
        reader.metadata(),
        address -> {
          Optional<T> found = find(address);
          if (found.isPresent() && content.check(found.get())) {
            isTelling.set(true);
          }
        });
    if (!isTelling.get()) {
      throw new IOException("none of its records has " + content.subject());
    }
  }

  /**
   * What it knows of an address; empty if it has no record of it.
   *
   * @throws IOException if its record cannot be read
   */
  Optional<T> find(byte[] address) throws IOException {
    return find(InetAddress.getByAddress(address));
  }

  private Optional<T> find(InetAddress address) throws IOException {
    try {
      return lookup.find(address);
    } catch (GeoIp2Exception e) {
      throw new IOException(e);
    }
  }

  /** When MaxMind, or whoever, built it, in microseconds since 1970. */
  long buildMicros() {
    return reader.metadata().buildTime().toEpochMilli() * 1_000;
  }
}
