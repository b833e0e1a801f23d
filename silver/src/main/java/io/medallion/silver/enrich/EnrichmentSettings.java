package io.medallion.silver.enrich;

import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.lakehouse.schema.SilverColumns;
import io.medallion.lakehouse.schema.TableDefinition;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * What enrichers need to know, in a form that travels to executors: silver's settings alone, so
 * that no secret travels with them.
 *
 * @param settings by name
 */
public record EnrichmentSettings(Map<String, String> settings) implements Serializable {
  private static final String PREFIX = "silver.";

  /** The databases and caches behind enrichers are large: all tasks of a process share them. */
  private static final Map<EnrichmentSettings, List<BoundEnricher>> OF_THIS_PROCESS =
      new ConcurrentHashMap<>();

  public static EnrichmentSettings of(Configuration configuration) {
    Map<String, String> settings = new TreeMap<>();
    configuration.below(PREFIX).forEach((name, text) -> settings.put(PREFIX + name, text));
    return new EnrichmentSettings(settings);
  }

  /** The same without a GeoIP database. */
  public EnrichmentSettings withoutGeoip() {
    Map<String, String> others = new TreeMap<>(settings);
    others.remove(Keys.SILVER_GEOIP_DATABASE.name());
    return new EnrichmentSettings(others);
  }

  /**
   * The enrichers of this process.
   *
   * @throws io.medallion.common.error.MedallionException where one lacks what it must have
   * @throws IllegalStateException if their columns are not those that silver has for them
   */
  public List<BoundEnricher> enrichers() {
    return OF_THIS_PROCESS.computeIfAbsent(this, EnrichmentSettings::make);
  }

  private static List<BoundEnricher> make(EnrichmentSettings of) {
    Configuration configuration =
        Configuration.builder().services(of.settings(), "the driver").build();
    return BoundEnricher.bind(
        Enrichers.of(configuration, UTF8String::fromString),
        TableDefinition.SILVER.schema(),
        SilverColumns.ENRICHED);
  }
}
