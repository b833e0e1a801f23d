package io.medallion.gold.define;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.medallion.gold.mart.MartRefusal;
import io.medallion.lakehouse.schema.TableDefinition;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** SELECTs that cannot be kept are refused: where, and with which words. */
class RefusedMartsIT {
  private static SparkSession session;

  @BeforeAll
  static void session() {
    session =
        MartAnalyzer.session(
            SparkSession.builder()
                .master("local[1]")
                .config("spark.ui.enabled", "false")
                .getOrCreate(),
            TableDefinition.SILVER.schema());
  }

  static Stream<Arguments> refused() {
    return Stream.of(
        of(
            "SELECT page, sum(latitude) AS s FROM silver GROUP BY ALL",
            1,
            14,
            "sum of floating-point numbers",
            "CAST(x AS DECIMAL(18, 6))"),
        of(
            "SELECT page, avg(longitude) AS s FROM silver GROUP BY ALL",
            1,
            14,
            "avg of floating-point numbers",
            "avg(CAST(x AS DECIMAL(18, 6)))"),
        of(
            "SELECT page,\n  percentile(price, 0.95) AS p FROM silver GROUP BY ALL",
            2,
            3,
            "percentile cannot be kept",
            "Count by buckets"),
        of(
            "SELECT page, median(price) AS p FROM silver GROUP BY ALL",
            1,
            14,
            "median cannot be kept",
            "Count by buckets"),
        of(
            "SELECT page, approx_count_distinct(visitor) AS n FROM silver GROUP BY ALL",
            1,
            14,
            "approx_count_distinct cannot be kept",
            "count(DISTINCT ...), which is exact"),
        of(
            "SELECT page, first(visitor) AS v FROM silver GROUP BY ALL",
            1,
            14,
            "first cannot be kept",
            "min_by(value, struct(event_time, event_id))"),
        of(
            "SELECT page, last(visitor) AS v FROM silver GROUP BY ALL",
            1,
            14,
            "last cannot be kept",
            "max_by(value, struct(event_time, event_id))"),
        of(
            "SELECT page, any_value(visitor) AS v FROM silver GROUP BY ALL",
            1,
            14,
            "any_value cannot be kept",
            "min_by"),
        of(
            "SELECT page, collect_list(visitor) AS v FROM silver GROUP BY ALL",
            1,
            14,
            "collect_list cannot be kept",
            "Make the value a key"),
        of(
            "SELECT page, stddev(price) AS s FROM silver GROUP BY ALL",
            1,
            14,
            "stddev cannot be kept",
            "sum(x * x)"),
        of(
            "SELECT page, sum(offset) AS s FROM silver GROUP BY ALL",
            1,
            14,
            "sum of BIGINT",
            "CAST(x AS DECIMAL(20, 0))"),
        of(
            "SELECT page, avg(offset) AS s FROM silver GROUP BY ALL",
            1,
            14,
            "avg of BIGINT",
            "avg(CAST(x AS DECIMAL(20, 0)))"),
        of(
            "SELECT page, sum(DISTINCT price) AS s FROM silver GROUP BY ALL",
            1,
            14,
            "sum(DISTINCT ...)",
            "Leave DISTINCT out"),
        of(
            "SELECT page, count(page, country) AS n FROM silver GROUP BY ALL",
            1,
            14,
            "count of several columns",
            "count_if(a IS NOT NULL AND b IS NOT NULL)"),
        of(
            "SELECT page, count(DISTINCT page, country) AS n FROM silver GROUP BY ALL",
            1,
            14,
            "count(DISTINCT ...) of several columns",
            "concat_ws"),
        of(
            "SELECT page, min_by(visitor, event_time) AS v FROM silver GROUP BY ALL",
            1,
            14,
            "An order in which two events may be equal",
            "struct(event_time, event_id)"),
        of(
            "SELECT page, max_by(visitor, struct(price, event_id)) AS v FROM silver GROUP BY ALL",
            1,
            14,
            "An order in which two events may be equal",
            "struct(x, event_time, event_id)"),
        of(
            "SELECT page, count(*) AS n FROM silver GROUP BY ALL LIMIT 10",
            1,
            1,
            "It has LIMIT",
            "limit where the table is read"),
        of(
            "SELECT page, count(*) AS n FROM silver GROUP BY ALL ORDER BY n",
            1,
            1,
            "It has ORDER BY",
            "order where the table is read"),
        of(
            "SELECT page, count(*) AS n FROM silver GROUP BY page HAVING count(*) > 1",
            1,
            1,
            "It has HAVING",
            "filter in a view"),
        of("SELECT DISTINCT page FROM silver", 1, 1, "It has SELECT DISTINCT", "GROUP BY ALL"),
        of(
            "SELECT a.page, count(*) AS n FROM silver a JOIN silver b ON a.page = b.page GROUP BY ALL",
            1,
            1,
            "join",
            "join in a view"),
        of(
            "WITH s AS (SELECT * FROM silver) SELECT page, count(*) AS n FROM s GROUP BY ALL",
            1,
            1,
            "It has WITH",
            "one SELECT"),
        of(
            "SELECT page, count(*) AS n FROM (SELECT * FROM silver) GROUP BY ALL",
            1,
            1,
            "a subquery",
            "one SELECT"),
        of(
            "SELECT page, count(*) AS n FROM bronze GROUP BY ALL",
            1,
            1,
            "It reads bronze",
            "FROM silver"),
        of("SELECT page, rank() OVER (ORDER BY page) AS r FROM silver", 1, 1, "", "view on top"),
        of(
            "SELECT page, (SELECT max(price) FROM silver) AS m, count(*) AS n FROM silver GROUP BY page",
            1,
            1,
            "",
            "view on top"),
        of(
            "SELECT page, rand() AS r, count(*) AS n FROM silver GROUP BY ALL",
            1,
            14,
            "is not the same whenever it is asked",
            "Use silver's columns"),
        of(
            "SELECT page, uuid() AS r, count(*) AS n FROM silver GROUP BY ALL",
            1,
            14,
            "is not the same whenever it is asked",
            "Use silver's columns"),
        of(
            "SELECT date_diff(now(), event_time) AS age, count(*) AS n FROM silver GROUP BY ALL",
            1,
            1,
            "is not the same whenever it is asked",
            "event_time"),
        of(
            "SELECT page, count_if(event_time > current_timestamp()) AS n FROM silver GROUP BY ALL",
            1,
            14,
            "is not the same whenever it is asked",
            "event_time"),
        of(
            "SELECT page, count(*) AS n FROM silver WHERE event_date = current_date() GROUP BY ALL",
            1,
            1,
            "is not the same whenever it is asked",
            "event_time"),
        of(
            "SELECT explode(split(page, '/')) AS part, count(*) AS n FROM silver GROUP BY ALL",
            1,
            1,
            "",
            "event contract"),
        of("SELECT * FROM silver", 1, 8, "SELECT *", "Name the columns"),
        of("SELECT count(*) AS n FROM silver", 1, 1, "It has no key", "'all' AS scope"),
        of(
            "SELECT page, country FROM silver",
            1,
            1,
            "A SELECT without GROUP BY",
            "Add GROUP BY ALL"),
        of(
            "SELECT page, count(*) AS n FROM silver GROUP BY page, country",
            1,
            1,
            "which is not selected",
            "Select it"),
        of(
            "SELECT page, count(*) FROM silver GROUP BY ALL",
            1,
            1,
            "A column without a name",
            "Write AS"),
        of(
            "SELECT page, count(*) AS n__sum FROM silver GROUP BY ALL",
            1,
            1,
            "is no name of a column",
            "single underscores"),
        of(
            "SELECT page AS `Page`, count(*) AS n FROM silver GROUP BY ALL",
            1,
            8,
            "is no name of a column",
            "small letters"),
        of(
            "SELECT window(event_time, '1 minute') AS w, count(*) AS n FROM silver GROUP BY ALL",
            1,
            8,
            "window without .start or .end",
            "window(...).start"),
        of(
            "SELECT window(event_time, '1 minute').end AS w, count(*) AS n FROM silver GROUP BY ALL",
            1,
            1,
            "selects where windows end",
            "Select the start"),
        of(
            "SELECT window(kafka_timestamp, '1 minute').start AS w, count(*) AS n FROM silver GROUP BY ALL",
            1,
            8,
            "over another time than event_time",
            "window(event_time, ...)"),
        of(
            "SELECT window(event_time, '5 minutes', '2 minutes').start AS w, count(*) AS n FROM silver GROUP BY ALL",
            1,
            8,
            "do not slide by a part of their length",
            "multiple of the slide"),
        of(
            "SELECT window(event_time, '1 hour').start AS w, date_trunc('day', event_time) AS d, count(*) AS n FROM silver GROUP BY ALL",
            1,
            1,
            "Two divisions of time",
            "Keep the finer one"),
        of(
            "SELECT local_date AS day, date_trunc('hour', event_time) AS h, count(*) AS n FROM silver GROUP BY ALL",
            1,
            1,
            "Two divisions of time",
            "Select this one first: local_date behind it is a key"),
        of(
            "SELECT quantity, count(*) AS n FROM silver GROUP BY ALL",
            1,
            8,
            "A key that may be null",
            "coalesce(quantity, ...)"),
        of(
            "SELECT coalesce(latitude, 0) AS l, count(*) AS n FROM silver GROUP BY ALL",
            1,
            1,
            "A floating-point number as a key",
            "DECIMAL"),
        of(
            "SELECT page, max(split(page, '/')) AS p FROM silver GROUP BY ALL",
            1,
            14,
            "A value of type ARRAY",
            "a text"),
        of(
            "SELECT page, sqrt(count(*)) AS n FROM silver GROUP BY ALL",
            1,
            14,
            "over measures",
            "in a view on top"),
        of(
            "SELECT page, count(*) AS n FROM silver WHERE sliver = 1 GROUP BY ALL",
            1,
            1,
            "Spark cannot read it",
            "docs/tables.md"),
        of("SELEKT page FROM silver", 1, 1, "Spark cannot read it", ""));
  }

  private static Arguments of(String sql, int line, int column, String problem, String remedy) {
    return Arguments.of(sql, line, column, problem, remedy);
  }

  private static final long GAP = 1_800_000_000L;

  @ParameterizedTest
  @MethodSource("refused")
  void whatCannotBeKeptIsRefused(String sql, int line, int column, String problem, String remedy) {
    MartRefused thrown =
        catchThrowableOfType(
            MartRefused.class,
            () -> MartAnalyzer.analyse(session, MartFile.of("tried", "marts/tried.sql", sql), GAP));

    assertThat(thrown).as(sql).isNotNull();
    MartRefusal refused = thrown.refusal();
    assertThat(refused.problem()).contains(problem);
    assertThat(refused.remedy()).contains(remedy);
    assertThat(refused.reason()).isNotBlank();
    assertThat(refused.line()).isEqualTo(line);
    if (column > 1) {
      assertThat(refused.column()).isEqualTo(column);
    }
  }
}
