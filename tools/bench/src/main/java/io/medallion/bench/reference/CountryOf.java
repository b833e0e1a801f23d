package io.medallion.bench.reference;

import com.maxmind.geoip2.DatabaseReader;
import com.maxmind.geoip2.exception.GeoIp2Exception;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import org.apache.spark.sql.api.java.UDF2;

/** The country of an address, as a tutorial looks it up: a reader opened once, no cache. */
public final class CountryOf implements UDF2<String, String, String> {
  private static final long serialVersionUID = 1;

  private transient DatabaseReader reader;

  @Override
  public String call(String address, String database) {
    try {
      if (reader == null) {
        reader = new DatabaseReader.Builder(new File(database)).build();
      }
      return address == null
          ? null
          : reader
              .tryCity(InetAddress.getByName(address))
              .map(city -> city.country().isoCode())
              .orElse(null);
    } catch (IOException | GeoIp2Exception e) {
      return null;
    }
  }
}
