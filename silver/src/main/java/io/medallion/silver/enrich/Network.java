package io.medallion.silver.enrich;

import com.maxmind.geoip2.DatabaseReader;
import java.io.IOException;
import java.util.Optional;

/**
 * The autonomous system that an address belongs to.
 *
 * @param number null if the database does not know it
 * @param organization who runs it; null if the database does not know it
 */
record Network(Long number, String organization) {

  /** Of databases of the ASN and the ISP kind. */
  static final GeoContent<Network> CONTENT = new Content();

  private static final class Content implements GeoContent<Network> {
    /** Numbers of systems have 32 bits; 0 is none. */
    private static final long GREATEST = 0xFFFF_FFFFL;

    @Override
    public String name() {
      return "ASN database";
    }

    @Override
    public String kinds() {
      return "ASN or ISP";
    }

    @Override
    public String subject() {
      return "a number of a network";
    }

    @Override
    public Optional<Lookup<Network>> lookup(DatabaseReader reader) {
      String type = reader.metadata().databaseType();
      if (type.contains("ASN")) {
        return Optional.of(
            address ->
                reader
                    .tryAsn(address)
                    .map(
                        found ->
                            new Network(
                                found.autonomousSystemNumber(),
                                found.autonomousSystemOrganization())));
      }
      return type.contains("ISP")
          ? Optional.of(
              address ->
                  reader
                      .tryIsp(address)
                      .map(
                          found ->
                              new Network(
                                  found.autonomousSystemNumber(),
                                  found.autonomousSystemOrganization())))
          : Optional.empty();
    }

    @Override
    public boolean check(Network network) throws IOException {
      Long number = network.number();
      if (number != null && (number < 1 || number > GREATEST)) {
        throw new IOException("a network has the number " + number);
      }
      return number != null;
    }
  }
}
