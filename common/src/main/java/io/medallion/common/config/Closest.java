package io.medallion.common.config;

import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Finds the name that someone who mistyped another probably meant. */
public final class Closest {
  private Closest() {}

  /** The known name with the least edit distance, if at most a third of its letters differ. */
  public static Optional<String> to(String typed, Collection<String> known) {
    return known.stream()
        .filter(
            name ->
                distance(typed, name.toLowerCase(Locale.ROOT)) <= Math.max(1, name.length() / 3))
        .min(Comparator.comparingInt(name -> distance(typed, name.toLowerCase(Locale.ROOT))));
  }

  /**
   * The error that a name is none of a few, with the one that was perhaps meant.
   *
   * @param problem what was asked for
   * @param kind of things these are, in the plural
   */
  public static MedallionException unknown(
      String problem, String name, String kind, List<String> names) {
    return new MedallionException(
        ErrorCode.USAGE,
        problem,
        to(name, names)
            .map(near -> "Did you mean " + near + "?")
            .orElse("Nothing has such a name."),
        "The %s are %s.".formatted(kind, String.join(", ", names)));
  }

  /** Levenshtein's distance: the least number of letters to insert, delete or replace. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int above = row[j];
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replaced, Math.min(above, row[j - 1]) + 1);
        diagonal = above;
      }
    }
    return row[b.length()];
  }
}
