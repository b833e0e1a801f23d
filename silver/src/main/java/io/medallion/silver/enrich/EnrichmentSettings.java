package io.medallion.silver.enrich;

import io.medallion.common.config.ConfigKey;
import io.medallion.common.config.Configuration;
import io.medallion.common.contract.ContractColumn;
import io.medallion.common.contract.FieldRules;
import io.medallion.common.event.EventRules;
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
 * @param ownHosts from which a visitor does not come from elsewhere, as a contract names them
 * @param campaignFields the columns of an event that say what a campaign is; -1 for none
 */
public record EnrichmentSettings(
    Map<String, String> settings, List<String> ownHosts, List<Integer> campaignFields)
    implements Serializable {
  private static final String PREFIX = "silver.";

  /** The databases and caches behind enrichers are large: all tasks of a process share them. */
  private static final Map<EnrichmentSettings, List<BoundEnricher>> OF_THIS_PROCESS =
      new ConcurrentHashMap<>();

  /** Those of a configuration, and of a contract. */
  public static EnrichmentSettings of(Configuration configuration, EventRules rules) {
    Map<String, String> settings = new TreeMap<>();
    configuration.below(PREFIX).forEach((name, text) -> settings.put(PREFIX + name, text));
    List<String> columns = rules.columns().stream().map(ContractColumn::name).toList();
    return new EnrichmentSettings(
        settings,
        rules.contract().pages().hosts(),
        FieldRules.CAMPAIGN.stream().map(columns::indexOf).toList());
  }

  /**
   * The same without a database.
   *
   * @param database the setting that names it
   */
  public EnrichmentSettings without(ConfigKey<String> database) {
    Map<String, String> others = new TreeMap<>(settings);
    others.remove(database.name());
    return new EnrichmentSettings(others, ownHosts, campaignFields);
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
        Enrichers.of(configuration, of.ownHosts(), of.campaignFields(), UTF8String::fromString),
        TableDefinition.SILVER.schema(),
        SilverColumns.ENRICHED);
  }
}
