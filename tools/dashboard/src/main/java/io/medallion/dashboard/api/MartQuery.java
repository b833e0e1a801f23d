package io.medallion.dashboard.api;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A question about one mart: which rows, which columns, in which order, how many; or numbers about
 * groups of them.
 *
 * <p>Names are looked up among the mart's columns, values are bound: nothing of the question
 * becomes SQL.
 *
 * @param parameters {@code from} and {@code to} (of the first column that is a time or day; the
 *     second one is not part of the range), {@code columns} and {@code order} (names separated by
 *     commas, one to be sorted downwards with a minus), {@code limit}; {@code null} (names of
 *     columns without a value); {@code measures} of all rows, or of each {@code group} of rows with
 *     the same values, times cut {@code every} so long; every other name is a column that has to
 *     have the value, to contain it where a tilde follows the name, to have at least it where
 *     {@code .from} does, or less where {@code .to} does
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
  private static final String NULL = "null";
  private static final String GROUP = "group";
  private static final String MEASURES = "measures";
  private static final String EVERY = "every";
  private static final String CONTAINS = "~";
  private static final Map<String, String> BOUNDS = Map.of(".from", ">=", ".to", "<");
  private static final Pattern LENGTH = Pattern.compile("([1-9][0-9]{0,3})([mhd])");
  private static final Map<String, String> UNITS =
      Map.of("m", "minutes", "h", "hours", "d", "days");

  /**
   * SQL, and what is bound to its parameters, all of it as texts.
   *
   * @param totals SQL with the same parameters: how many groups there are, then each measure of all
   *     rows; empty where no groups are asked for
   * @param limit how many rows are wanted; one more is asked for
   */
  record Prepared(
      String sql,
      Optional<String> totals,
      List<String> values,
      List<MartColumn> columns,
      int limit) {}

  /** A column of the answer. */
  private record Chosen(MartColumn column, String sql) {
    String named() {
      return sql + " AS " + column.quoted();
    }
  }

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
    MartColumns columns = new MartColumns(mart, all);
    List<String> values = new ArrayList<>();
    String from = " FROM gold." + MartColumn.quoted(mart) + where(columns, values);
    List<Chosen> keys = keys(columns);
    List<Chosen> measures = measures(columns);
    boolean grouped = !keys.isEmpty() || !measures.isEmpty();
    if (grouped && parameters.containsKey(COLUMNS)) {
      throw new ApiException(
          400, "columns do not go with group and measures", "These name the columns.");
    }
    List<Chosen> chosen = grouped ? joined(keys, measures) : chosen(columns);
    int limit = limit();
    StringBuilder sql = new StringBuilder("SELECT ");
    sql.append(String.join(", ", chosen.stream().map(Chosen::named).toList())).append(from);
    if (!keys.isEmpty()) {
      sql.append(groupBy(keys.size()));
    }
    List<String> order = order(mart, grouped, chosen, all);
    if (!order.isEmpty()) {
      sql.append(" ORDER BY ").append(String.join(", ", order));
    }
    return new Prepared(
        sql.append(" LIMIT ").append(limit + 1).toString(),
        keys.isEmpty() ? Optional.empty() : Optional.of(totals(keys, measures, from)),
        values,
        chosen.stream().map(Chosen::column).toList(),
        limit);
  }

  /** Rows of groups add up to it: what is behind the last of a list is the difference. */
  private static String totals(List<Chosen> keys, List<Chosen> measures, String from) {
    String each =
        "SELECT "
            + String.join(", ", keys.stream().map(Chosen::named).toList())
            + from
            + groupBy(keys.size());
    List<String> numbers = new ArrayList<>();
    numbers.add("(SELECT count(*) FROM (%s) AS each)".formatted(each));
    measures.forEach(measure -> numbers.add(measure.sql()));
    // The conditions are there twice, and so is what is bound to them.
    return "SELECT json_build_array(%s)::text%s".formatted(String.join(", ", numbers), from);
  }

  private static String groupBy(int keys) {
    return " GROUP BY "
        + String.join(", ", IntStream.rangeClosed(1, keys).mapToObj(Integer::toString).toList());
  }

  private String where(MartColumns columns, List<String> values) throws ApiException {
    List<String> conditions = new ArrayList<>();
    for (Map.Entry<String, String> parameter : parameters.entrySet()) {
      String name = parameter.getKey();
      String value = parameter.getValue();
      switch (name) {
        case FROM -> conditions.add(condition(columns.time(), ">=", value, values));
        case TO -> conditions.add(condition(columns.time(), "<", value, values));
        case NULL -> {
          for (String column : MartColumns.names(value)) {
            conditions.add(columns.named(column).quoted() + " IS NULL");
          }
        }
        case COLUMNS, ORDER, LIMIT, GROUP, MEASURES, EVERY -> {}
        default -> conditions.add(condition(columns, name, value, values));
      }
    }
    return conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions);
  }

  /** Of a column, or of one with what may follow its name. */
  private static String condition(
      MartColumns columns, String name, String value, List<String> values) throws ApiException {
    if (name.endsWith(CONTAINS)) {
      MartColumn column = columns.named(name.substring(0, name.length() - CONTAINS.length()));
      values.add(value);
      return "strpos(lower(%s::text), lower(CAST(? AS text))) > 0".formatted(column.quoted());
    }
    String bound = name.replaceFirst("^[^.]*", "");
    return BOUNDS.containsKey(bound)
        ? condition(columns.named(name.replace(bound, "")), BOUNDS.get(bound), value, values)
        : condition(columns.named(name), "=", value, values);
  }

  private static String condition(
      MartColumn column, String operator, String value, List<String> values) {
    values.add(value);
    return "%s %s CAST(? AS %s)".formatted(column.quoted(), operator, column.type());
  }

  private static List<Chosen> joined(List<Chosen> keys, List<Chosen> measures) {
    return Stream.concat(keys.stream(), measures.stream()).toList();
  }

  private List<Chosen> keys(MartColumns columns) throws ApiException {
    Optional<String> every = every();
    List<Chosen> keys = new ArrayList<>();
    for (String name : MartColumns.names(parameters.getOrDefault(GROUP, ""))) {
      MartColumn column = columns.named(name);
      boolean cut = every.isPresent() && column.isTime() && column.equals(columns.time());
      // From a Monday on, so that weeks are whole.
      keys.add(
          new Chosen(
              column,
              cut
                  ? "date_bin('%s', %s, '2000-01-03')".formatted(every.get(), column.quoted())
                  : column.quoted()));
    }
    return keys;
  }

  private List<Chosen> measures(MartColumns columns) throws ApiException {
    List<Chosen> measures = new ArrayList<>();
    for (String text : MartColumns.names(parameters.getOrDefault(MEASURES, ""))) {
      Measure measure = Measure.of(text, columns);
      measures.add(new Chosen(measure.column(), measure.sql()));
    }
    return measures;
  }

  private Optional<String> every() throws ApiException {
    String every = parameters.get(EVERY);
    if (every == null) {
      return Optional.empty();
    }
    Matcher length = LENGTH.matcher(every);
    if (!length.matches()) {
      throw new ApiException(
          400,
          "every is '%s'".formatted(every),
          "Write minutes, hours or days as in 5m, 1h or 7d.");
    }
    return Optional.of(length.group(1) + " " + UNITS.get(length.group(2)));
  }

  private List<Chosen> chosen(MartColumns columns) throws ApiException {
    List<MartColumn> chosen = new ArrayList<>();
    for (String name : MartColumns.names(parameters.getOrDefault(COLUMNS, ""))) {
      chosen.add(columns.named(name));
    }
    return (chosen.isEmpty() ? columns.all() : chosen)
        .stream().map(column -> new Chosen(column, column.quoted())).toList();
  }

  /** As asked for, else by the newest time first. */
  private List<String> order(
      String mart, boolean grouped, List<Chosen> chosen, List<MartColumn> all) throws ApiException {
    MartColumns known =
        new MartColumns(mart, grouped ? chosen.stream().map(Chosen::column).toList() : all);
    List<String> order = new ArrayList<>();
    for (String name : MartColumns.names(parameters.getOrDefault(ORDER, ""))) {
      boolean down = name.startsWith("-");
      String quoted = known.named(down ? name.substring(1) : name).quoted();
      order.add(quoted + (down ? " DESC NULLS LAST" : ""));
    }
    if (order.isEmpty()) {
      known.all().stream()
          .filter(MartColumn::isTime)
          .findFirst()
          .ifPresent(time -> order.add(time.quoted() + " DESC"));
    }
    return order;
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
}
