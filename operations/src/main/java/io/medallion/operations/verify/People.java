package io.medallion.operations.verify;

import static org.apache.spark.sql.functions.callUDF;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;

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
  private static final String KIND =
      "case when user is not null then 'user' when anonymous is not null then 'anonymous' else 'session' end";

  /** The columns of silver that it reads besides those of {@link GoldEvents}. */
  static final java.util.List<String> READ = java.util.List.of(ANONYMOUS, SESSION);

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
    return new People(null, folded(placeholders))
        .withIds(silver)
        .selectExpr(
            key(SilverColumns.SITE) + " as site",
            "user",
            "anonymous",
            "session",
            "unix_micros(event_time) as t",
            key(SilverColumns.EVENT_ID) + " as event");
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

  /** With the ids that are some, as keys, in columns user, anonymous and session. */
  private Dataset<Row> withIds(Dataset<Row> silver) {
    Set<String> none = placeholders;
    silver
        .sparkSession()
        .udf()
        .register(
            "id_key",
            (UDF1<String, String>)
                id ->
                    id == null || id.isBlank() || none.contains(id.strip().toLowerCase(Locale.ROOT))
                        ? null
                        : cut(id),
            DataTypes.StringType);
    silver
        .sparkSession()
        .udf()
        .register("cut_key", (UDF1<String, String>) People::cut, DataTypes.StringType);
    return silver
        .withColumn("user", callUDF("id_key", col(SilverColumns.USER_ID)))
        .withColumn("anonymous", callUDF("id_key", col(ANONYMOUS)))
        .withColumn("session", callUDF("id_key", col(SESSION)));
  }

  private static String cut(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length <= LONGEST_KEY ? text : GoldKey.cut(text);
  }

  private static String key(String column) {
    return "if(octet_length(%1$s) <= %2$d, %1$s, cut_key(%1$s))".formatted(column, LONGEST_KEY);
  }

  /** Silver's rows, with the person that each counts for as their visitor. */
  Dataset<Row> resolved(Dataset<Row> silver) {
    Dataset<Row> known =
        SparkInternals.rows(silver.sparkSession(), links)
            .where("person is not null")
            .selectExpr(
                "site as site_of_link", "kind as kind_of_link", "id as id_of_link", "person");
    // Users are nobody else: they find no link, and are spread over the tasks as others are.
    return withIds(silver)
        .withColumn("kind", expr(KIND))
        .withColumn("id", expr("coalesce(user, anonymous, session)"))
        .join(
            known,
            col("id")
                .equalTo(col("id_of_link"))
                .and(col("kind").equalTo(col("kind_of_link")))
                .and(expr(key(SilverColumns.SITE)).equalTo(col("site_of_link"))),
            "left_outer")
        .withColumn(
            SilverColumns.VISITOR, coalesce(col("person"), col("id"), col(SilverColumns.VISITOR)))
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
