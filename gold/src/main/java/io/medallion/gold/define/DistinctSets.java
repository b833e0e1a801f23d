package io.medallion.gold.define;

import io.medallion.gold.define.MartDefinition.DistinctColumn;
import io.medallion.gold.define.MartDefinition.KeyColumn;
import io.medallion.gold.define.MartDefinition.Output;
import io.medallion.gold.define.MartDefinition.TimeColumn;
import io.medallion.gold.mart.Aggregation;
import io.medallion.gold.mart.GoldSettings;
import io.medallion.gold.mart.Mart;
import io.medallion.gold.mart.TimeRange;
import io.medallion.gold.postgres.SqlFile;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The distinct values behind a {@code count(DISTINCT ...)}: of each value, by its hash, in which
 * windows it is.
 *
 * <p>Sixty windows that follow each other are a bucket, and a value has a row for each bucket with
 * a bit for each window. Merging is a union of bits; what a merge adds to a window's count is the
 * number of values whose bit was not set before. Where sets are not kept any more nothing can be
 * added to a count: the bucket is counted again from silver.
 */
final class DistinctSets implements Mart {
  private final MartDefinition definition;
  private final MartTable table;
  private final DistinctColumn column;
  private final VisitorUse visitor;

  DistinctSets(MartTable table, DistinctColumn column) {
    this.table = table;
    this.definition = table.definition();
    this.column = column;
    this.visitor = VisitorUse.of(definition);
  }

  /** Whether the values are visitors. */
  private boolean countsVisitors() {
    return visitor.distincts().contains(column);
  }

  @Override
  public boolean isDeclared() {
    return true;
  }

  @Override
  public String name() {
    return definition.name();
  }

  @Override
  public String relation() {
    return definition.setsOf(column);
  }

  /** With its schema, quoted. */
  String setsTable() {
    return table.schema() + "." + Names.quoted(relation());
  }

  private String touched() {
    return Names.quoted("touched_" + relation());
  }

  private String staged() {
    return Names.quoted("staged_" + relation());
  }

  private List<String> keyNames() {
    return definition.keys().stream().map(KeyColumn::name).toList();
  }

  /** What its rows are known by. */
  List<String> setKeys() {
    List<String> keys = new ArrayList<>(List.of("bucket"));
    keys.addAll(keyNames());
    keys.add("value");
    return keys;
  }

  /** The same in the order in which a value of a bucket is found. */
  List<String> indexKeys() {
    List<String> keys = new ArrayList<>(List.of("bucket", "value"));
    keys.addAll(keyNames());
    return keys;
  }

  @Override
  public List<String> columns() {
    List<String> columns = new ArrayList<>(setKeys());
    columns.add("windows");
    return columns.stream().map(Names::quoted).toList();
  }

  /** The columns of staging and of the table of sets. */
  String columnsDdl() {
    return "bucket timestamptz NOT NULL, "
        + definition.keys().stream()
            .map(key -> Names.quoted(key.name()) + " " + key.type().postgres() + " NOT NULL, ")
            .reduce("", String::concat)
        + "value uuid NOT NULL, windows bigint NOT NULL";
  }

  @Override
  public List<String> tables() {
    return List.of(setsTable());
  }

  @Override
  public String definition(GoldSettings settings) {
    return definition.definition(settings);
  }

  @Override
  public List<String> reads() {
    return MartAggregation.reads(
        definition.time(),
        Stream.concat(
            Stream.of(definition.filter(), column.condition(), column.value())
                .filter(java.util.Objects::nonNull),
            definition.keys().stream().map(KeyColumn::expression)));
  }

  @Override
  public List<TimeRange> reads(List<TimeRange> ranges) {
    return ranges.stream().map(definition.time()::around).toList();
  }

  @Override
  public Aggregation aggregation(List<String> columns, GoldSettings settings) {
    return MartAggregation.distinct(definition, table, column, columns);
  }

  @Override
  public List<String> passages() {
    return List.of(touched());
  }

  @Override
  public List<SqlFile> preparations() {
    return List.of(
        new SqlFile(
            relation() + ": passages",
            "CREATE TEMP TABLE IF NOT EXISTS %s (%s, after bigint) ON COMMIT DELETE ROWS"
                .formatted(touched(), columnsDdl())));
  }

  @Override
  public List<SqlFile> statements() {
    List<SqlFile> statements = new ArrayList<>();
    if (!definition.isKept()) {
      statements.add(new SqlFile(relation() + ": defer", defer()));
    }
    statements.add(new SqlFile(relation() + ": touch", touch()));
    statements.add(new SqlFile(relation() + ": count", count()));
    statements.add(new SqlFile(relation() + ": store", store()));
    return statements;
  }

  @Override
  public List<SqlFile> resolutions() {
    List<SqlFile> statements = new ArrayList<>();
    for (String key : visitor.keys()) {
      statements.addAll(resolution("staged.%s = r.tag", "%s = r.person", Names.quoted(key)));
    }
    if (countsVisitors()) {
      statements.addAll(resolution("staged.%s = r.tag_hash", "%s = r.person_hash", "value"));
    }
    return statements;
  }

  private String site() {
    return Names.quoted(visitor.sites().get(0));
  }

  private List<SqlFile> resolution(String same, String set, String name) {
    String whose = "staged.%s = r.site AND %s".formatted(site(), same.formatted(name));
    return List.of(
        new SqlFile(
            relation() + ": read again",
            "DELETE FROM %s AS staged USING resolved_visitors AS r WHERE %s AND r.read_again"
                .formatted(staged(), whose)),
        new SqlFile(
            relation() + ": resolve",
            "UPDATE %s AS staged SET %s FROM resolved_visitors AS r WHERE %s"
                .formatted(staged(), set.formatted(name), whose)));
  }

  @Override
  public List<SqlFile> moves() {
    if (!visitor.keys().isEmpty()) {
      return List.of(new SqlFile(relation() + ": move", moveKeys()));
    }
    if (!countsVisitors()) {
      return List.of();
    }
    List<SqlFile> statements = new ArrayList<>();
    if (!definition.isKept()) {
      statements.add(new SqlFile(relation() + ": lose", loseMoved()));
    }
    statements.add(new SqlFile(relation() + ": move", moveValues()));
    statements.add(new SqlFile(relation() + ": count moved", countMoved()));
    statements.add(new SqlFile(relation() + ": moved", "DELETE FROM " + touched()));
    return statements;
  }

  /** The rows that these are of are gone already, and are counted again from what is staged. */
  private String moveKeys() {
    List<String> moved = new ArrayList<>();
    for (String name : columns()) {
      moved.add(
          visitor.keys().stream().map(Names::quoted).anyMatch(name::equals)
              ? "to_visitor"
              : name.equals("\"value\"") && countsVisitors() ? "to_hash" : name);
    }
    return """
        WITH taken AS (
          DELETE FROM %1$s AS kept
          USING moved_visitors AS moved
          WHERE kept.%7$s = moved.site AND kept.%2$s = from_visitor
          RETURNING %3$s, to_visitor, to_hash
        )
        INSERT INTO %4$s (%5$s)
        SELECT %6$s FROM taken WHERE to_visitor IS NOT NULL"""
        .formatted(
            setsTable(),
            Names.quoted(visitor.keys().get(0)),
            columns().stream().map(c -> "kept." + c).collect(Collectors.joining(", ")),
            staged(),
            String.join(", ", columns()),
            String.join(", ", moved),
            site());
  }

  /** The buckets in which moved visitors may be; an index finds these, and not the values. */
  private String movedBuckets() {
    TimeKey time = definition.time();
    return switch (time.kind()) {
      case WINDOW ->
          """
          SELECT DISTINCT site, from_hash, to_hash,
            timestamptz 'epoch' + place * interval '1 microsecond' AS bucket
          FROM (
            SELECT site, from_hash, to_hash, (extract(epoch FROM since) * 1000000)::bigint AS since,
              (extract(epoch FROM until) * 1000000)::bigint AS until
            FROM moved_visitors JOIN moved_times USING (site, from_visitor)
          ) AS times
          CROSS JOIN LATERAL generate_series(
            floor((since - %1$d - %2$d)::numeric / %3$d)::bigint * %3$d + %2$d, until, %3$d) AS place"""
              .formatted(time.size(), time.offset(), table.bucket());
      case CALENDAR ->
          """
          SELECT DISTINCT site, from_hash, to_hash,
            date_trunc('%s', since AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' AS bucket
          FROM moved_visitors JOIN moved_times USING (site, from_visitor)"""
              .formatted(time.unit());
      case LOCAL ->
          """
          SELECT DISTINCT site, from_hash, to_hash,
            date_trunc('%1$s', day, 'UTC') AS bucket
          FROM moved_visitors JOIN moved_times USING (site, from_visitor)
          CROSS JOIN LATERAL generate_series(
            date_trunc('day', since - %2$s, 'UTC'), until + %2$s, interval '1 day', 'UTC') AS day"""
              .formatted(time.unit(), table.micros(TimeKey.FARTHEST));
      case NONE, SESSION ->
          "SELECT site, from_hash, to_hash, timestamptz 'epoch' AS bucket FROM moved_visitors";
    };
  }

  private String moveValues() {
    return """
        WITH taken AS (
          DELETE FROM %1$s AS kept
          USING (%2$s) AS moved
          WHERE kept.bucket = moved.bucket AND kept.%9$s = moved.site AND kept.value = moved.from_hash
          RETURNING %3$s, moved.to_hash
        ),
        others AS (
          INSERT INTO %4$s (%5$s)
          SELECT %6$s FROM taken WHERE to_hash IS NOT NULL
        )
        INSERT INTO %7$s (%8$s, windows, after)
        SELECT %8$s, 0, windows FROM taken"""
        .formatted(
            setsTable(),
            movedBuckets(),
            columns().stream().map(c -> "kept." + c).collect(Collectors.joining(", ")),
            staged(),
            String.join(", ", columns()),
            columns().stream()
                .map(c -> c.equals(Names.quoted("value")) ? "to_hash" : c)
                .collect(Collectors.joining(", ")),
            touched(),
            Names.list(setKeys()),
            site());
  }

  /** Takes them out of the counts, as {@link #count} puts what is new into these. */
  private String countMoved() {
    return count().replace("sum(members)", "-sum(members)");
  }

  /** Where sets are not kept any more, the windows of moved visitors are counted again. */
  private String loseMoved() {
    return """
        INSERT INTO lost_buckets (mart, since, until)
        SELECT DISTINCT '%1$s', bucket, bucket + %2$s
        FROM (%3$s) AS moved
        WHERE %4$s AND bucket + %2$s > current_setting('medallion.retained_from')::timestamptz
        ON CONFLICT DO NOTHING"""
        .formatted(name(), table.micros(table.bucket()), movedBuckets(), gone("moved"));
  }

  /** Whether the sets of a bucket are gone. */
  private String gone(String row) {
    return "%s.bucket + %s <= current_setting('medallion.user_sets_retained_from')::timestamptz"
        .formatted(row, table.micros(table.bucket()));
  }

  /** To windows whose sets are not kept any more nothing can be added. */
  private String defer() {
    return """
        WITH deferred AS (
          DELETE FROM %1$s AS staged
          WHERE %2$s
            AND NOT EXISTS (
              SELECT FROM lost_buckets AS lost
              WHERE lost.mart = '%3$s' AND lost.since = staged.bucket AND lost.counted_again)
          RETURNING bucket
        )
        INSERT INTO lost_buckets (mart, since, until)
        SELECT DISTINCT '%3$s', bucket, bucket + %4$s
        FROM deferred
        WHERE bucket + %4$s > current_setting('medallion.retained_from')::timestamptz
        ON CONFLICT DO NOTHING"""
        .formatted(staged(), gone("staged"), name(), table.micros(table.bucket()));
  }

  /** Only sets that grow go on from here. */
  private String touch() {
    String keys = Names.list(setKeys());
    return """
        INSERT INTO %1$s (%2$s, windows, after)
        SELECT %2$s, coalesce(kept.windows, 0), coalesce(kept.windows, 0) | new.windows
        FROM (
          SELECT %2$s, bit_or(windows) AS windows FROM %3$s GROUP BY %2$s
        ) AS new
        LEFT JOIN %4$s AS kept USING (%2$s)
        WHERE new.windows & ~coalesce(kept.windows, 0) <> 0"""
        .formatted(touched(), keys, staged(), setsTable());
  }

  /** Sets that grow by the same windows are counted at once, of each bucket only what is new. */
  private String count() {
    List<Output> rowKeys = table.keyColumns();
    String keys = keyNames().stream().map(k -> ", " + Names.quoted(k)).reduce("", String::concat);
    String start = "(bucket + n * %s)".formatted(table.micros(definition.time().slide()));
    List<String> values = new ArrayList<>();
    for (Output output : rowKeys) {
      values.add(
          output instanceof TimeColumn time
              ? MartTable.column(time.end() ? table.endOf(start) : start, time.type())
              : Names.quoted(output.name()));
    }
    String places = String.join(", ", positions(values.size()));
    String name = Names.quoted(column.name());
    return """
        INSERT INTO %1$s AS kept (%2$s, %3$s)
        SELECT %4$s, sum(members)
        FROM (
          SELECT bucket%5$s, added, members, added::bit(60)::text AS bits
          FROM (
            SELECT bucket%5$s, after & ~windows AS added, count(*) AS members
            FROM %6$s
            GROUP BY bucket%5$s, after & ~windows
          ) AS alike
        ) AS grown
        CROSS JOIN LATERAL generate_series(60 - length(rtrim(bits, '0')), 60 - position('1' IN bits)) AS n
        WHERE (added >> n) & 1 = 1
        GROUP BY %7$s
        ORDER BY %7$s
        ON CONFLICT (%8$s) DO UPDATE SET %3$s = kept.%3$s + excluded.%3$s"""
        .formatted(
            table.name(),
            Names.list(table.keyNames()),
            name,
            String.join(", ", values),
            keys,
            touched(),
            places,
            Names.list(table.keys()));
  }

  private static List<String> positions(int n) {
    return java.util.stream.IntStream.rangeClosed(1, n).mapToObj(Integer::toString).toList();
  }

  private String store() {
    String keys = Names.list(setKeys());
    return """
        UPDATE %1$s AS kept SET windows = touched.after
        FROM %2$s AS touched
        WHERE touched.windows <> 0 AND %3$s;

        INSERT INTO %1$s (%4$s, windows)
        SELECT %4$s, after FROM %2$s WHERE windows = 0 ORDER BY %4$s"""
        .formatted(setsTable(), touched(), DeclaredMart.same("kept", "touched", setKeys()), keys);
  }

  /** Every window that is made again, and its bit in every set. */
  @Override
  public List<SqlFile> removals() {
    String remove =
        definition.time().kind() == TimeKey.Kind.WINDOW
            ? removeWindows()
            : "DELETE FROM %s AS kept USING remade WHERE %s"
                .formatted(setsTable(), table.touches("kept.bucket"));
    return List.of(new SqlFile(relation() + ": remove", remove));
  }

  private String removeWindows() {
    TimeKey time = definition.time();
    return """
        CREATE TEMP TABLE removed_windows ON COMMIT DROP AS
        SELECT timestamptz 'epoch' + place * interval '1 microsecond' AS bucket,
          bit_or(1::bigint << ((start - place) / %1$d)::int) AS windows
        FROM (
          SELECT start, floor((start - %3$d)::numeric / %4$d)::bigint * %4$d + %3$d AS place
          FROM (
            SELECT (extract(epoch FROM since) * 1000000)::bigint AS since,
              (extract(epoch FROM until) * 1000000)::bigint AS until
            FROM remade
          ) AS times
          CROSS JOIN LATERAL generate_series(
            floor((since - %2$d - %3$d)::numeric / %1$d)::bigint * %1$d + %3$d + %1$d,
            until - 1, %1$d) AS start
        ) AS windows
        GROUP BY place;

        DELETE FROM %5$s AS kept
        USING removed_windows AS removed
        WHERE kept.bucket = removed.bucket AND kept.windows & ~removed.windows = 0;

        UPDATE %5$s AS kept
        SET windows = kept.windows & ~removed.windows
        FROM removed_windows AS removed
        WHERE kept.bucket = removed.bucket AND kept.windows & removed.windows <> 0;

        DROP TABLE removed_windows"""
        .formatted(time.slide(), time.size(), time.offset(), table.bucket(), setsTable());
  }

  @Override
  public List<SqlFile> prunings() {
    return definition.isKept()
        ? List.of()
        : List.of(
            new SqlFile(
                relation() + ": prune",
                "DELETE FROM %s AS kept WHERE %s".formatted(setsTable(), gone("kept"))));
  }
}
