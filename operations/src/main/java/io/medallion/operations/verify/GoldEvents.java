package io.medallion.operations.verify;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;

import io.medallion.gold.read.GoldSnapshot.Definition;
import io.medallion.lakehouse.schema.SilverColumns;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataTypes;

/** Silver's rows with what gold reads of them. */
final class GoldEvents {
  /** Those that count in most tables. */
  static final String COUNT = "not out_as_bot and not out_as_late";

  /** The columns of silver that gold's own tables read, which no SELECT declares. */
  static final List<String> READ =
      List.of(
          SilverColumns.EVENT_ID,
          SilverColumns.EVENT_TIME,
          SilverColumns.EVENT_TYPE,
          SilverColumns.SITE,
          SilverColumns.VISITOR,
          SilverColumns.USER_ID,
          "anonymous_id",
          "session_id",
          SilverColumns.PRODUCT_ID,
          SilverColumns.PRICE,
          SilverColumns.IS_BOT,
          SilverColumns.KAFKA_TIMESTAMP);

  private GoldEvents() {}

  /**
   * The events.
   *
   * @param silver rows of the table
   * @param lineage more columns of it, each after a comma
   */
  static Dataset<Row> of(SparkSession session, Dataset<Row> silver, String lineage) {
    session.udf().register("cut", (UDF1<String, String>) GoldKey::cut, DataTypes.StringType);
    silver.createOrReplaceTempView("silver_rows");
    return session.sql(SqlResource.of("events_of_gold").replace(":lineage", lineage));
  }

  /**
   * What counts by a mart's definition, under the names that the queries of the tables read.
   *
   * @param near those of the days that a table is computed for
   */
  static void counted(Dataset<Row> near, Definition definition) {
    Dataset<Row> parsed = parsed(near, definition);
    parsed.where(COUNT).createOrReplaceTempView("counted");
    parsed.createOrReplaceTempView("every_event");
  }

  /** Which of them a mart leaves out. */
  static Dataset<Row> parsed(Dataset<Row> events, Definition definition) {
    return events
        .withColumn("out_as_bot", col("is_bot").and(lit(!definition.countsBots())))
        .withColumn(
            "out_as_late", not(col("out_as_bot")).and(col("late").gt(definition.latenessMicros())));
  }
}
