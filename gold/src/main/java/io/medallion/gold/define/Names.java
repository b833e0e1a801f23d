package io.medallion.gold.define;

import java.util.List;
import java.util.stream.Collectors;

/** Identifiers in SQL. */
final class Names {
  private Names() {}

  /** As it can stand anywhere, words of the language included. */
  static String quoted(String name) {
    return '"' + name + '"';
  }

  /** Several, after each other. */
  static String list(List<String> names) {
    return names.stream().map(Names::quoted).collect(Collectors.joining(", "));
  }

  /** The same with what they belong to before each. */
  static String list(String of, List<String> names) {
    return names.stream().map(name -> of + "." + quoted(name)).collect(Collectors.joining(", "));
  }
}
