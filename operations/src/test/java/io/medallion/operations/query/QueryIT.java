package io.medallion.operations.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a query may say, and what it cannot do even if nobody asks what it says. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class QueryIT {
  private final SmallLake small = new SmallLake();
  private Query query;

  @BeforeAll
  void fill() throws IOException {
    small.start();
    query = new Query(small.lake(), small.configuration());
  }

  @AfterAll
  void stop() throws IOException {
    small.close();
  }

  static List<String> queries() throws IOException {
    try (InputStream in = QueryIT.class.getResourceAsStream("queries.sql")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("-- "))
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("queries")
  void whatComputesIsRun(String sql) {
    assertThat(query.rows(sql).collectAsList()).isNotNull();
  }

  @Test
  void aReaderWritesNothing() throws IOException {
    Map<String, String> before = small.bytes();
    Query another = new Query(small.lake(), small.configuration());
    assertThat(texts(another, "SELECT offset FROM bronze")).contains("1");
    assertThat(texts(another, "SELECT count(*) FROM bronze VERSION AS OF 0")).containsExactly("0");
    assertThat(small.bytes()).isEqualTo(before);
  }

  @Test
  void ourTablesAreShownAndDescribed() {
    assertThat(texts(query, "SHOW TABLES")).containsExactly(" bronze", " silver", " quarantine");
    assertThat(texts(query, "DESCRIBE bronze")).contains("value binary", "offset bigint");
    assertThat(texts(query, "DESCRIBE QUERY SELECT offset + 1 AS next FROM bronze"))
        .containsExactly("next bigint");
    assertThat(texts(query, "EXPLAIN SELECT offset FROM bronze"))
        .anyMatch(line -> line.contains("FileScan"));
  }

  @Test
  void aTableOfNoSuchNameIsNamed() {
    assertThatThrownBy(() -> query.rows("SELECT * FROM slver"))
        .isInstanceOfSatisfying(
            MedallionException.class,
            e -> assertThat(e.explain()).contains("slver", "Did you mean silver?"));
  }

  @Tag("full")
  @Test
  void deepNestingIsAnErrorLikeAnyOther() {
    String deep = "SELECT " + "(".repeat(20_000) + "1" + ")".repeat(20_000);
    assertThatThrownBy(() -> query.rows(deep))
        .isInstanceOfSatisfying(
            MedallionException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.QUERY_INVALID));
  }

  /** A function of a later Spark is looked at before it is allowed. */
  @Test
  void everyFunctionOfSparksIsAllowedOrKnownNotToBe() {
    Set<String> left = new TreeSet<>();
    small
        .lake()
        .session()
        .sql("SHOW SYSTEM FUNCTIONS")
        .collectAsList()
        .forEach(row -> left.add(row.getString(0)));
    Set<String> unknown = new TreeSet<>(QueryGuard.functions());
    unknown.removeAll(left);
    left.removeAll(QueryGuard.functions());

    assertThat(unknown).isEmpty();
    assertThat(left).allMatch(NOT_ALLOWED::contains);
  }

  private static final Set<String> NOT_ALLOWED =
      Set.of(
          "!=",
          "<>",
          "case",
          "||",
          "reflect",
          "java_method",
          "try_reflect",
          "from_avro",
          "to_avro",
          "schema_of_avro",
          "from_protobuf",
          "to_protobuf",
          "from_xml",
          "to_xml",
          "schema_of_xml",
          "xpath",
          "xpath_boolean",
          "xpath_double",
          "xpath_float",
          "xpath_int",
          "xpath_long",
          "xpath_number",
          "xpath_short",
          "xpath_string",
          "input_file_name",
          "input_file_block_length",
          "input_file_block_start",
          "collations",
          "sql_keywords",
          "python_worker_logs",
          "table_changes",
          "table_changes_by_path");

  /** Past the guard: nothing is written, and nothing outside of the lake is there. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "DELETE FROM bronze",
        "INSERT INTO bronze SELECT * FROM bronze",
        "OPTIMIZE bronze",
        "VACUUM bronze RETAIN 0 HOURS",
        "RESTORE TABLE bronze TO VERSION AS OF 0",
        "EXECUTE IMMEDIATE 'DELETE FROM bronze'",
        "BEGIN DELETE FROM bronze; END",
        "INSERT OVERWRITE DIRECTORY '${outside}/out' USING csv SELECT 1",
        "FROM bronze INSERT OVERWRITE DIRECTORY '${lake}/out' USING parquet SELECT *",
        "CREATE TABLE other AS SELECT 1",
        "CREATE TABLE spark_catalog.default.other USING parquet AS SELECT 1",
        "CREATE TEMPORARY VIEW v USING text OPTIONS (path '${outside}/passwords')",
        "CREATE SCHEMA spark_catalog.s",
        "SET fs.file.impl = org.apache.hadoop.fs.LocalFileSystem",
        "SET `medallion.read-only` = x",
        "RESET",
        "ADD FILE '${outside}/passwords'",
        "SELECT * FROM text.`${outside}/passwords`",
        "SELECT * FROM delta.`${outside}/table`",
        "SELECT * FROM IDENTIFIER('text.`${outside}/passwords`')",
        "EXECUTE IMMEDIATE 'SELECT * FROM text.`${outside}/passwords`'",
        "SELECT * FROM table_changes_by_path('${outside}/table', 0)",
        "SELECT reflect('java.lang.System', 'getProperty', 'user.home')",
        "SELECT xpath_string('<a>b</a>', 'a')",
      })
  void theSessionItselfOnlyReadsTheLake(String sql) throws IOException {
    Map<String, String> before = small.bytes();
    assertThatThrownBy(() -> query.session().sql(small.placed(sql)).collectAsList())
        .hasMessageNotContaining(SmallLake.SECRET);
    assertThat(small.bytes()).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(strings = {"outside/passwords", "lake/../outside/passwords", "outside"})
  void noFileOutsideIsThereForTheSession(String file) {
    SparkSession session = query.session();
    assertThatThrownBy(() -> session.read().text(small.path("") + "/" + file).collectAsList())
        .hasMessageContaining("does not exist")
        .hasMessageNotContaining(SmallLake.SECRET);
    assertThatThrownBy(
            () -> session.read().format("delta").load(small.path("outside/table")).collectAsList())
        .isNotNull();
  }

  @Test
  void theLayersBesideItGoOnWriting() {
    long before = Long.parseLong(texts(query, "SELECT count(*) FROM bronze").get(0));
    small.land(before + 1);
    assertThat(texts(query, "SELECT count(*) FROM bronze"))
        .containsExactly(Long.toString(before + 1));
  }

  private static List<String> texts(Query query, String sql) {
    return query.rows(sql).collectAsList().stream().map(QueryIT::text).toList();
  }

  private static String text(Row row) {
    return String.join(
        " ",
        Stream.iterate(0, i -> i < row.length(), i -> i + 1)
            .map(i -> String.valueOf(row.get(i)))
            .toList());
  }
}
