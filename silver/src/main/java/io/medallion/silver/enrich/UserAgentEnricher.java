package io.medallion.silver.enrich;

import io.medallion.common.event.ParsedEvent;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import ua_parser.Client;
import ua_parser.Parser;

/**
 * What a user agent says about itself: kind of device, browser, operating system, and whether it is
 * a crawler and of which kind.
 *
 * <p>A crawler is what {@link Crawlers} knows, and what uap-core calls a Spider. An event without a
 * user agent is not one.
 */
public final class UserAgentEnricher implements Enricher {
  /** The expressions of uap-core are slow on long texts, and real ones are shorter. */
  static final int LONGEST = 512;

  private static final int CACHED = 16_384;
  private static final List<Column> COLUMNS =
      List.of(
          new Column("device_class", Type.TEXT),
          new Column("browser", Type.TEXT),
          new Column("operating_system", Type.TEXT),
          new Column("is_bot", Type.BOOLEAN),
          new Column("bot_kind", Type.TEXT));

  private static final Set<String> DESKTOP_SYSTEMS =
      Set.of("Mac OS X", "Chrome OS", "Linux", "Ubuntu", "Fedora", "Debian", "FreeBSD", "OpenBSD");
  private static final List<String> TABLETS =
      List.of("ipad", "tablet", "kindle", "playbook", "nexus 7", "nexus 9", "nexus 10", "silk/");

  private final Parser parser = new Parser();
  private final SetAssociativeCache cache = new SetAssociativeCache(CACHED);
  private final Crawlers crawlers;
  private final Function<String, Object> text;
  private final Object[] none;

  /**
   * @param crawlerWords of agents that are crawlers besides the known ones
   * @param text makes of a string what the caller stores
   */
  public UserAgentEnricher(List<String> crawlerWords, Function<String, Object> text) {
    this.crawlers = new Crawlers(crawlerWords);
    this.text = text;
    this.none = new Object[] {text.apply("unknown"), null, null, false, null};
  }

  @Override
  public List<Column> columns() {
    return COLUMNS;
  }

  @Override
  public Object[] values(ParsedEvent event) {
    return values(event.userAgent());
  }

  Object[] values(String userAgent) {
    if (userAgent == null) {
      return none;
    }
    return cache.get(
        userAgent.length() > LONGEST ? userAgent.substring(0, LONGEST) : userAgent, this::parse);
  }

  private Object[] parse(String userAgent) {
    Client client = parser.parse(userAgent);
    String lower = userAgent.toLowerCase(Locale.ROOT);
    String kind = crawlers.kind(userAgent);
    boolean bot = kind != null || client.device.family.equals("Spider");
    return new Object[] {
      text.apply(bot ? "bot" : deviceClass(client, lower)),
      text.apply(client.userAgent.family),
      text.apply(client.os.family),
      bot,
      bot ? text.apply(kind == null ? Crawlers.OTHER : kind) : null
    };
  }

  private static String deviceClass(Client client, String lower) {
    boolean android = lower.contains("android");
    boolean mobile = lower.contains("mobile") || lower.contains("iphone") || lower.contains("ipod");
    if (TABLETS.stream().anyMatch(lower::contains) || (android && !mobile)) {
      return "tablet";
    }
    if (mobile || lower.contains("windows phone")) {
      return "mobile";
    }
    String system = client.os.family;
    boolean desktop = system.startsWith("Windows") || DESKTOP_SYSTEMS.contains(system);
    return desktop ? "desktop" : "other";
  }
}
