package io.medallion.common.event;

/** The path that a page counts under. */
final class PagePath {
  private PagePath() {}

  /**
   * Cuts off scheme, host, query and fragment; an empty path is {@code /}. What is left stays as
   * sent: case, percent signs, double or trailing slashes.
   */
  static String of(String page) {
    int from = authorityEnd(page);
    int to = from;
    while (to < page.length() && page.charAt(to) != '?' && page.charAt(to) != '#') {
      to++;
    }
    if (from == to) {
      return "/";
    }
    return from == 0 && to == page.length() ? page : page.substring(from, to);
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
