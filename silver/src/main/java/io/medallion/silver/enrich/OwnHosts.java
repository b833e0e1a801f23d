package io.medallion.silver.enrich;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The hosts of one's own pages.
 *
 * @param exact those that are named themselves, without a leading {@code www.}
 * @param domains those whose subdomains are too
 */
record OwnHosts(Set<String> exact, Set<String> domains) {
  private static final String SUBDOMAINS = "*.";
  private static final String WWW = "www.";

  /** Those of a contract. */
  static OwnHosts of(List<String> hosts) {
    Set<String> exact = new HashSet<>();
    Set<String> domains = new HashSet<>();
    for (String host : hosts) {
      if (host.startsWith(SUBDOMAINS)) {
        domains.add(host.substring(SUBDOMAINS.length()));
      } else {
        exact.add(host.startsWith(WWW) ? host.substring(WWW.length()) : host);
      }
    }
    return new OwnHosts(exact, domains);
  }

  /**
   * Whether a host is one's own, or that of the page that was come to.
   *
   * @param page its host; null if that is not known
   */
  Predicate<String> with(String page) {
    return exact.isEmpty() && domains.isEmpty()
        ? host -> host.equals(page)
        : host -> host.equals(page) || exact.contains(host) || isBelow(host);
  }

  private boolean isBelow(String host) {
    for (int from = 0; from >= 0; ) {
      if (domains.contains(host.substring(from))) {
        return true;
      }
      int dot = host.indexOf('.', from);
      from = dot < 0 ? -1 : dot + 1;
    }
    return false;
  }
}
