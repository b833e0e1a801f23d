package io.medallion.dashboard.api;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A question about one mart: which rows, which columns, in which order, how many.
 *
 * <p>Names are looked up among the mart's columns, values are bound: nothing of the question
 * becomes SQL.
 *
 * @param parameters {@code from} and {@code to} (of the first column that is a time or day; the
 *     second one is not part of the range), {@code columns} and {@code order} (names separated by
 *     commas, one to be sorted downwards with a minus), {@code limit}; every other name is a column
 *     that has to have the value
 */
public record MartQuery(Map<String, String> parameters) {
  /** Rows if nobody says how many. */
  public static final int USUAL_ROWS = 1_000;

  /** The most rows. */
  public static final int MOST_ROWS = 10_000;

  private static final String FROM = "from";
  private static final String TO = "to";
  private static final String COLUMNS = "columns";
  private static final String ORDER = "order";
  private static final String LIMIT = "limit";

  /**
   * SQL, and what is bound to its parameters, all of it as texts.
   *
   * @param limit how many rows are wanted; one more is asked for
   */
  record Prepared(String sql, List<String> values, List<MartColumn> columns, int limit) {}

  /** Takes a copy. */
  public MartQuery {
    parameters = new LinkedHashMap<>(parameters);
  }

  /**
   * As SQL.
   *
   * @param mart its name
   * @param all its columns
   * @throws ApiException if it names what the mart does not have
   */
  Prepared prepared(String mart, List<MartColumn> all) throws ApiException {
    List<String> conditions = new ArrayList<>();
    List<String> values = new ArrayList<>();
    for (Map.Entry<String, String> parameter : parameters.entrySet()) {
      String name = parameter.getKey();
      switch (name) {
        case FROM -> condition(time(mart, all), ">=", parameter.getValue(), conditions, values);
        case TO -> condition(time(mart, all), "<", parameter.getValue(), conditions, values);
        case COLUMNS, ORDER, LIMIT -> {}
        default ->
            condition(column(mart, all, name), "=", parameter.getValue(), conditions, values);
      }
    }
    List<MartColumn> chosen = chosen(mart, all);
    int limit = limit();
    StringBuilder sql = new StringBuilder("SELECT ");
    sql.append(String.join(", ", chosen.stream().map(MartColumn::quoted).toList()));
    sql.append(" FROM gold.").append(MartColumn.quoted(mart));
    if (!conditions.isEmpty()) {
      sql.append(" WHERE ").append(String.join(" AND ", conditions));
    }
    List<String> order = order(mart, all);
    if (!order.isEmpty()) {
      sql.append(" ORDER BY ").append(String.join(", ", order));
    }
    return new Prepared(sql.append(" LIMIT ").append(limit + 1).toString(), values, chosen, limit);
  }

  private static void condition(
      MartColumn column,
      String operator,
      String value,
      List<String> conditions,
      List<String> values) {
    conditions.add("%s %s CAST(? AS %s)".formatted(column.quoted(), operator, column.type()));
    values.add(value);
  }

  private List<MartColumn> chosen(String mart, List<MartColumn> all) throws ApiException {
    List<MartColumn> chosen = new ArrayList<>();
    for (String name : names(COLUMNS)) {
      chosen.add(column(mart, all, name));
    }
    return chosen.isEmpty() ? all : chosen;
  }

  /** As asked for, else by the newest time first. */
  private List<String> order(String mart, List<MartColumn> all) throws ApiException {
    List<String> order = new ArrayList<>();
    for (String name : names(ORDER)) {
      boolean down = name.startsWith("-");
      String quoted = column(mart, all, down ? name.substring(1) : name).quoted();
      order.add(quoted + (down ? " DESC NULLS LAST" : ""));
    }
    if (order.isEmpty()) {
      all.stream()
          .filter(MartColumn::isTime)
          .findFirst()
          .ifPresent(time -> order.add(time.quoted() + " DESC"));
    }
    return order;
  }

  private List<String> names(String parameter) {
    return Arrays.stream(parameters.getOrDefault(parameter, "").split(",", -1))
        .map(String::strip)
        .filter(name -> !name.isEmpty())
        .toList();
  }

  private int limit() throws ApiException {
    String limit = parameters.get(LIMIT);
    if (limit == null) {
      return USUAL_ROWS;
    }
    Optional<Integer> number =
        limit.matches("[0-9]{1,6}") ? Optional.of(Integer.valueOf(limit)) : Optional.empty();
    return number
        .filter(n -> n >= 1 && n <= MOST_ROWS)
        .orElseThrow(
            () ->
                new ApiException(
                    400,
                    "limit is '%s'".formatted(limit),
                    "Give a number from 1 to %d.".formatted(MOST_ROWS)));
  }

  private static MartColumn time(String mart, List<MartColumn> all) throws ApiException {
    return all.stream()
        .filter(MartColumn::isTime)
        .findFirst()
        .orElseThrow(
            () ->
                new ApiException(
                    400, "%s has no column of times".formatted(mart), "Leave from and to out."));
  }

  private static MartColumn column(String mart, List<MartColumn> all, String name)
      throws ApiException {
    return all.stream()
        .filter(column -> column.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new ApiException(
                    400,
                    "%s has no column '%s'".formatted(mart, name),
                    "It has %s; besides there are from, to, columns, order, limit and format."
                        .formatted(
                            String.join(", ", all.stream().map(MartColumn::name).toList()))));
  }
}
