package io.medallion.silver.enrich;

import io.medallion.common.contract.FieldRules;
import io.medallion.common.event.ParsedEvent;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;

/**
 * Where a visit came from: the referrer's domain and what kind of place that is, the campaign that
 * the page's address names by its {@code utm_} parameters, and the channel that follows from both.
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
          new Column("utm_content", Type.TEXT),
          new Column("channel", Type.TEXT));
  private static final int FIRST_UTM = 2;
  private static final int CHANNEL = 7;
  private static final String[] NONE = new String[CHANNEL - FIRST_UTM];

  private final SetAssociativeCache cache = new SetAssociativeCache(CACHED);
  private final OwnHosts ownHosts;
  private final int[] fields;
  private final Function<String, Object> text;
  private final Object[] direct;

  /**
   * @param ownHosts whose pages are one's own, besides that of the page itself
   * @param fields the columns of an event that give the campaign's five values, in the order of
   *     {@link FieldRules#CAMPAIGN}; -1 for what only the address gives
   * @param text makes of a string what the caller stores
   */
  public TrafficSourceEnricher(
      List<String> ownHosts, List<Integer> fields, Function<String, Object> text) {
    this.ownHosts = OwnHosts.of(ownHosts);
    this.fields = fields.stream().mapToInt(Integer::intValue).toArray();
    this.text = text;
    this.direct =
        new Object[] {
          null, text.apply("direct"), null, null, null, null, null, text.apply(ChannelGroup.DIRECT)
        };
  }

  @Override
  public List<Column> columns() {
    return COLUMNS;
  }

  @Override
  public Object[] values(ParsedEvent event) {
    String[] given = given(event);
    return given == null
        ? values(event.referrer(), event.url())
        : find(event.referrer(), Referrer.host(event.url()), campaign(event.url()), given);
  }

  /** What fields of the event say of a campaign; null if none does. */
  private String[] given(ParsedEvent event) {
    String[] given = null;
    for (int i = 0; i < fields.length; i++) {
      if (fields[i] >= 0 && event.text(fields[i]) != null) {
        given = given == null ? new String[fields.length] : given;
        given[i] = event.text(fields[i]);
      }
    }
    return given;
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
        ? find(referrer, host, campaign, NONE)
        : cache.get(key, missing -> find(referrer, host, campaign, NONE));
  }

  private Object[] find(String referrer, String host, String query, String[] given) {
    Referrer from = Referrer.of(referrer, ownHosts.with(host));
    String[] campaign = query == null ? new String[CHANNEL - FIRST_UTM] : parameters(query);
    Object[] values = new Object[COLUMNS.size()];
    values[0] = stored(from.domain());
    values[1] = stored(from.medium());
    for (int i = 0; i < campaign.length; i++) {
      campaign[i] = given[i] == null ? campaign[i] : given[i];
      values[FIRST_UTM + i] = stored(campaign[i]);
    }
    values[CHANNEL] = stored(channel(from, campaign[0], campaign[1], campaign[2]));
    return values;
  }

  /** Null for a step within the site, which brings nobody. */
  private static String channel(Referrer from, String source, String medium, String campaign) {
    if (source != null || medium != null) {
      return ChannelGroup.of(source, medium, campaign);
    }
    return switch (from.medium()) {
      case "internal" -> campaign == null ? null : ChannelGroup.of(null, null, campaign);
      case "direct" -> ChannelGroup.of(null, null, campaign);
      case "search" -> ChannelGroup.of(from.domain(), "organic", campaign);
      default -> ChannelGroup.of(from.domain(), "referral", campaign);
    };
  }

  /** The values of the campaign's parameters, in the order of their columns; null where absent. */
  private static String[] parameters(String query) {
    String[] values = new String[CHANNEL - FIRST_UTM];
    for (String parameter : query.split("&", -1)) {
      int equals = parameter.indexOf('=');
      for (int i = 0; equals > 0 && i < values.length; i++) {
        if (parameter.substring(0, equals).equalsIgnoreCase(COLUMNS.get(FIRST_UTM + i).name())
            && values[i] == null) {
          values[i] = decoded(parameter.substring(equals + 1));
        }
      }
    }
    return values;
  }

  private Object stored(String value) {
    return value == null ? null : text.apply(value);
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

  private static String decoded(String value) {
    String plain;
    try {
      plain = URLDecoder.decode(value, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      // A stray percent sign: as it was sent.
      plain = value;
    }
    // Postgres takes no such character, and nobody means it.
    return plain.isBlank() || plain.indexOf('\0') >= 0 ? null : plain;
  }
}
