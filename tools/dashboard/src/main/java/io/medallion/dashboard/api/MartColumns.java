package io.medallion.dashboard.api;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the names in a question are looked up among.
 *
 * @param mart whose they are
 * @param all in their order
 */
record MartColumns(String mart, List<MartColumn> all) {
  /** At commas, but for those between parentheses. */
  private static final Pattern NAME = Pattern.compile("(?:[^,(]|\\([^)]*\\)?)+");

  static List<String> names(String list) {
    List<String> names = new ArrayList<>();
    Matcher name = NAME.matcher(list);
    while (name.find()) {
      if (!name.group().isBlank()) {
        names.add(name.group().strip());
      }
    }
    return names;
  }

  /**
   * The column of that name.
   *
   * @throws ApiException if there is none
   */
  MartColumn named(String name) throws ApiException {
    return all.stream()
        .filter(column -> column.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new ApiException(
                    400,
                    "%s has no column '%s'".formatted(mart, name),
                    ("It has %s; besides there are from, to, columns, group, measures, every, null,"
                            + " order, limit and format.")
                        .formatted(
                            String.join(", ", all.stream().map(MartColumn::name).toList()))));
  }

  /**
   * The first that is a time or day, which {@code from} and {@code to} are about.
   *
   * @throws ApiException if there is none
   */
  MartColumn time() throws ApiException {
    return all.stream()
        .filter(MartColumn::isTime)
        .findFirst()
        .orElseThrow(
            () ->
                new ApiException(
                    400, "%s has no column of times".formatted(mart), "Leave from and to out."));
  }
}
