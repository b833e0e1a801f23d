package io.medallion.silver.enrich;

import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.common.event.ParsedEvent;
import io.medallion.lakehouse.session.SubmittedFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where an event's address is, and whose network it is of, by MaxMind databases that may be
 * replaced while the job runs.
 *
 * <p>An answer and the databases that gave it are one: they are swapped together with the cache,
 * which has what both say of an address.
 */
public final class GeoIpEnricher implements Enricher {
  private static final Logger LOG = LoggerFactory.getLogger(GeoIpEnricher.class);

  /** A hundred bytes each without the place, which most share with others: 13 MB. */
  private static final int CACHED = 131_072;

  private static final List<Column> COLUMNS =
      List.of(
          new Column("country_code", Type.TEXT),
          new Column("country", Type.TEXT),
          new Column("region", Type.TEXT),
          new Column("city", Type.TEXT),
          new Column("latitude", Type.DOUBLE),
          new Column("longitude", Type.DOUBLE),
          new Column("time_zone", Type.TEXT),
          new Column("geo_status", Type.TEXT),
          new Column("geoip_db_build", Type.TIMESTAMP),
          new Column("asn", Type.LONG),
          new Column("as_organization", Type.TEXT),
          new Column("asn_db_build", Type.TIMESTAMP));

  /** Answers of two databases, each null if there is none in use. */
  private final class Answers {
    private final GeoDatabase<Place> places;
    private final GeoDatabase<Network> networks;
    private final SetAssociativeCache cache = new SetAssociativeCache(CACHED);
    private final Object[] noAddress;
    private final Object[] badAddress;

    Answers(GeoDatabase<Place> places, GeoDatabase<Network> networks) {
      this.places = places;
      this.networks = networks;
      this.noAddress = values(null, GeoStatus.NO_ADDRESS, null);
      this.badAddress = values(null, GeoStatus.BAD_ADDRESS, null);
    }

    Object[] of(String address) {
      if (address == null || (places == null && networks == null)) {
        return noAddress;
      }
      // What is too long for an address does not deserve a place in memory.
      return address.length() > IpAddressParser.LONGEST
          ? badAddress
          : cache.get(address, this::locate);
    }

    private Object[] locate(String text) {
      byte[] address = IpAddressParser.parse(text);
      if (address == null) {
        return badAddress;
      }
      if (IpAddressParser.isPrivate(address)) {
        return values(null, GeoStatus.PRIVATE_ADDRESS, null);
      }
      Network network = network(address);
      try {
        Place place = places == null ? null : places.find(address).orElse(null);
        return values(place, place == null ? GeoStatus.NOT_IN_DATABASE : GeoStatus.FOUND, network);
      } catch (IOException | RuntimeException e) {
        LOG.warn("The GeoIP database broke on an address; it stays unlocated: {}", e.toString());
        return values(null, GeoStatus.DATABASE_ERROR, network);
      }
    }

    private Network network(byte[] address) {
      try {
        return networks == null ? null : networks.find(address).orElse(null);
      } catch (IOException | RuntimeException e) {
        LOG.warn("The ASN database broke on an address; it has no network: {}", e.toString());
        return null;
      }
    }

    /**
     * The values of all columns.
     *
     * @param place null if none was found
     * @param status how that came out, if there is a database
     * @param network null if none was found
     */
    private Object[] values(Place place, GeoStatus status, Network network) {
      Object[] values = new Object[COLUMNS.size()];
      if (place != null) {
        values[0] = stored(place.countryCode());
        values[1] = stored(place.country());
        values[2] = stored(place.region());
        values[3] = stored(place.city());
        values[4] = place.latitude();
        values[5] = place.longitude();
        values[6] = stored(place.timeZone());
      }
      values[7] = stored((places == null ? GeoStatus.NO_DATABASE : status).text());
      values[8] = places == null ? null : (Object) places.buildMicros();
      if (network != null) {
        values[9] = network.number();
        values[10] = stored(network.organization());
      }
      values[11] = networks == null ? null : (Object) networks.buildMicros();
      return values;
    }
  }

  private final Function<String, Object> text;
  private final Executor background;
  private final GeoDatabaseReloader<Place> places;
  private final GeoDatabaseReloader<Network> networks;
  private volatile Answers answers;

  /** The enricher that a configuration asks for. */
  public static GeoIpEnricher of(Configuration configuration, Function<String, Object> text) {
    return new GeoIpEnricher(
        configuration.find(Keys.SILVER_GEOIP_DATABASE).map(SubmittedFiles::of).orElse(null),
        configuration.find(Keys.SILVER_GEOIP_ASN_DATABASE).map(SubmittedFiles::of).orElse(null),
        configuration.get(Keys.SILVER_GEOIP_REQUIRED),
        configuration.get(Keys.SILVER_GEOIP_REFRESH),
        text,
        System::nanoTime,
        GeoIpEnricher::inBackground);
  }

  /** Reading a database takes longer than a batch may; the one in use serves until then. */
  private static void inBackground(Runnable look) {
    Thread thread = new Thread(look, "geoip-database");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * @param database of places, null if nothing is located
   * @param asnDatabase of networks, null if these are not wanted
   * @param required whether a start without one that is named is an error
   * @param refresh how often the files are looked at
   * @param text makes of a string what the caller stores
   * @param nanoClock tells when that is due
   * @param background runs the look, if the file is not the first one
   */
  GeoIpEnricher(
      Path database,
      Path asnDatabase,
      boolean required,
      Duration refresh,
      Function<String, Object> text,
      LongSupplier nanoClock,
      Executor background) {
    this.text = text;
    this.background = background;
    this.places = reloader(database, Place.CONTENT, refresh, nanoClock);
    this.networks = reloader(asnDatabase, Network.CONTENT, refresh, nanoClock);
    this.answers = new Answers(first(places, required), first(networks, required));
  }

  private static <T> GeoDatabaseReloader<T> reloader(
      Path path, GeoContent<T> content, Duration refresh, LongSupplier nanoClock) {
    return path == null ? null : new GeoDatabaseReloader<>(path, content, refresh, nanoClock);
  }

  private static <T> GeoDatabase<T> first(GeoDatabaseReloader<T> file, boolean required) {
    if (file == null) {
      return null;
    }
    Optional<GeoDatabase<T>> database = file.loadIfChanged();
    if (database.isEmpty() && required) {
      throw new MedallionException(
          ErrorCode.GEOIP_UNREADABLE,
          "The %s %s cannot be used".formatted(file.content().name(), file.path()),
          file.lastProblem(),
          "Put a MaxMind %s database (.mmdb) there, or set silver.geoip.required=false to run without it until one is there."
              .formatted(file.content().kinds()));
    }
    return database.orElse(null);
  }

  @Override
  public List<Column> columns() {
    return COLUMNS;
  }

  @Override
  public Object[] values(ParsedEvent event) {
    return values(event.ipAddress());
  }

  Object[] values(String address) {
    if (places != null && places.isDue()) {
      background.execute(() -> places.loadIfChanged().ifPresent(this::locateBy));
    }
    if (networks != null && networks.isDue()) {
      background.execute(() -> networks.loadIfChanged().ifPresent(this::nameBy));
    }
    return answers.of(address);
  }

  private synchronized void locateBy(GeoDatabase<Place> database) {
    answers = new Answers(database, answers.networks);
  }

  private synchronized void nameBy(GeoDatabase<Network> database) {
    answers = new Answers(answers.places, database);
  }

  private Object stored(String value) {
    return value == null ? null : text.apply(value);
  }
}
