package io.medallion.demo.geoip;

import static org.assertj.core.api.Assertions.assertThat;

import com.maxmind.geoip2.DatabaseReader;
import com.maxmind.geoip2.exception.GeoIp2Exception;
import com.maxmind.geoip2.model.CityResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoGeoipTest {
  @TempDir Path folder;

  @Test
  void everyCityIsFoundByBothOfItsNetworks() throws IOException, GeoIp2Exception {
    try (DatabaseReader reader =
        new DatabaseReader.Builder(DemoGeoip.install(folder).toFile()).build()) {
      for (DemoCity city : DemoCity.all()) {
        for (String network : new String[] {city.ipv4(), city.ipv6()}) {
          InetAddress address = InetAddress.getByName(network.substring(0, network.indexOf('/')));
          CityResponse found = reader.tryCity(address).orElseThrow();
          assertThat(found.city().name()).isEqualTo(city.city());
          assertThat(found.country().isoCode()).isEqualTo(city.countryCode());
          assertThat(found.country().name()).isEqualTo(city.country());
          assertThat(found.location().timeZone()).isNotBlank();
          assertThat(found.location().latitude()).isNotNull();
        }
      }
      assertThat(reader.tryCity(InetAddress.getByName("192.0.2.1"))).isEmpty();
    }
  }

  @Test
  void aDatabaseThatIsThereAlreadyStaysUntouched() throws IOException {
    Path file = DemoGeoip.install(folder);
    FileTime before = FileTime.fromMillis(1_000_000);
    Files.setLastModifiedTime(file, before);
    DemoGeoip.install(folder);
    assertThat(Files.getLastModifiedTime(file)).isEqualTo(before);
  }
}
