package io.medallion.silver.enrich;

import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an event's referrer says about where a visit came from.
 *
 * @param domain the host in lower case, without {@code www.}; null if there is none
 * @param medium direct, internal, search, social or other
 */
record Referrer(String domain, String medium) {
  private static final Referrer DIRECT = new Referrer(null, "direct");

  /** Hosts are at most 253 characters long; this leaves room for a scheme, a user and a port. */
  private static final int LONGEST_START = 400;

  /**
   * The beginning of an address with a host, by RFC 3986. java.net.URI is stricter than browsers:
   * it refuses a whole address for a blank in its query, and has no host with an underscore.
   */
  private static final Pattern ADDRESS =
      Pattern.compile(
          "(?:[a-z][a-z0-9+.-]*:)?//"
              + "(?:[^/?#\\\\]*@)?"
              + "(?<host>\\[[0-9a-f:.]+]|[\\p{L}\\p{M}\\p{N}_.-]{1,254})"
              + "(?::[0-9]*)?"
              + "(?:[/?#\\\\]|$)",
          Pattern.CASE_INSENSITIVE);

  private static final String WWW = "www.";

  private static final Predicate<String> SEARCH = KeptList.whole("search-engines.txt");
  private static final Predicate<String> SOCIAL = KeptList.withSubdomains("social-networks.txt");

  /**
   * Reads a referrer.
   *
   * @param text as sent; null for none
   * @param isOwn whether a host is that of the page that was come to, or another of one's own
   */
  static Referrer of(String text, Predicate<String> isOwn) {
    if (text == null) {
      return DIRECT;
    }
    String referrer = text.strip();
    String host = host(referrer);
    if (host != null) {
      return new Referrer(host, medium(host, isOwn));
    }
    if (referrer.startsWith("/") || referrer.startsWith("?") || referrer.startsWith("#")) {
      return new Referrer(null, "internal");
    }
    // Some send an address without its scheme; others send "-", "null" or a file's name.
    String bare = host("//" + referrer);
    if (bare == null) {
      return DIRECT;
    }
    String medium = medium(bare, isOwn);
    boolean isHost = !medium.equals("other") || lower(referrer).startsWith(WWW);
    return isHost ? new Referrer(bare, medium) : DIRECT;
  }

  private static String medium(String host, Predicate<String> isOwn) {
    if (isOwn.test(host)) {
      return "internal";
    }
    if (isSocial(host)) {
      return "social";
    }
    return isSearch(host) ? "search" : "other";
  }

  /** Whether the host is a search engine's; what else its company has, such as mail, is not. */
  static boolean isSearch(String host) {
    return SEARCH.test(host);
  }

  /** Whether the host is a social network's, or below one. */
  static boolean isSocial(String host) {
    return SOCIAL.test(host);
  }

  /**
   * The host in lower case, without port, user and a leading {@code www.}; null if the text does
   * not begin with one.
   */
  static String host(String url) {
    if (url == null) {
      return null;
    }
    boolean isCut = url.length() > LONGEST_START;
    Matcher address = ADDRESS.matcher(isCut ? url.substring(0, LONGEST_START) : url);
    if (!address.lookingAt() || (isCut && address.end() == LONGEST_START)) {
      return null;
    }
    String host = lower(address.group("host"));
    host = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    if (host.isEmpty() || host.startsWith(".") || host.contains("..")) {
      return null;
    }
    if (host.startsWith("[")) {
      return IpAddressParser.parse(host.substring(1, host.length() - 1)) == null ? null : host;
    }
    return host.startsWith(WWW) ? host.substring(WWW.length()) : host;
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
