package io.medallion.silver.enrich;

import io.medallion.common.event.ParsedEvent;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;

/**
 * Where a visit came from: the referrer's domain and what kind of place that is, and the campaign
 * that the page's address names by its {@code utm_} parameters.
 */
public final class TrafficSourceEnricher implements Enricher {
  private static final int CACHED = 16_384;

  /** Longer addresses are real, but not cached: a hostile producer would fill the heap. */
  private static final int LONGEST_CACHED = 512;

  private static final List<Column> COLUMNS =
      List.of(
          new Column("referrer_domain", Type.TEXT),
          new Column("referrer_medium", Type.TEXT),
          new Column("utm_source", Type.TEXT),
          new Column("utm_medium", Type.TEXT),
          new Column("utm_campaign", Type.TEXT),
          new Column("utm_term", Type.TEXT),
          new Column("utm_content", Type.TEXT));
  private static final int FIRST_UTM = 2;

  private final SetAssociativeCache cache = new SetAssociativeCache(CACHED);
  private final OwnHosts ownHosts;
  private final Function<String, Object> text;
  private final Object[] direct;

  /**
   * @param ownHosts whose pages are one's own, besides that of the page itself
   * @param text makes of a string what the caller stores
   */
  public TrafficSourceEnricher(List<String> ownHosts, Function<String, Object> text) {
    this.ownHosts = OwnHosts.of(ownHosts);
    this.text = text;
    this.direct = new Object[] {null, text.apply("direct"), null, null, null, null, null};
  }

  @Override
  public List<Column> columns() {
    return COLUMNS;
  }

  @Override
  public Object[] values(ParsedEvent event) {
    return values(event.referrer(), event.url());
  }

  /**
   * The values for a page that was come to.
   *
   * @param referrer as sent; null for none
   * @param url of the page, or its path; null for none
   */
  Object[] values(String referrer, String url) {
    String campaign = campaign(url);
    if (referrer == null && campaign == null) {
      return direct;
    }
    String host = Referrer.host(url);
    String key = referrer + "\n" + host + "\n" + campaign;
    return key.length() > LONGEST_CACHED
        ? find(referrer, host, campaign)
        : cache.get(key, missing -> find(referrer, host, campaign));
  }

  private Object[] find(String referrer, String host, String campaign) {
    Object[] values = direct.clone();
    Referrer from = Referrer.of(referrer, ownHosts.with(host));
    values[0] = from.domain() == null ? null : text.apply(from.domain());
    values[1] = text.apply(from.medium());
    if (campaign != null) {
      for (String parameter : campaign.split("&", -1)) {
        int equals = parameter.indexOf('=');
        for (int column = FIRST_UTM; equals > 0 && column < values.length; column++) {
          if (parameter.substring(0, equals).equalsIgnoreCase(COLUMNS.get(column).name())
              && values[column] == null) {
            values[column] = decoded(parameter.substring(equals + 1));
          }
        }
      }
    }
    return values;
  }

  /** The query of an address that names a campaign; null for others. */
  private static String campaign(String url) {
    int query = url == null ? -1 : url.indexOf('?');
    if (query < 0 || !hasUtm(url, query)) {
      return null;
    }
    int end = url.indexOf('#', query);
    return url.substring(query + 1, end < 0 ? url.length() : end);
  }

  private static boolean hasUtm(String url, int query) {
    for (int i = query + 1; i + 4 <= url.length(); i++) {
      if (url.regionMatches(true, i, "utm_", 0, 4)
          && (url.charAt(i - 1) == '?' || url.charAt(i - 1) == '&')) {
        return true;
      }
    }
    return false;
  }

  private Object decoded(String value) {
    String plain;
    try {
      plain = URLDecoder.decode(value, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      // A stray percent sign: as it was sent.
      plain = value;
    }
    // Postgres takes no such character, and nobody means it.
    return plain.isBlank() || plain.indexOf('\0') >= 0 ? null : text.apply(plain);
  }
}
