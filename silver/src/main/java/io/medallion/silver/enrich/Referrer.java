package io.medallion.silver.enrich;

import io.medallion.common.Resource;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

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

  private static final Predicate<String> SEARCH = engines(lines("search-engines.txt"));
  private static final Set<String> SOCIAL = Set.copyOf(lines("social-networks.txt"));

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
    return SEARCH.test(host) ? "search" : "other";
  }

  /** Whether the host is a network's or below it. */
  private static boolean isSocial(String host) {
    for (int from = 0; from >= 0; from = host.indexOf('.', from) + 1) {
      if (SOCIAL.contains(host.substring(from))) {
        return true;
      }
      if (host.indexOf('.', from) < 0) {
        return false;
      }
    }
    return false;
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

  private static Predicate<String> engines(List<String> hosts) {
    Set<String> exact =
        hosts.stream().filter(host -> !host.contains("{}")).collect(Collectors.toSet());
    String ofCountries =
        hosts.stream()
            .filter(host -> host.contains("{}"))
            .map(
                host -> Pattern.quote(host).replace("{}", "\\E(?:(?:com?|org|net)\\.)?[a-z]{2}\\Q"))
            .collect(Collectors.joining("|"));
    Predicate<String> ofCountry = Pattern.compile(ofCountries).asMatchPredicate();
    return host -> exact.contains(host) || ofCountry.test(host);
  }

  private static List<String> lines(String file) {
    return Resource.text(Referrer.class, file)
        .lines()
        .filter(line -> !line.isBlank() && !line.startsWith("#"))
        .toList();
  }
}
