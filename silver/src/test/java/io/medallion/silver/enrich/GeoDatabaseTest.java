package io.medallion.silver.enrich;

import static io.medallion.silver.enrich.MmdbBuilder.country;
import static io.medallion.silver.enrich.MmdbBuilder.joined;
import static io.medallion.silver.enrich.MmdbBuilder.map;
import static io.medallion.silver.enrich.MmdbBuilder.metadata;
import static io.medallion.silver.enrich.MmdbBuilder.network;
import static io.medallion.silver.enrich.MmdbBuilder.number;
import static io.medallion.silver.enrich.MmdbBuilder.ofNetworks;
import static io.medallion.silver.enrich.MmdbBuilder.place;
import static io.medallion.silver.enrich.MmdbBuilder.pointer;
import static io.medallion.silver.enrich.MmdbBuilder.text;
import static io.medallion.silver.enrich.MmdbBuilder.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.maxmind.db.Networks;
import com.maxmind.db.Reader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What of a damaged database is noticed before it is used. */
class GeoDatabaseTest {
  private static final Path DEMO =
      Path.of("../tools/demo/src/main/resources/io/medallion/demo/geoip/demo-city.mmdb");
  private static final Instant BUILD = Instant.parse("2026-01-01T00:00:00Z");
  private static final byte[] BERLIN = place(number(52.52), number(13.405));

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"city.mmdb", "city-moved.mmdb", "country.mmdb"})
  void aWholeDatabaseIsTaken(String name) throws IOException {
    Path file = Path.of("src/test/resources/geoip").resolve(name);
    assertThat(GeoDatabase.load(file, Place.CONTENT).buildMicros()).isPositive();
  }

  @ParameterizedTest
  @ValueSource(strings = {"GeoLite2-ASN", "DBIP-ASN-Lite (compat=GeoLite2-ASN)", "GeoIP2-ISP"})
  void aDatabaseOfNetworksIsTaken(String type) throws IOException {
    GeoDatabase<Network> database =
        loadNetworks(ofNetworks(type, BUILD, network(4_200_000_000L, "Example Networks")));

    assertThat(database.find(new byte[] {(byte) 203, 0, 113, 9}))
        .contains(new Network(4_200_000_000L, "Example Networks"));
    assertThat(database.find(new byte[] {10, 0, 0, 1})).isEmpty();
  }

  @Test
  void oneKindIsNotTakenForTheOther() {
    MmdbBuilder networks = ofNetworks("GeoLite2-ASN", BUILD, network(64_496, "Example Networks"));

    assertThatIOException()
        .isThrownBy(() -> load(networks.bytes()))
        .withMessage("it is no whole City or Country database: its type is GeoLite2-ASN");
    assertThatIOException()
        .isThrownBy(() -> loadNetworks(database(BERLIN)))
        .withMessage("it is no whole ASN or ISP database: its type is Test-City");
  }

  static List<Arguments> wrongNetworks() {
    return List.of(
        arguments("a network has the number 0", network(0, "Nobody")),
        arguments("autonomous_system_number", map(text("autonomous_system_number"), text("64496"))),
        arguments(
            "none of its records has a number of a network",
            map(text("autonomous_system_organization"), text("Example Networks"))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void wrongNetworks(String reason, byte[] record) {
    assertThatIOException()
        .isThrownBy(() -> loadNetworks(ofNetworks("GeoLite2-ASN", BUILD, record)))
        .withMessageStartingWith("it is no whole ASN or ISP database: ")
        .withMessageContaining(reason);
  }

  static List<Arguments> whole() {
    return List.of(
        arguments("one place", database(BERLIN)),
        arguments("a place at the end of the world", database(place(number(-90), number(180)))),
        arguments("a place at 0, 0", database(place(number(0), number(-0.0)))),
        arguments("a country alone", database(map(text("country"), country(text("DE"))))),
        arguments("the longest way down", new MmdbBuilder().tree(chain(32)).data(BERLIN)),
        arguments("one record for two networks", new MmdbBuilder().tree(17, 17).data(BERLIN)),
        arguments(
            "values that others point to",
            new MmdbBuilder()
                .tree(17, 17 + 22)
                .data(map(text("country"), country(text("DE"))))
                .data(map(pointer(1), pointer(9)))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void whole(String what, MmdbBuilder database) throws IOException {
    assertThat(load(database.bytes()).find(new byte[4]).orElseThrow().countryCode())
        .isEqualTo("DE");
  }

  static List<Arguments> damaged() {
    byte[] invalid = value(2, new byte[] {'D', (byte) 0xC3});
    byte[] nul = value(2, new byte[] {'D', 0});
    return List.of(
        arguments("node 0 of its tree is below itself", new MmdbBuilder().tree(0, 17).data(BERLIN)),
        arguments(
            "node 0 of its tree is below itself", new MmdbBuilder().tree(1, 2, 18, 0).data(BERLIN)),
        arguments(
            "deeper than an address has bits", new MmdbBuilder().tree(chain(33)).data(BERLIN)),
        arguments(
            "1 nodes of its tree are under no address",
            new MmdbBuilder().tree(18, 18, 18, 2).data(BERLIN)),
        arguments("points out of the data", new MmdbBuilder().tree(17, 17 + 60_000).data(BERLIN)),
        arguments("points out of the data", new MmdbBuilder().tree(17, 16).data(BERLIN)),
        arguments("is no map", new MmdbBuilder().tree(17, 18).data(BERLIN)),
        arguments("is no map", database(text("DE"))),
        arguments("is under no address", database(BERLIN, map())),
        arguments(
            "the record at 1 of its data is under no address",
            new MmdbBuilder()
                .tree(17, 17 + 22)
                .data(joined(new byte[] {(byte) 0xE0}, text("country"), country(text("DE"))))
                .data(map(pointer(1), pointer(9)))),
        arguments(
            "1 records are inside of others",
            new MmdbBuilder()
                .tree(17, 17 + 24)
                .data(new byte[] {(byte) 0xE2}, text("country"), country(text("DE")))
                .data(text("x"), map())),
        arguments("holds itself", database(map(text("country"), pointer(0)))),
        arguments("points out of the file", database(map(text("country"), pointer(2_047)))),
        arguments(
            "points to a pointer", database(map(text("a"), pointer(7), text("b"), pointer(3)))),
        arguments("overlaps another", database(map(text("xAy"), text("1"), text("b"), pointer(3)))),
        arguments("is nested deeper than 512 levels", database(nested(513))),
        arguments("is no text, and a key", database(map(number(1), text("DE")))),
        arguments("has a key twice", database(map(text("x"), text("1"), text("x"), text("2")))),
        arguments("has a key twice", database(map(text("x"), text("1"), pointer(1), text("2")))),
        arguments("is not UTF-8", database(map(text("country"), country(invalid)))),
        arguments("has a control character", database(map(text("country"), country(nul)))),
        arguments("has the type 12", database(map(text("x"), value(12, new byte[0])))),
        arguments("has the type 7", database(map(text("x"), new byte[] {0, 0}))),
        arguments("has 5 bytes", database(place(value(3, new byte[5]), number(1)))),
        arguments("has 3 bytes", database(map(text("x"), value(5, new byte[3])))),
        arguments("is longer than the file", database(map(text("x"), new byte[] {0x5C, 'y'}))),
        arguments("goes on behind the end", database(map(text("x"), new byte[] {0x5D}))),
        arguments("is no number", database(place(number(Double.NaN), number(1)))),
        arguments("is no number", database(place(number(1), number(Double.NEGATIVE_INFINITY)))),
        arguments("a place is at latitude 90.1", database(place(number(90.1), number(1)))),
        arguments("longitude -180.5", database(place(number(1), number(-180.5)))),
        arguments("a place is at latitude 5.9E-91", database(place(number(5.9e-91), number(1)))),
        arguments("longitude null", database(place(number(1), null))),
        arguments("latitude null", database(place(null, number(1)))),
        arguments("latitude", database(place(text("52.52"), number(1)))),
        arguments("iso_code", database(map(text("country"), country(number(1))))),
        arguments("country", database(map(text("country"), text("DE")))),
        arguments("none of its records has a country", database(map(text("city"), map()))),
        arguments("something follows its metadata", database(BERLIN).end(new byte[1])),
        arguments("tree of 60000 nodes", database(BERLIN).metadata(metadata(60_000, 24, 4, BUILD))),
        arguments("does not end where", database(BERLIN).metadata(metadata(2, 24, 4, BUILD))),
        arguments("tree of 0 nodes", database(BERLIN).metadata(metadata(0, 24, 4, BUILD))),
        arguments("does not end where", database(BERLIN).metadata(metadata(1, 28, 4, BUILD))),
        arguments("records of 20 bits", database(BERLIN).metadata(metadata(1, 20, 4, BUILD))),
        arguments("of version 5", database(BERLIN).metadata(metadata(1, 24, 5, BUILD))),
        arguments(
            "claims to be built at 1970",
            database(BERLIN).metadata(metadata(1, 24, 4, Instant.EPOCH))),
        arguments(
            "claims to be built at 2222",
            database(BERLIN).metadata(metadata(1, 24, 4, Instant.parse("2222-02-02T00:00:00Z")))),
        arguments(
            "is longer than the file",
            database(BERLIN).metadata(joined(new byte[] {(byte) 0xFF}, number(0xFFFFFF, 3)))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void damaged(String reason, MmdbBuilder database) {
    assertThatIOException()
        .isThrownBy(() -> load(database.bytes()))
        .withMessageStartingWith("it is no whole City or Country database: ")
        .withMessageContaining(reason);
  }

  /** What happens to files. */
  private enum Damage {
    BIT_FLIPPED,
    BYTE_CHANGED,
    ZEROS,
    BLOCK_OF_ELSEWHERE,
    BYTES_LOST,
    BYTES_ADDED,
    CUT_SHORT;

    byte[] to(byte[] file, Random random) {
      byte[] damaged = file.clone();
      int at = random.nextInt(file.length);
      int length = Math.min(1 + random.nextInt(600), file.length - at);
      switch (this) {
        case BIT_FLIPPED -> damaged[at] ^= (byte) (1 << random.nextInt(8));
        case BYTE_CHANGED -> damaged[at] = (byte) random.nextInt();
        case ZEROS -> Arrays.fill(damaged, at, at + length, (byte) 0);
        case BLOCK_OF_ELSEWHERE ->
            System.arraycopy(file, random.nextInt(file.length - length + 1), damaged, at, length);
        case BYTES_LOST -> {
          damaged = Arrays.copyOf(file, file.length - length);
          System.arraycopy(file, at + length, damaged, at, file.length - at - length);
        }
        case BYTES_ADDED -> {
          damaged = Arrays.copyOf(file, file.length + length);
          System.arraycopy(file, at, damaged, at + length, file.length - at);
        }
        case CUT_SHORT -> damaged = Arrays.copyOf(file, at);
      }
      return damaged;
    }
  }

  /**
   * Nothing in the format shows that a text or a number was another one, or that a network led to
   * another record; but nothing else changes an answer.
   */
  @Test
  void noDamageChangesAnAnswerUnlessItIsAnotherWholeValue() throws Exception {
    byte[] demo = Files.readAllBytes(DEMO);
    List<byte[]> addresses = addresses(demo);
    List<Object> answers = answers(load(demo), addresses);
    BitSet values = MmdbContent.of(demo);
    Map<Damage, Integer> refused = new EnumMap<>(Damage.class);
    int tries = 150;
    for (Damage damage : Damage.values()) {
      for (int seed = 0; seed < tries; seed++) {
        byte[] damaged = damage.to(demo, new Random(31L * seed + damage.name().hashCode()));
        GeoDatabase<Place> database;
        try {
          database = load(damaged);
        } catch (IOException e) {
          assertThat(e).hasMessageMatching("(?s).{10,}");
          refused.merge(damage, 1, Integer::sum);
          continue;
        }
        if (!answers(database, addresses).equals(answers)) {
          assertThat(damaged).as("%s, seed %d", damage, seed).hasSameSizeAs(demo);
          for (int at = 0; at < demo.length; at++) {
            assertThat(damaged[at] == demo[at] || values.get(at))
                .as("%s, seed %d: byte %d is of a value", damage, seed, at)
                .isTrue();
          }
        }
      }
    }
    assertThat(refused).containsOnlyKeys(Damage.values());
  }

  private static List<byte[]> addresses(byte[] file) throws Exception {
    List<byte[]> addresses = new ArrayList<>();
    try (Reader reader = new Reader(new ByteArrayInputStream(file))) {
      Networks<Object> networks = reader.networks(false, Object.class);
      while (networks.hasNext()) {
        byte[] first = networks.next().network().networkAddress().getAddress();
        addresses.add(first);
        byte[] near = first.clone();
        near[1] ^= 64;
        addresses.add(near);
      }
    }
    assertThat(addresses).hasSizeGreaterThan(100);
    return addresses;
  }

  private static List<Object> answers(GeoDatabase<Place> database, List<byte[]> addresses)
      throws IOException {
    List<Object> answers = new ArrayList<>();
    answers.add(database.buildMicros());
    for (byte[] address : addresses) {
      answers.add(database.find(address));
    }
    return answers;
  }

  private static MmdbBuilder database(byte[]... data) {
    return new MmdbBuilder().data(data);
  }

  /** Each node leads to the next one on the left, and the last to the first value. */
  private static long[] chain(int nodes) {
    return LongStream.range(0, nodes)
        .flatMap(node -> LongStream.of(node + 1 < nodes ? node + 1 : nodes + 16, nodes))
        .toArray();
  }

  private static byte[] nested(int levels) {
    byte[] value = text("x");
    for (int level = 0; level < levels; level++) {
      value = map(text("x"), value);
    }
    return value;
  }

  private GeoDatabase<Place> load(byte[] bytes) throws IOException {
    return GeoDatabase.load(Files.write(folder.resolve("geo.mmdb"), bytes), Place.CONTENT);
  }

  private GeoDatabase<Network> loadNetworks(MmdbBuilder database) throws IOException {
    return GeoDatabase.load(
        Files.write(folder.resolve("asn.mmdb"), database.bytes()), Network.CONTENT);
  }
}
