package io.medallion.operations.verify;

import static org.apache.spark.sql.functions.callUDF;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.when;

import io.medallion.lakehouse.schema.SilverColumns;
import io.medallion.lakehouse.spark.SparkInternals;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;

/**
 * Who is who by silver's rows, in words that gold knows nothing of: what gold counts for one person
 * is compared with it.
 *
 * @param links of ids: {@code site}, {@code kind}, {@code id}, {@code person}, which is null for
 *     nobody's
 * @param placeholders in small letters, what is no id
 */
record People(Dataset<Row> links, Set<String> placeholders) {
  private static final String ANONYMOUS = "anonymous_id";
  private static final String SESSION = "session_id";
  private static final int LONGEST_KEY = 1_024;

  /** Names that no column of silver can have, a user's own included. */
  private static final String KIND = "person: kind";

  private static final String ID = "person: id";
  private static final String LINK = "link: ";

  /** By all of silver's rows. */
  static People of(Dataset<Row> silver, Collection<String> placeholders) {
    return ofIds(ids(silver, placeholders), placeholders);
  }

  /** By what {@link #ids} has of all of silver's rows, which it reads several times. */
  static People ofIds(Dataset<Row> ids, Collection<String> placeholders) {
    ids.createOrReplaceTempView("ids");
    return new People(ids.sparkSession().sql(SqlResource.of("people")), folded(placeholders));
  }

  /**
   * The ids of each event that are some, and its time.
   *
   * @param placeholders what is no id, in any case
   */
  static Dataset<Row> ids(Dataset<Row> silver, Collection<String> placeholders) {
    new People(null, folded(placeholders)).register(silver.sparkSession());
    return silver.select(
        key(SilverColumns.SITE).as("site"),
        id(SilverColumns.USER_ID).as("user"),
        id(ANONYMOUS).as("anonymous"),
        id(SESSION).as("session"),
        functions.unix_micros(col(SilverColumns.EVENT_TIME)).as("t"),
        key(SilverColumns.EVENT_ID).as("event"));
  }

  /** By links that are known. */
  static People linked(Dataset<Row> links, Collection<String> placeholders) {
    return new People(links, folded(placeholders));
  }

  private static Set<String> folded(Collection<String> placeholders) {
    return placeholders.stream()
        .map(id -> id.strip().toLowerCase(Locale.ROOT))
        .collect(Collectors.toUnmodifiableSet());
  }

  /** What {@link #id} and {@link #key} call. */
  private void register(SparkSession session) {
    Set<String> none = placeholders;
    session
        .udf()
        .register(
            "id_key",
            (UDF1<String, String>)
                id ->
                    id == null || id.isBlank() || none.contains(id.strip().toLowerCase(Locale.ROOT))
                        ? null
                        : cut(id),
            DataTypes.StringType);
    session.udf().register("cut_key", (UDF1<String, String>) People::cut, DataTypes.StringType);
  }

  /** An id as a key; null if it is none. */
  private static Column id(String column) {
    return callUDF("id_key", col(column));
  }

  private static String cut(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length <= LONGEST_KEY ? text : GoldKey.cut(text);
  }

  private static Column key(String column) {
    return when(functions.octet_length(col(column)).leq(LONGEST_KEY), col(column))
        .otherwise(callUDF("cut_key", col(column)));
  }

  /** Silver's rows, with the person that each counts for as their visitor. */
  Dataset<Row> resolved(Dataset<Row> silver) {
    register(silver.sparkSession());
    Column user = id(SilverColumns.USER_ID);
    Column anonymous = id(ANONYMOUS);
    Dataset<Row> known =
        SparkInternals.rows(silver.sparkSession(), links).where(col("person").isNotNull());
    for (String column : known.columns()) {
      known = known.withColumnRenamed(column, LINK + column);
    }
    // Users are nobody else: they find no link, and are spread over the tasks as others are.
    return silver
        .withColumn(
            KIND,
            when(user.isNotNull(), "user")
                .when(anonymous.isNotNull(), "anonymous")
                .otherwise("session"))
        .withColumn(ID, coalesce(user, anonymous, id(SESSION)))
        .join(
            known,
            col(ID)
                .equalTo(col(LINK + "id"))
                .and(col(KIND).equalTo(col(LINK + "kind")))
                .and(key(SilverColumns.SITE).equalTo(col(LINK + "site"))),
            "left_outer")
        .withColumn(
            SilverColumns.VISITOR,
            coalesce(col(LINK + "person"), col(ID), col(SilverColumns.VISITOR)))
        .select(Stream.of(silver.columns()).map(functions::col).toArray(Column[]::new));
  }

  /** The persons, before or after, of ids that are not whose they were. */
  static Dataset<Row> changed(People before, People after) {
    return before
        .links
        .withColumnRenamed("person", "was")
        .join(
            after.links.withColumnRenamed("person", "becomes"),
            scala.jdk.javaapi.CollectionConverters.asScala(java.util.List.of("site", "kind", "id"))
                .toSeq(),
            "full_outer")
        .where(not(coalesce(col("was"), col("id")), coalesce(col("becomes"), col("id"))))
        .select(
            functions
                .explode(
                    functions.array(
                        coalesce(col("was"), col("id")), coalesce(col("becomes"), col("id"))))
                .as(SilverColumns.VISITOR));
  }

  private static Column not(Column one, Column other) {
    return functions.not(one.equalTo(other));
  }
}
