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

/** One MaxMind database, wholly in memory, of the City or the Country kind. Thread-safe. */
final class GeoDatabase {
  private static final List<String> LOCALES = List.of("en");

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
      throw new IOException("its type is " + type + ", neither City nor Country");
    }
  }

  /**
   * Reads a file and tries it.
   *
   * @throws IOException if it is missing, no database, truncated or of another kind
   */
  static GeoDatabase load(Path file) throws IOException {
    // Read first: a file that is overwritten in place must not change under the reader.
    byte[] bytes = Files.readAllBytes(file);
    try {
      GeoDatabase database =
          new GeoDatabase(
              new DatabaseReader.Builder(new ByteArrayInputStream(bytes))
                  .fileMode(FileMode.MEMORY)
                  .locales(LOCALES)
                  .build());
      database.tryOut();
      return database;
    } catch (RuntimeException e) {
      throw new IOException("it is damaged: " + e, e);
    }
  }

  /** Addresses all over the tree, since damage inside shows only where one looks. */
  private void tryOut() throws IOException {
    for (int i = 0; i < 256; i++) {
      find(new byte[] {(byte) i, (byte) (i * 7), (byte) (i * 13), 1});
    }
  }

  Optional<Place> find(byte[] address) throws IOException {
    try {
      InetAddress inet = InetAddress.getByAddress(address);
      return hasCities
          ? reader.tryCity(inet).map(GeoDatabase::place)
          : reader.tryCountry(inet).map(GeoDatabase::place);
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
