package io.medallion.silver.enrich;

import com.maxmind.geoip2.DatabaseReader;
import com.maxmind.geoip2.model.CityResponse;
import com.maxmind.geoip2.model.CountryResponse;
import java.io.IOException;
import java.util.Optional;

/** Where an address is; every field may be null. */
record Place(
    String countryCode,
    String country,
    String region,
    String city,
    Double latitude,
    Double longitude,
    String timeZone) {

  /** Of databases of the City and the Country kind. */
  static final GeoContent<Place> CONTENT = new Content();

  private static final class Content implements GeoContent<Place> {
    /** A tenth of a metre: nobody means less, but what is left of a damaged number often is. */
    private static final double LEAST_DEGREES = 1e-6;

    @Override
    public String name() {
      return "GeoIP database";
    }

    @Override
    public String kinds() {
      return "City or Country";
    }

    @Override
    public String subject() {
      return "a country";
    }

    @Override
    public Optional<Lookup<Place>> lookup(DatabaseReader reader) {
      String type = reader.metadata().databaseType();
      if (type.contains("City") || type.contains("Enterprise")) {
        return Optional.of(address -> reader.tryCity(address).map(Content::place));
      }
      return type.contains("Country")
          ? Optional.of(address -> reader.tryCountry(address).map(Content::place))
          : Optional.empty();
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

    @Override
    public boolean check(Place place) throws IOException {
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
      return place.countryCode() != null;
    }

    private static boolean isWithin(int most, double degrees) {
      double size = Math.abs(degrees);
      return size == 0 || (size >= LEAST_DEGREES && size <= most);
    }
  }
}
