package io.medallion.silver.enrich;

import io.medallion.common.Resource;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Lists that are kept as files, an entry a line; hosts in lower case, without {@code www.}. */
final class KeptList {
  private KeptList() {}

  /** Hosts as they stand, with {@code {}} for a country's code (de) or its ending (co.uk). */
  static Predicate<String> whole(String file) {
    return whole(lines(file));
  }

  static Predicate<String> whole(List<String> hosts) {
    Set<String> exact =
        hosts.stream().filter(host -> !host.contains("{}")).collect(Collectors.toSet());
    String ofCountries =
        hosts.stream()
            .filter(host -> host.contains("{}"))
            .map(
                host -> Pattern.quote(host).replace("{}", "\\E(?:(?:com?|org|net)\\.)?[a-z]{2}\\Q"))
            .collect(Collectors.joining("|"));
    Predicate<String> ofCountry = Pattern.compile(ofCountries).asMatchPredicate();
    // A list without countries makes an empty pattern, which an empty text would match.
    return host -> exact.contains(host) || (!host.isEmpty() && ofCountry.test(host));
  }

  /** Hosts and every host below them. */
  static Predicate<String> withSubdomains(String file) {
    Set<String> hosts = Set.copyOf(lines(file));
    return host -> {
      int from = 0;
      while (!hosts.contains(host.substring(from))) {
        from = host.indexOf('.', from) + 1;
        if (from == 0) {
          return false;
        }
      }
      return true;
    };
  }

  /** The lines of a packaged file that are neither blank nor a comment. */
  static List<String> lines(String file) {
    return Resource.text(KeptList.class, file)
        .lines()
        .filter(line -> !line.isBlank() && !line.startsWith("#"))
        .toList();
  }
}
