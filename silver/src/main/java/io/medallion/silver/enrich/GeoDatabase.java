package io.medallion.silver.enrich;

import com.maxmind.db.Reader.FileMode;
import com.maxmind.geoip2.DatabaseReader;
import com.maxmind.geoip2.exception.GeoIp2Exception;
import com.maxmind.geoip2.model.CityResponse;
import com.maxmind.geoip2.model.CountryResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** One MaxMind database, wholly in memory, of the City or the Country kind. Thread-safe. */
final class GeoDatabase {
  private static final List<String> LOCALES = List.of("en");

  /** A tenth of a metre: nobody means less, but what is left of a damaged number often is. */
  private static final double LEAST_DEGREES = 1e-6;

  /** What a database knows of an address; every field may be null. */
  record Place(
      String countryCode,
      String country,
      String region,
      String city,
      Double latitude,
      Double longitude,
      String timeZone) {}

  private final DatabaseReader reader;
  private final boolean hasCities;

  private GeoDatabase(DatabaseReader reader) throws IOException {
    this.reader = reader;
    String type = reader.metadata().databaseType();
    this.hasCities = type.contains("City") || type.contains("Enterprise");
    if (!hasCities && !type.contains("Country")) {
      throw new IOException("its type is " + type);
    }
  }

  /**
   * Reads a file and every record in it, which takes seconds for all cities of the world.
   *
   * @throws IOException with the reason if it is missing, no database, damaged or of another kind
   */
  static GeoDatabase load(Path file) throws IOException {
    // Read first: a file that is overwritten in place must not change under the reader.
    byte[] bytes = Files.readAllBytes(file);
    try {
      GeoDatabaseCheck.checkMetadata(bytes);
      GeoDatabase database =
          new GeoDatabase(
              new DatabaseReader.Builder(new ByteArrayInputStream(bytes))
                  .fileMode(FileMode.MEMORY)
                  .locales(LOCALES)
                  .build());
      database.check(bytes);
      return database;
    } catch (IOException | RuntimeException e) {
      String reason = e.getMessage() == null ? e.toString() : e.getMessage();
      throw new IOException("it is no whole City or Country database: " + reason, e);
    }
  }

  private void check(byte[] bytes) throws IOException {
    AtomicBoolean hasCountry = new AtomicBoolean();
    GeoDatabaseCheck.check(
        bytes,
        reader.metadata(),
        address -> {
          Optional<Place> place = find(address);
          if (place.isPresent()) {
            checkCoordinates(place.get());
            hasCountry.compareAndSet(false, place.get().countryCode() != null);
          }
        });
    if (!hasCountry.get()) {
      throw new IOException("none of its records has a country");
    }
  }

  private static void checkCoordinates(Place place) throws IOException {
    Double latitude = place.latitude();
    Double longitude = place.longitude();
    boolean isGood =
        latitude == null
            ? longitude == null
            : longitude != null && isWithin(90, latitude) && isWithin(180, longitude);
    if (!isGood) {
      throw new IOException(
          "a place is at latitude %s, longitude %s".formatted(latitude, longitude));
    }
  }

  private static boolean isWithin(int most, double degrees) {
    double size = Math.abs(degrees);
    return size == 0 || (size >= LEAST_DEGREES && size <= most);
  }

  Optional<Place> find(byte[] address) throws IOException {
    return find(InetAddress.getByAddress(address));
  }

  private Optional<Place> find(InetAddress address) throws IOException {
    try {
      return hasCities
          ? reader.tryCity(address).map(GeoDatabase::place)
          : reader.tryCountry(address).map(GeoDatabase::place);
    } catch (GeoIp2Exception e) {
      throw new IOException(e);
    }
  }

  private static Place place(CityResponse city) {
    return new Place(
        city.country().isoCode(),
        city.country().name(),
        city.mostSpecificSubdivision().name(),
        city.city().name(),
        city.location().latitude(),
        city.location().longitude(),
        city.location().timeZone());
  }

  private static Place place(CountryResponse country) {
    return new Place(
        country.country().isoCode(), country.country().name(), null, null, null, null, null);
  }

  /** When MaxMind, or whoever, built it, in microseconds since 1970. */
  long buildMicros() {
    return reader.metadata().buildTime().toEpochMilli() * 1_000;
  }
}
