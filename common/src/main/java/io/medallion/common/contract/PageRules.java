package io.medallion.common.contract;

import java.io.Serializable;
import java.util.List;

/**
 * Which addresses are the same page.
 *
 * @param hosts one's own, in lower case; with {@code *.} before it one's subdomains are too
 * @param dropTrailingSlash whether {@code /a/} is {@code /a}
 * @param lowerCase whether {@code /A} is {@code /a}
 * @param dropIndex whether {@code /a/index.html} is {@code /a/}
 * @param decode whether {@code /%61} is {@code /a}
 * @param hashRoutes whether {@code /#/a} is {@code /a}
 * @param query the parameters that tell pages apart, in the order in which a page has them
 */
public record PageRules(
    List<String> hosts,
    boolean dropTrailingSlash,
    boolean lowerCase,
    boolean dropIndex,
    boolean decode,
    boolean hashRoutes,
    List<String> query)
    implements Serializable {
  /** Every path is a page as it was sent. */
  public static final PageRules AS_SENT =
      new PageRules(List.of(), false, false, false, false, false, List.of());

  /** Copies the lists. */
  public PageRules {
    hosts = List.copyOf(hosts);
    query = List.copyOf(query);
  }

  /** Whether a path is a page as it was sent. */
  public boolean isAsSent() {
    return equals(new PageRules(hosts, false, false, false, false, false, List.of()));
  }
}
