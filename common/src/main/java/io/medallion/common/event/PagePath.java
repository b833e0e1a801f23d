package io.medallion.common.event;

import io.medallion.common.contract.PageRules;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;

/** The path that a page counts under. */
final class PagePath {
  private static final Pattern INDEX =
      Pattern.compile("/(?:index|default)\\.(?:html?|php|aspx?|jsp)$", Pattern.CASE_INSENSITIVE);

  private final PageRules rules;
  private final boolean isAsSent;

  PagePath(PageRules rules) {
    this.rules = rules;
    this.isAsSent = rules.isAsSent();
  }

  /**
   * Cuts off scheme, host, query and fragment; an empty path is {@code /}. What is left stays as
   * sent, but for what the contract says: case, percent signs, double or trailing slashes.
   */
  String of(String page) {
    int from = authorityEnd(page);
    int to = from;
    while (to < page.length() && page.charAt(to) != '?' && page.charAt(to) != '#') {
      to++;
    }
    if (!isAsSent) {
      return ruled(page, from, to);
    }
    if (from == to) {
      return "/";
    }
    return from == 0 && to == page.length() ? page : page.substring(from, to);
  }

  private String ruled(String page, int from, int to) {
    String path = from == to ? "/" : page.substring(from, to);
    int fragment = page.indexOf('#', to);
    String query =
        to < page.length() && page.charAt(to) == '?'
            ? page.substring(to + 1, fragment < 0 ? page.length() : fragment)
            : "";
    if (rules.dropIndex()) {
      path = INDEX.matcher(path).replaceFirst("/");
    }
    String route = rules.hashRoutes() && fragment >= 0 ? route(page, fragment) : null;
    if (route != null) {
      int mark = route.indexOf('?');
      query = mark < 0 ? query : query + "&" + route.substring(mark + 1);
      path = withoutSlash(path) + (mark < 0 ? route : route.substring(0, mark));
    }
    if (rules.decode()) {
      path = decoded(path);
    }
    if (rules.lowerCase()) {
      path = path.toLowerCase(Locale.ROOT);
    }
    if (rules.dropTrailingSlash()) {
      path = path.length() == 1 ? path : withoutSlash(path);
    }
    return (path.isEmpty() ? "/" : path) + kept(query);
  }

  /** The path behind {@code #} or {@code #!}; null if what is there is none. */
  private static String route(String page, int fragment) {
    int from = page.startsWith("#!", fragment) ? fragment + 2 : fragment + 1;
    return page.startsWith("/", from) ? page.substring(from) : null;
  }

  private static String withoutSlash(String path) {
    int end = path.length();
    while (end > 0 && path.charAt(end - 1) == '/') {
      end--;
    }
    return path.substring(0, end);
  }

  /** As it was sent where it is no UTF-8, or hides what no text may hold. */
  private static String decoded(String path) {
    if (path.indexOf('%') < 0) {
      return path;
    }
    try {
      String plain = URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
      return plain.indexOf('\0') >= 0 || plain.indexOf('\uFFFD') >= 0 ? path : plain;
    } catch (IllegalArgumentException e) {
      return path;
    }
  }

  /** The parameters that tell pages apart, in the contract's order; the first of each name. */
  private String kept(String query) {
    StringBuilder kept = new StringBuilder();
    for (String name : rules.query()) {
      for (String parameter : query.split("&", -1)) {
        if (parameter.equals(name) || parameter.startsWith(name + "=")) {
          kept.append(kept.isEmpty() ? '?' : '&').append(parameter);
          break;
        }
      }
    }
    return kept.toString();
  }

  /** Where the path begins: behind {@code scheme://host} or {@code //host}. */
  private static int authorityEnd(String page) {
    int host = -1;
    if (page.startsWith("//")) {
      host = 2;
    } else if (page.charAt(0) != '/') {
      int scheme = schemeLength(page);
      host = scheme > 0 && page.startsWith("://", scheme) ? scheme + 3 : -1;
    }
    if (host < 0) {
      return 0;
    }
    int i = host;
    while (i < page.length() && "/?#".indexOf(page.charAt(i)) < 0) {
      i++;
    }
    return i;
  }

  private static int schemeLength(String page) {
    int i = 0;
    while (i < page.length() && isSchemeCharacter(page.charAt(i), i == 0)) {
      i++;
    }
    return i;
  }

  private static boolean isSchemeCharacter(char c, boolean first) {
    boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return letter || (!first && ((c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.'));
  }
}
