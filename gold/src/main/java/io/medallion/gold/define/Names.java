package io.medallion.gold.define;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Identifiers in SQL. */
final class Names {
  /**
   * Between the name of a column, or a table, and that of what is kept for it; no name of a user's
   * has it.
   */
  static final String STATE = "__";

  /** What a user's name of a table or column is made of. */
  static final String RULE =
      "Use small letters, digits and single underscores, a letter first, at most 50.";

  private static final Pattern PLAIN = Pattern.compile("[a-z][a-z0-9]*(_[a-z0-9]+)*");
  private static final int LONGEST = 50;

  private Names() {}

  /** Whether a user may give this name. */
  static boolean isPlain(String name) {
    return name.length() <= LONGEST && PLAIN.matcher(name).matches();
  }

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
