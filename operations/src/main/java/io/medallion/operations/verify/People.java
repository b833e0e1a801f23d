package io.medallion.operations.verify;

import static org.apache.spark.sql.functions.callUDF;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import io.medallion.lakehouse.schema.SilverColumns;
import io.medallion.lakehouse.spark.SparkInternals;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
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

  /** The columns of silver that it reads besides those of {@link GoldEvents}. */
  static final java.util.List<String> READ = java.util.List.of(ANONYMOUS, SESSION);

  /**
   * By all of silver's rows.
   *
   * @param placeholders what is no id, in any case
   */
  static People of(Dataset<Row> silver, Collection<String> placeholders) {
    SparkSession session = silver.sparkSession();
    People nobody = new People(null, folded(placeholders));
    nobody
        .withIds(silver)
        .selectExpr(
            "cut_key(site) as site",
            "user",
            "anonymous",
            "session",
            "unix_micros(event_time) as t",
            "cut_key(event_id) as event")
        .createOrReplaceTempView("ids");
    return new People(session.sql(SqlResource.of("people")), nobody.placeholders);
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
            "id_or_null",
            (UDF1<String, String>)
                id ->
                    id == null || id.isBlank() || none.contains(id.strip().toLowerCase(Locale.ROOT))
                        ? null
                        : id,
            DataTypes.StringType);
    silver
        .sparkSession()
        .udf()
        .register(
            "cut_key",
            (UDF1<String, String>)
                text ->
                    text == null || text.getBytes(StandardCharsets.UTF_8).length <= LONGEST_KEY
                        ? text
                        : GoldKey.cut(text),
            DataTypes.StringType);
    return silver
        .withColumn("user", id(SilverColumns.USER_ID))
        .withColumn("anonymous", id(ANONYMOUS))
        .withColumn("session", id(SESSION));
  }

  private static Column id(String column) {
    return callUDF("cut_key", callUDF("id_or_null", col(column)));
  }

  /** Silver's rows, with the person that each counts for as their visitor. */
  Dataset<Row> resolved(Dataset<Row> silver) {
    Dataset<Row> known = SparkInternals.rows(silver.sparkSession(), links);
    Dataset<Row> anonymous = links(known, "anonymous", "person_of_anonymous");
    Dataset<Row> session = links(known, "session", "person_of_session");
    Column user = col("user");
    return withIds(silver)
        .join(
            anonymous,
            when(user.isNull(), col("anonymous"))
                .equalTo(col("id_of_anonymous"))
                .and(callUDF("cut_key", col(SilverColumns.SITE)).equalTo(col("site_of_anonymous"))),
            "left_outer")
        .join(
            session,
            when(user.isNull().and(col("anonymous").isNull()), col("session"))
                .equalTo(col("id_of_session"))
                .and(callUDF("cut_key", col(SilverColumns.SITE)).equalTo(col("site_of_session"))),
            "left_outer")
        .withColumn(
            SilverColumns.VISITOR,
            coalesce(
                user,
                col("person_of_anonymous"),
                col("anonymous"),
                col("person_of_session"),
                col("session"),
                col(SilverColumns.VISITOR)))
        .drop(
            "user",
            "anonymous",
            "session",
            "site_of_anonymous",
            "id_of_anonymous",
            "person_of_anonymous",
            "site_of_session",
            "id_of_session",
            "person_of_session");
  }

  private static Dataset<Row> links(Dataset<Row> known, String kind, String person) {
    return known
        .where(col("kind").equalTo(lit(kind)).and(col("person").isNotNull()))
        .select(
            col("site").as("site_of_" + kind),
            col("id").as("id_of_" + kind),
            col("person").as(person));
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
