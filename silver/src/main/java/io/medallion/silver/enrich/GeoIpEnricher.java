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
 * Where an event's address is, by a MaxMind database that may be replaced while the job runs.
 *
 * <p>An answer and the database that gave it are one: they are swapped together with the cache.
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
          new Column("geoip_db_build", Type.TIMESTAMP));

  /** Answers of one database, null if there is none in use. */
  private final class Answers {
    private final GeoDatabase database;
    private final Long build;
    private final SetAssociativeCache cache = new SetAssociativeCache(CACHED);
    private final Object[] noAddress;
    private final Object[] badAddress;

    Answers(GeoDatabase database) {
      this.database = database;
      this.build = database == null ? null : database.buildMicros();
      this.noAddress = without(database == null ? GeoStatus.NO_DATABASE : GeoStatus.NO_ADDRESS);
      this.badAddress = without(GeoStatus.BAD_ADDRESS);
    }

    Object[] of(String address) {
      if (address == null || database == null) {
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
        return without(GeoStatus.PRIVATE_ADDRESS);
      }
      try {
        return database
            .find(address)
            .map(this::found)
            .orElseGet(() -> without(GeoStatus.NOT_IN_DATABASE));
      } catch (IOException | RuntimeException e) {
        LOG.warn("The GeoIP database broke on an address; it stays unlocated: {}", e.toString());
        return without(GeoStatus.DATABASE_ERROR);
      }
    }

    private Object[] found(GeoDatabase.Place place) {
      return new Object[] {
        stored(place.countryCode()),
        stored(place.country()),
        stored(place.region()),
        stored(place.city()),
        place.latitude(),
        place.longitude(),
        stored(place.timeZone()),
        stored(GeoStatus.FOUND.text()),
        build
      };
    }

    private Object[] without(GeoStatus status) {
      return new Object[] {null, null, null, null, null, null, null, stored(status.text()), build};
    }
  }

  private final Function<String, Object> text;
  private final GeoDatabaseReloader file;
  private final Executor background;
  private volatile Answers answers;

  /** The enricher that a configuration asks for. */
  public static GeoIpEnricher of(Configuration configuration, Function<String, Object> text) {
    return new GeoIpEnricher(
        configuration.find(Keys.SILVER_GEOIP_DATABASE).map(SubmittedFiles::of).orElse(null),
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
   * @param path of the database, null if nothing is located
   * @param required whether a start without it is an error
   * @param refresh how often the file is looked at
   * @param text makes of a string what the caller stores
   * @param nanoClock tells when that is due
   * @param background runs the look, if the file is not the first one
   */
  GeoIpEnricher(
      Path path,
      boolean required,
      Duration refresh,
      Function<String, Object> text,
      LongSupplier nanoClock,
      Executor background) {
    this.text = text;
    this.background = background;
    this.file = path == null ? null : new GeoDatabaseReloader(path, refresh, nanoClock);
    this.answers = new Answers(file == null ? null : first(required));
  }

  private GeoDatabase first(boolean required) {
    Optional<GeoDatabase> database = file.loadIfChanged();
    if (database.isEmpty() && required) {
      throw new MedallionException(
          ErrorCode.GEOIP_UNREADABLE,
          "The GeoIP database " + file.path() + " cannot be used",
          file.lastProblem(),
          "Put a MaxMind City or Country database (.mmdb) there, or set"
              + " silver.geoip.required=false to run without it until one is there.");
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
    if (file != null && file.isDue()) {
      background.execute(
          () -> file.loadIfChanged().ifPresent(database -> answers = new Answers(database)));
    }
    return answers.of(address);
  }

  private Object stored(String value) {
    return value == null ? null : text.apply(value);
  }
}
