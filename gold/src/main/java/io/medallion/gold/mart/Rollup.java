package io.medallion.gold.mart;

import io.medallion.gold.postgres.SqlFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A table of counts and sums over the rows of one mart, for views that would read too many of
 * these. Triggers on the mart's table keep it: whatever changes rows there, by whichever way of
 * merging, changes the rollup in the same statement.
 *
 * <p>Its SELECT, in {@code sql/rollups}, is a sum over <i>parts</i> of the mart that have nothing
 * to do with each other, such as rows or visitors. So a change is worth what the SELECT makes of
 * the changed parts as they are, less what it makes of them as they were. If it compares rows of a
 * part that are near each other in time, those near a changed one are enough: what it makes of
 * others is the same in both. The first number of a row counts: where nothing is left, the row
 * goes.
 *
 * @param name of the table and of the file
 * @param mart whose rows it is about
 * @param keys the columns that a row is known by
 * @param numbers the other columns
 * @param time the key by which retention removes rows; null if it leaves them alone
 * @param parts the columns of the mart that tell its parts apart; none if every row is one
 * @param reach how far apart in the mart's column {@code time} rows of a part may be that the
 *     SELECT compares, as an interval; null if it reads parts as a whole
 * @param reads the columns of the mart that the SELECT reads, where parts are more than rows: parts
 *     of its key, so that no update changes them
 */
public record Rollup(
    String name,
    String mart,
    List<String> keys,
    List<String> numbers,
    String time,
    List<String> parts,
    String reach,
    List<String> reads) {
  /** Asked once a statement, not once a row. */
  private static final String RETAINED_FROM = "(SELECT gold.retained_from())";

  /** All of them. */
  public static final List<Rollup> ALL =
      List.of(
          new Rollup(
              "session_hours",
              "sessions",
              List.of("site", "hour", "local_date"),
              List.of(
                  "sessions",
                  "converted",
                  "bounced",
                  "viewed",
                  "carted",
                  "purchased",
                  "total_duration"),
              "hour",
              List.of(),
              null,
              List.of()),
          new Rollup(
              "new_users",
              "daily_users",
              List.of("site", "day"),
              List.of("users"),
              null,
              List.of("site", "visitor"),
              null,
              List.of("site", "day", "visitor")),
          new Rollup(
              "period_users",
              "daily_users",
              List.of("site", "period", "first_day"),
              List.of("users"),
              null,
              List.of("site", "visitor"),
              null,
              List.of("site", "day", "visitor")),
          new Rollup(
              "country_changes",
              "visitor_countries",
              List.of("site", "visitor", "hour"),
              List.of("changes"),
              "hour",
              List.of("site", "visitor"),
              "1 hour",
              List.of("site", "visitor", "hour", "country")));

  /** Its table. */
  public String table() {
    return "gold." + name;
  }

  /** The name of the triggers' function, without its schema. */
  public String function() {
    return "roll_up_" + name;
  }

  /**
   * Its SELECT over some rows.
   *
   * @param rows a query, which may stand in the place of the mart's table
   */
  private String over(String rows) {
    return "WITH %s AS (%s)\n%s".formatted(mart, rows, SqlFile.of("rollups/" + name).text());
  }

  /** What it should hold: its SELECT over all rows of the mart. */
  public String query() {
    return over("SELECT * FROM gold." + mart);
  }

  /** Has triggers keep it from now on, and makes it of the rows that are there. */
  public List<SqlFile> attachments() {
    List<String> statements = new ArrayList<>();
    statements.add(
        """
        CREATE OR REPLACE FUNCTION gold.%s() RETURNS trigger LANGUAGE plpgsql
        -- Its plans are kept: one that was made for an empty table must not read all of a full one.
        SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
        AS $rollup$
        DECLARE
          written %s;
        BEGIN
          IF TG_OP = 'INSERT' THEN
        %s
          ELSIF TG_OP = 'DELETE' THEN
        %s%s
          END IF;
          RETURN NULL;
        END $rollup$"""
            .formatted(
                function(),
                table(),
                steps(true, false),
                steps(false, true),
                isOfRows() ? "\n  ELSE\n" + steps(true, true) : ""));
    statements.add(trigger("INSERT", "NEW TABLE AS added"));
    statements.add(trigger("DELETE", "OLD TABLE AS removed"));
    if (isOfRows()) {
      statements.add(trigger("UPDATE", "OLD TABLE AS removed NEW TABLE AS added"));
    }
    statements.add("DELETE FROM " + table());
    statements.add(
        "INSERT INTO %s (%s) SELECT * FROM (%s) AS made%s"
            .formatted(table(), list(columns()), query(), retained()));
    return statements.stream().map(sql -> new SqlFile(name, sql)).toList();
  }

  private boolean isOfRows() {
    return parts.isEmpty();
  }

  private String trigger(String event, String tables) {
    return "CREATE TRIGGER %1$s_%2$s AFTER %3$s ON gold.%4$s REFERENCING %5$s FOR EACH STATEMENT EXECUTE FUNCTION gold.%1$s()"
        .formatted(function(), event.toLowerCase(Locale.ROOT), event, mart, tables);
  }

  /** The statement that removes what is older than gold keeps it; none if all of it stays. */
  public List<SqlFile> prunings() {
    return time == null
        ? List.of()
        : List.of(
            new SqlFile(
                name + ": prune",
                "DELETE FROM %s WHERE %s < %s".formatted(table(), time, RETAINED_FROM)));
  }

  private List<String> columns() {
    return Stream.concat(keys.stream(), numbers.stream()).toList();
  }

  private static String list(List<String> columns) {
    return String.join(", ", columns);
  }

  private String retained() {
    return time == null ? "" : " WHERE %s >= %s".formatted(time, RETAINED_FROM);
  }

  /**
   * Adds what a statement on the mart has changed.
   *
   * @param added whether it has added rows, which are in the table of this name
   * @param removed whether it has removed rows, which are in that one
   */
  private String steps(boolean added, boolean removed) {
    return """
            FOR written IN
              INSERT INTO %1$s AS kept (%2$s)
              %3$sSELECT %4$s, %5$s
              FROM (
                SELECT %4$s, 1 AS n, %6$s FROM (%7$s) AS now
                UNION ALL
                SELECT %4$s, -1, %6$s FROM (%8$s) AS before
              ) AS steps%9$s
              GROUP BY %4$s
              HAVING %10$s
              ORDER BY %4$s
              ON CONFLICT (%4$s) DO UPDATE SET %11$s
              RETURNING kept.*
            LOOP
              IF written.%12$s = 0 THEN
                DELETE FROM %1$s AS kept WHERE %13$s;
              END IF;
            END LOOP;"""
        .formatted(
            table(),
            list(columns()),
            isOfRows() ? "" : changedParts(added),
            list(keys),
            each("sum(n * %1$s)", ", "),
            list(numbers),
            over(isOfRows() ? rows(added, "added") : "TABLE parts_now"),
            over(isOfRows() ? rows(removed, "removed") : "TABLE parts_before"),
            retained(),
            each("sum(n * %1$s) <> 0 * sum(n * %1$s)", " OR "),
            each("%1$s = kept.%1$s + excluded.%1$s", ", "),
            numbers.get(0),
            keys.stream()
                .map("kept.%1$s = written.%1$s"::formatted)
                .collect(Collectors.joining(" AND ")));
  }

  private String each(String expression, String separator) {
    return numbers.stream().map(expression::formatted).collect(Collectors.joining(separator));
  }

  private String rows(boolean any, String table) {
    return any ? "TABLE " + table : "SELECT * FROM gold.%s WHERE false".formatted(mart);
  }

  /** The parts in which rows have come or gone, as they are and as they were before. */
  private String changedParts(boolean added) {
    String changed = added ? "added" : "removed";
    List<String> known = new ArrayList<>(parts);
    String same =
        parts.stream()
            .map("whole.%1$s = part.%1$s"::formatted)
            .collect(Collectors.joining(" AND "));
    if (reach != null) {
      known.add(time);
      same +=
          " AND whole.%1$s BETWEEN part.%1$s - interval '%2$s' AND part.%1$s + interval '%2$s'"
              .formatted(time, reach);
    }
    return """
        WITH parts_now AS MATERIALIZED (
          SELECT %1$s%2$s
          FROM (SELECT DISTINCT %3$s FROM %4$s) AS part
          JOIN gold.%5$s AS whole ON %6$s),
        parts_before AS MATERIALIZED (
          SELECT %7$s FROM parts_now %8$s ALL SELECT %7$s FROM %4$s)
        """
        .formatted(
            reach == null ? "" : "DISTINCT ",
            reads.stream().map("whole."::concat).collect(Collectors.joining(", ")),
            list(known),
            changed,
            mart,
            same,
            list(reads),
            added ? "EXCEPT" : "UNION");
  }
}
