package io.medallion.gold.define;

import io.medallion.gold.mart.TimeRange;
import io.medallion.gold.postgres.SqlFile;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The sessions of a mart that divides time by {@code session_window}: unions of intervals.
 *
 * <p>A new part that is near no other one is stored as it is, or added to the one session that ends
 * shortly before it; what is left goes through gaps and islands together with the sessions that it
 * touches. Kept sessions of a key lie more than the gap apart.
 */
final class DeclaredSessions extends DeclaredRows {
  private final List<String> keys;
  private final String start;
  private final String end;
  private final List<String> columns;
  private final String gap;

  DeclaredSessions(MartTable table) {
    super(table);
    List<String> named = table.keys();
    this.keys = named.subList(0, named.size() - 1).stream().map(Names::quoted).toList();
    this.start = Names.quoted(definition.start().orElseThrow().name());
    this.end = Names.quoted(definition.sessionEnd());
    this.columns = columns();
    this.gap = table.micros(definition.time().size());
  }

  @Override
  public List<TimeRange> reads(List<TimeRange> ranges) {
    return ranges;
  }

  private String passage(String what) {
    return Names.quoted(what + "_" + relation());
  }

  @Override
  public List<String> passages() {
    return Stream.of("joining", "appended", "touched", "merged").map(this::passage).toList();
  }

  @Override
  public List<SqlFile> preparations() {
    String like =
        "CREATE TEMP TABLE IF NOT EXISTS %s (LIKE gold_staging.%s%s) ON COMMIT DELETE ROWS";
    String staging = Names.quoted(relation());
    return List.of(
        statement("joining", like.formatted(passage("joining"), staging, "")),
        statement("touched", like.formatted(passage("touched"), staging, "")),
        statement(
            "appended", like.formatted(passage("appended"), staging, ", kept_start timestamptz")),
        statement("merged", like.formatted(passage("merged"), staging, ", kept boolean")));
  }

  @Override
  public List<SqlFile> statements() {
    return List.of(
        statement("lone", lone()),
        statement("touch", touch()),
        statement("merge", merge()),
        statement("absorb", absorb()),
        statement("store", store()));
  }

  private String sameKeys(String a, String b) {
    return keys.stream()
        .map(key -> "%s.%3$s = %2$s.%3$s".formatted(a, b, key))
        .collect(Collectors.joining(" AND "));
  }

  private String list(List<String> names) {
    return String.join(", ", names);
  }

  /** Mostly a part is a session, or follows one: the rest goes through islands. */
  private String lone() {
    return """
        WITH parts AS (
          SELECT *,
            max(%1$s) OVER (in_order ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached,
            lead(%2$s) OVER in_order AS next_start
          FROM %3$s
          WINDOW in_order AS (PARTITION BY %4$s ORDER BY %2$s)
        ),
        judged AS MATERIALIZED (
          SELECT parts.*, kept.*,
            coalesce(kept_end + %5$s >= parts.%2$s, false) AS follows,
            (next_start IS NULL OR next_start > parts.%1$s + %5$s)
              AND (kept_start IS NULL OR kept_start < parts.%2$s)
              AND CASE WHEN kept_end + %5$s >= parts.%2$s
                       THEN kept_end < parts.%2$s AND (reached IS NULL OR reached + %5$s < kept_start)
                       ELSE reached IS NULL OR reached + %5$s < parts.%2$s END AS lone
          FROM parts
          LEFT JOIN LATERAL (
            SELECT stored.%2$s AS kept_start, stored.%1$s AS kept_end
            FROM %6$s AS stored
            WHERE %7$s AND stored.%2$s <= parts.%1$s + %5$s
            ORDER BY stored.%2$s DESC
            LIMIT 1
          ) AS kept ON true
        ),
        begun AS (
          INSERT INTO %6$s (%8$s) SELECT %8$s FROM judged WHERE lone AND NOT follows
        ),
        joining AS (
          INSERT INTO %9$s (%8$s) SELECT %8$s FROM judged WHERE NOT lone
        )
        INSERT INTO %10$s (%8$s, kept_start)
        SELECT %8$s, kept_start FROM judged WHERE lone AND follows"""
        .formatted(
            end,
            start,
            staged(),
            list(keys),
            gap,
            table.name(),
            sameKeys("stored", "parts"),
            list(columns),
            passage("joining"),
            passage("appended"));
  }

  /**
   * Those at most the gap away from a part; both lookups stay within a few entries of the index.
   */
  private String touch() {
    return """
        INSERT INTO %1$s (%2$s)
        SELECT DISTINCT ON (%3$s) %4$s
        FROM (SELECT %5$s, %6$s, %7$s FROM %8$s ORDER BY %5$s, %6$s) AS parts
        CROSS JOIN LATERAL (
          SELECT *
          FROM %9$s AS stored
          WHERE %10$s
            AND stored.%6$s <= parts.%7$s + %11$s
            AND stored.%6$s >= coalesce(
              (SELECT stored.%6$s
               FROM %9$s AS stored
               WHERE %10$s AND stored.%6$s < parts.%6$s
               ORDER BY stored.%6$s DESC
               LIMIT 1),
              parts.%6$s)
            AND stored.%7$s >= parts.%6$s - %11$s
        ) AS kept
        ORDER BY %3$s"""
        .formatted(
            passage("touched"),
            list(columns),
            qualified("kept", withStart()),
            qualified("kept", columns),
            list(keys),
            start,
            end,
            passage("joining"),
            table.name(),
            sameKeys("stored", "parts"),
            gap);
  }

  private List<String> withStart() {
    List<String> all = new ArrayList<>(keys);
    all.add(start);
    return all;
  }

  private static String qualified(String of, List<String> names) {
    return names.stream().map(name -> of + "." + name).collect(Collectors.joining(", "));
  }

  /** Gaps and islands over new parts and touched sessions. */
  private String merge() {
    String aggregates =
        keys.stream()
            .map(key -> "(array_agg(%s))[1]".formatted(key))
            .collect(Collectors.joining(", "));
    List<String> order = new ArrayList<>(List.of(start));
    order.addAll(keys);
    order.addAll(table.stateNames().stream().map(Names::quoted).toList());
    return """
        INSERT INTO %1$s (%2$s, kept)
        WITH parts AS (
          SELECT %2$s, false AS kept FROM %3$s
          UNION ALL
          SELECT %2$s, true FROM %4$s
        ),
        ordered AS (
          SELECT *,
            max(%5$s) OVER (
              PARTITION BY %6$s ORDER BY %7$s
              ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached
          FROM parts
        ),
        numbered AS MATERIALIZED (
          SELECT *,
            count(*) FILTER (WHERE reached IS NULL OR %7$s > reached + %8$s)
              OVER (ORDER BY %6$s, %7$s ROWS UNBOUNDED PRECEDING) AS island
          FROM ordered
        )
        SELECT min(%7$s), %9$s, %10$s,
          coalesce(min(%7$s) FILTER (WHERE kept) = min(%7$s), false)
        FROM numbered
        GROUP BY island"""
        .formatted(
            passage("merged"),
            list(order),
            passage("joining"),
            passage("touched"),
            end,
            list(keys),
            start,
            gap,
            aggregates,
            list(combined()));
  }

  /** Touched sessions that begin earlier now, or belong to another one. */
  private String absorb() {
    String known = list(withStart());
    return """
        DELETE FROM %1$s AS kept
        USING (SELECT %2$s FROM %3$s EXCEPT SELECT %2$s FROM %4$s) AS absorbed
        WHERE %5$s AND kept.%6$s = absorbed.%6$s"""
        .formatted(
            table.name(),
            known,
            passage("touched"),
            passage("merged"),
            sameKeys("kept", "absorbed"),
            start);
  }

  private String store() {
    String replaced =
        table.stateNames().stream()
            .map(Names::quoted)
            .map("%1$s = merged.%1$s"::formatted)
            .collect(Collectors.joining(", "));
    return """
        UPDATE %1$s AS kept SET %2$s
        FROM %3$s AS part
        WHERE %4$s AND kept.%5$s = part.kept_start;

        UPDATE %1$s AS kept SET %6$s
        FROM %7$s AS merged
        WHERE merged.kept AND %8$s AND kept.%5$s = merged.%5$s;

        INSERT INTO %1$s (%9$s)
        SELECT %9$s FROM %7$s WHERE NOT kept ORDER BY %10$s"""
        .formatted(
            table.name(),
            list(followed("part")),
            passage("appended"),
            sameKeys("kept", "part"),
            start,
            replaced,
            passage("merged"),
            sameKeys("kept", "merged"),
            list(columns),
            list(withStart()));
  }

  /** Where a session reaches out of the times that are made again, the rest of it is read again. */
  @Override
  public List<SqlFile> removals() {
    return List.of(
        statement(
            "remove",
            """
            WITH removed AS (
              DELETE FROM %1$s AS kept
              USING remade
              WHERE kept.%2$s < remade.until AND kept.%3$s >= remade.since
              RETURNING %4$s, kept.%2$s AS began, kept.%3$s AS ended
            )
            INSERT INTO reread (mart, keys, since, until)
            SELECT DISTINCT '%5$s', ARRAY[%6$s], began, ended + interval '1 microsecond'
            FROM removed
            WHERE NOT EXISTS (
              SELECT FROM remade WHERE removed.began >= remade.since AND removed.ended < remade.until)"""
                .formatted(
                    table.name(),
                    start,
                    end,
                    qualified("kept", keys),
                    name(),
                    definition.keys().stream()
                        .map(key -> Names.quoted(key.name()) + "::text")
                        .collect(Collectors.joining(", ")))));
  }

  /** Those that no kept event can join any more. */
  @Override
  public List<SqlFile> prunings() {
    return definition.isKept()
        ? List.of()
        : List.of(
            statement(
                "prune",
                """
                DELETE FROM %1$s
                WHERE %2$s < current_setting('medallion.retained_from')::timestamptz
                  AND %3$s < current_setting('medallion.retained_from')::timestamptz - %4$s"""
                    .formatted(table.name(), start, end, gap)));
  }
}
