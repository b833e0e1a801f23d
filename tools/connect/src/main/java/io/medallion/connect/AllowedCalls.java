package io.medallion.connect;

import io.medallion.common.Resource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The lists of what a client may send; what each is for stands with them, in their file. */
final class AllowedCalls {
  private static final Map<String, Set<String>> LISTS = read();

  private AllowedCalls() {}

  /** Whether the service's call of this name is answered. */
  static boolean call(String name) {
    return LISTS.get("calls").contains(name);
  }

  /** Whether a request may hold a message of this kind, given by its full name. */
  static boolean message(String name) {
    return name.startsWith("spark.connect.")
        && LISTS.get("spark.connect").contains(name.substring("spark.connect.".length()));
  }

  /** Whether a client may ask for this setting. */
  static boolean readable(String setting) {
    return LISTS.get("readable").stream()
        .anyMatch(known -> known.endsWith(".") ? setting.startsWith(known) : setting.equals(known));
  }

  /** Whether a client may change this setting. */
  static boolean settable(String setting) {
    return LISTS.get("settable").contains(setting);
  }

  private static Map<String, Set<String>> read() {
    Map<String, Set<String>> lists = new HashMap<>();
    Set<String> list = new HashSet<>();
    for (String line : Resource.text(AllowedCalls.class, "allowed-calls.txt").lines().toList()) {
      if (line.endsWith(":")) {
        list = lists.computeIfAbsent(line.substring(0, line.length() - 1), name -> new HashSet<>());
      } else if (!line.isBlank() && !line.startsWith("#")) {
        list.addAll(Set.of(line.strip().split(" ")));
      }
    }
    return lists;
  }
}
