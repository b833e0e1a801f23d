package io.medallion.silver.enrich;

import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import java.util.List;
import java.util.function.Function;

/**
 * Every enricher. A new one is a class and a line here; its columns are bound by their names to
 * those that silver has for enrichers, and all of these must be filled.
 */
public final class Enrichers {
  private Enrichers() {}

  /**
   * The enrichers that a configuration asks for; one list serves all tasks of a process.
   *
   * @param ownHosts whose pages are one's own; with {@code *.} before one its subdomains are too
   * @param ownHosts from which nobody comes from elsewhere
   * @param campaignFields as {@link TrafficSourceEnricher} takes them
   * @param text makes of a string what the caller stores; called once for each cached answer
   * @throws io.medallion.common.error.MedallionException where a needed database is not readable
   */
  public static List<Enricher> of(
      Configuration configuration,
      List<String> ownHosts,
      List<Integer> campaignFields,
      Function<String, Object> text) {
    return List.of(
        GeoIpEnricher.of(configuration, text),
        new UserAgentEnricher(configuration.get(Keys.SILVER_CRAWLER_WORDS), text),
        new TrafficSourceEnricher(ownHosts, campaignFields, text));
  }
}
