package io.medallion.dashboard.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number about a group of rows, such as {@code sum(views)}.
 *
 * @param column as the answer names and describes it
 * @param sql that computes it
 */
record Measure(MartColumn column, String sql) {
  private static final Pattern FORM = Pattern.compile("(count|sum|avg|min|max)(?:\\(([^()]*)\\))?");
  private static final Set<String> NUMBERS =
      Set.of("smallint", "integer", "bigint", "numeric", "real", "double precision");
  private static final String BOOLEAN = "boolean";
  private static final String INTERVAL = "interval";
  private static final String BIGINT = "bigint";

  /**
   * As it is written: {@code count} counts rows, {@code count(a,b)} those in which each of the
   * columns is true, more than zero, or there at all, by its type; {@code sum}, {@code avg}, {@code
   * min} and {@code max} take one column, in which true is 1.
   *
   * @throws ApiException if it is none, or the mart has no such column
   */
  static Measure of(String text, MartColumns columns) throws ApiException {
    Matcher form = FORM.matcher(text);
    if (!form.matches() || (form.group(2) == null && !text.equals("count"))) {
      throw new ApiException(
          400,
          "'%s' is no measure".formatted(text),
          "Write count, count(column), sum(column), avg(column), min(column) or max(column).");
    }
    if (form.group(2) == null) {
      return new Measure(new MartColumn(text, BIGINT, "Rows"), "count(*)");
    }
    List<MartColumn> of = new ArrayList<>();
    for (String name : form.group(2).split(",", -1)) {
      of.add(columns.named(name.strip()));
    }
    return form.group(1).equals("count") ? count(text, of) : of(text, form.group(1), of);
  }

  private static Measure count(String text, List<MartColumn> of) {
    List<String> conditions = of.stream().map(Measure::isSet).toList();
    return new Measure(
        new MartColumn(text, BIGINT, "Rows with " + names(of)),
        "count(*) FILTER (WHERE %s)".formatted(String.join(" AND ", conditions)));
  }

  private static String names(List<MartColumn> of) {
    return String.join(" and ", of.stream().map(MartColumn::name).toList());
  }

  private static String isSet(MartColumn column) {
    if (column.type().equals(BOOLEAN)) {
      return column.quoted();
    }
    if (NUMBERS.contains(column.type())) {
      return column.quoted() + " > 0";
    }
    return column.quoted() + " IS NOT NULL";
  }

  private static Measure of(String text, String function, List<MartColumn> of) throws ApiException {
    MartColumn column = of.get(0);
    boolean adds = function.equals("sum") || function.equals("avg");
    boolean isNumber = NUMBERS.contains(column.type()) || column.type().equals(BOOLEAN);
    if (of.size() > 1 || (adds && !isNumber && !column.type().equals(INTERVAL))) {
      throw new ApiException(
          400,
          "'%s' cannot be computed".formatted(text),
          "%s takes one column%s.".formatted(function, adds ? " of numbers or intervals" : ""));
    }
    String value = column.type().equals(BOOLEAN) ? column.quoted() + "::integer" : column.quoted();
    return new Measure(
        new MartColumn(text, adds ? "numeric" : column.type(), column.description()),
        "%s(%s)".formatted(function, value));
  }
}
