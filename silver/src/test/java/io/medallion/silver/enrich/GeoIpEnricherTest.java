package io.medallion.silver.enrich;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GeoIpEnricherTest {
  private static final Path DATABASES = Path.of("src/test/resources/geoip");
  private static final Duration REFRESH = Duration.ofSeconds(10);
  private static final int STATUS = 7;
  private static final int BUILD = 8;
  private static final int ASN = 9;
  private static final Instant BUILT = Instant.parse("2026-01-01T00:00:00Z");
  private static final long BUILT_MICROS = BUILT.getEpochSecond() * 1_000_000;

  @TempDir Path folder;

  private final AtomicLong clock = new AtomicLong();
  private Executor background = Runnable::run;
  private Path file;
  private Path asnFile;

  @BeforeEach
  void cityDatabase() throws IOException {
    file = folder.resolve("geo.mmdb");
    asnFile = folder.resolve("networks.mmdb");
    put("city.mmdb");
  }

  @Test
  void aCityDatabaseFillsEveryColumn() {
    Object[] values = enricher(true).values("203.0.113.9");

    assertThat(Arrays.copyOf(values, BUILD))
        .containsExactly(
            "DE", "Germany", "Land Berlin", "Berlin", 52.52, 13.405, "Europe/Berlin", "found");
    assertThat((Long) values[BUILD]).isGreaterThan(1_700_000_000_000_000L);
  }

  @Test
  void columnsAndValuesAgree() {
    GeoIpEnricher enricher = enricher(true);

    assertThat(enricher.columns()).hasSameSizeAs(enricher.values("203.0.113.9"));
    assertThat(enricher.columns().get(STATUS).name()).isEqualTo("geo_status");
  }

  @Test
  void aCountryDatabaseFillsTheCountry() throws IOException {
    put("country.mmdb");

    assertThat(enricher(true).values("203.0.113.9"))
        .startsWith("DE", "Germany", null, null, null, null, null, "found");
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "none",
      value = {
        "203.0.113.255, found",
        "203.0.114.0, not_in_database",
        "2001:db8:1::5, found",
        "2001:db8:2::5, not_in_database",
        "::ffff:203.0.113.9, found",
        "10.1.2.3, private_address",
        "100.64.0.1, private_address",
        "fd00::1, private_address",
        "::1, private_address",
        "none, no_address",
        "localhost, bad_address",
        "203.0.113.9:80, bad_address",
        "1.1.1.1.evil.example, bad_address"
      })
  void everyAddressHasAStatus(String address, String status) {
    assertThat(enricher(true).values(address)[STATUS]).isEqualTo(status);
  }

  @Test
  void anAnswerIsGivenAgainWithoutANewOne() {
    GeoIpEnricher enricher = enricher(true);

    assertThat(enricher.values("203.0.113.9")).isSameAs(enricher.values("203.0.113.9"));
  }

  @Test
  void aReplacedDatabaseIsTakenAtTheNextLook() throws IOException {
    GeoIpEnricher enricher = enricher(true);
    enricher.values("203.0.113.9");
    put("city-moved.mmdb");

    assertThat(enricher.values("203.0.113.9")[3]).isEqualTo("Berlin");
    timePasses();
    assertThat(enricher.values("203.0.113.9")[3]).isEqualTo("Oslo");
  }

  @Test
  void aBadFileKeepsTheOldDatabaseUntilAGoodOneIsThere() throws IOException {
    GeoIpEnricher enricher = enricher(true);
    byte[] moved = Files.readAllBytes(DATABASES.resolve("city-moved.mmdb"));

    for (byte[] bad :
        new byte[][] {Arrays.copyOf(moved, moved.length / 2), new byte[0], damaged(moved)}) {
      Files.write(file, bad);
      timePasses();
      assertThat(enricher.values("203.0.113.9")[3]).isEqualTo("Berlin");
    }
    Files.delete(file);
    timePasses();
    assertThat(enricher.values("203.0.113.9")[3]).isEqualTo("Berlin");

    Files.write(file, moved);
    timePasses();
    assertThat(enricher.values("203.0.113.9")[3]).isEqualTo("Oslo");
  }

  @Test
  void eventsDoNotWaitForADatabaseThatIsRead() throws IOException {
    Deque<Runnable> reads = new ArrayDeque<>();
    background = reads::add;
    GeoIpEnricher enricher = enricher(true);
    put("city-moved.mmdb");
    timePasses();

    assertThat(enricher.values("203.0.113.9")[3]).isEqualTo("Berlin");
    timePasses();
    assertThat(enricher.values("203.0.113.9")[3]).isEqualTo("Berlin");
    assertThat(reads).as("one look, however long it takes").hasSize(1);
    reads.remove().run();
    assertThat(enricher.values("203.0.113.9")[3]).isEqualTo("Oslo");
    enricher.values("203.0.113.9");
    assertThat(reads).isEmpty();
    timePasses();
    enricher.values("203.0.113.9");
    assertThat(reads).hasSize(1);
  }

  @Test
  void aRefusedFileIsReadAgainOnceItHasChanged() throws IOException {
    GeoDatabaseReloader<Place> reloader =
        new GeoDatabaseReloader<>(file, Place.CONTENT, REFRESH, clock::get);
    Files.write(file, damaged(Files.readAllBytes(file)));
    assertThat(reloader.loadIfChanged()).isEmpty();
    String reason = reloader.lastProblem();
    FileTime time = Files.getLastModifiedTime(file);

    Files.write(file, new byte[(int) Files.size(file)]);
    Files.setLastModifiedTime(file, time);
    assertThat(reloader.loadIfChanged()).isEmpty();
    assertThat(reloader.lastProblem()).isEqualTo(reason).startsWith("it is no whole");

    put("city-moved.mmdb");
    assertThat(reloader.loadIfChanged()).isPresent();
    assertThat(reloader.lastProblem()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"missing", "asn.mmdb", "make-databases.pl"})
  void aStartWithoutAGoodDatabaseIsAnErrorThatSaysWhatToDo(String name) throws IOException {
    Files.delete(file);
    if (!name.equals("missing")) {
      put(name);
    }

    assertThatThrownBy(() -> enricher(true))
        .isInstanceOfSatisfying(
            MedallionException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.GEOIP_UNREADABLE);
              assertThat(e.problem()).contains(file.toString());
              assertThat(e.remedy()).contains("silver.geoip.required=false");
            });
  }

  @Test
  void whereItIsNotRequiredTheStartGoesOnAndTakesALaterOne() throws IOException {
    Files.delete(file);
    GeoIpEnricher enricher = enricher(false);
    assertThat(enricher.values("203.0.113.9")[STATUS]).isEqualTo("no_database");

    put("city.mmdb");
    timePasses();
    assertThat(enricher.values("203.0.113.9")[STATUS]).isEqualTo("found");
  }

  @Test
  void withoutAConfiguredDatabaseNothingIsLocated() {
    GeoIpEnricher enricher =
        new GeoIpEnricher(null, null, true, REFRESH, text -> text, clock::get, background);

    assertThat(enricher.values("203.0.113.9"))
        .containsExactly(
            null, null, null, null, null, null, null, "no_database", null, null, null, null);
  }

  @Test
  void anAsnDatabaseNamesTheNetworkNextToThePlace() throws IOException {
    putNetwork(64_496, "Example Networks");
    GeoIpEnricher enricher = withNetworks(file, true);

    Object[] values = enricher.values("203.0.113.9");
    assertThat(values).startsWith("DE", "Germany").hasSameSizeAs(enricher.columns());
    assertThat(network(values)).containsExactly(64_496L, "Example Networks", BUILT_MICROS);
    assertThat(enricher.values("203.0.113.9")).isSameAs(values);
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "none",
      value = {"8.8.8.8", "192.168.1.2", "2001:db8:1::5", "none", "localhost"})
  void withoutANetworkItsColumnsAreNull(String address) throws IOException {
    putNetwork(64_496, "Example Networks");

    assertThat(network(withNetworks(file, true).values(address)))
        .containsExactly(null, null, BUILT_MICROS);
  }

  @Test
  void anAsnDatabaseAloneLocatesNothing() throws IOException {
    putNetwork(64_496, "Example Networks");
    Object[] values = withNetworks(null, true).values("203.0.113.9");

    assertThat(values).startsWith(null, null, null, null, null, null, null, "no_database", null);
    assertThat(network(values)).containsExactly(64_496L, "Example Networks", BUILT_MICROS);
  }

  @Test
  void eachOfTwoDatabasesIsReplacedOnItsOwn() throws IOException {
    putNetwork(64_496, "Example Networks");
    GeoIpEnricher enricher = withNetworks(file, true);
    enricher.values("203.0.113.9");

    putNetwork(64_497, "Others");
    timePasses();
    assertThat(enricher.values("203.0.113.9")).contains("Berlin", 64_497L, "Others");
    put("city-moved.mmdb");
    timePasses();
    assertThat(enricher.values("203.0.113.9")).contains("Oslo", 64_497L, "Others");

    Files.write(asnFile, Files.readAllBytes(file));
    timePasses();
    assertThat(enricher.values("203.0.113.9")).contains("Oslo", 64_497L, "Others");
  }

  @Test
  void databasesThatWereExchangedAreRefused() throws IOException {
    putNetwork(64_496, "Example Networks");
    Path city = file;

    file = asnFile;
    assertThatThrownBy(() -> enricher(true))
        .isInstanceOfSatisfying(
            MedallionException.class,
            e -> {
              assertThat(e.problem()).startsWith("The GeoIP database " + asnFile);
              assertThat(e.reason()).contains("its type is GeoLite2-ASN");
              assertThat(e.remedy()).contains("MaxMind City or Country database");
            });
    asnFile = city;
    assertThatThrownBy(() -> withNetworks(null, true))
        .isInstanceOfSatisfying(
            MedallionException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.GEOIP_UNREADABLE);
              assertThat(e.problem()).startsWith("The ASN database " + city);
              assertThat(e.reason()).contains("its type is GeoLite2-City");
              assertThat(e.remedy())
                  .contains("MaxMind ASN or ISP database", "silver.geoip.required=false");
            });
  }

  @Test
  void whereItIsNotRequiredNetworksAreNamedOnceADatabaseIsThere() throws IOException {
    GeoIpEnricher enricher = withNetworks(file, false);
    assertThat(network(enricher.values("203.0.113.9"))).containsExactly(null, null, null);

    putNetwork(64_496, "Example Networks");
    timePasses();
    assertThat(enricher.values("203.0.113.9")).contains("Berlin", 64_496L);
  }

  private static Object[] network(Object[] values) {
    return Arrays.copyOfRange(values, ASN, values.length);
  }

  private GeoIpEnricher enricher(boolean required) {
    return new GeoIpEnricher(file, null, required, REFRESH, text -> text, clock::get, background);
  }

  private GeoIpEnricher withNetworks(Path places, boolean required) {
    return new GeoIpEnricher(
        places, asnFile, required, REFRESH, text -> text, clock::get, background);
  }

  private void putNetwork(long number, String organization) throws IOException {
    byte[] network = MmdbBuilder.network(number, organization);
    Files.write(asnFile, MmdbBuilder.ofNetworks("GeoLite2-ASN", BUILT, network).bytes());
  }

  private void put(String name) throws IOException {
    Path fresh = folder.resolve("fresh");
    Files.copy(DATABASES.resolve(name), fresh);
    Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING);
  }

  /** The tree is overwritten, the metadata at the end is whole. */
  private static byte[] damaged(byte[] database) {
    byte[] damaged = database.clone();
    Arrays.fill(damaged, 0, 600, (byte) 0xFE);
    return damaged;
  }

  private void timePasses() {
    clock.addAndGet(REFRESH.toNanos());
  }
}
