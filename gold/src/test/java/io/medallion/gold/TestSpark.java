package io.medallion.gold;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/** One Spark session for all tests of a process, and silver's rows in it. */
final class TestSpark {
  private static final StructType SCHEMA =
      StructType.fromDDL(
          "event_id string, event_micros long, event_type string, visitor string, user_id string,"
              + " page string, product_id string, price decimal(18,6), quantity int,"
              + " currency string, country string, city string, device_class string,"
              + " referrer_medium string, referrer_domain string, utm_source string,"
              + " utm_medium string, utm_campaign string, channel string, is_bot boolean,"
              + " kafka_micros long, anonymous_id string, session_id string, site string,"
              + " local_day int");

  private TestSpark() {}

  static SparkSession session() {
    return SparkSession.builder()
        .master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.sql.codegen.wholeStage", "false")
        .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
        .getOrCreate();
  }

  static Dataset<Row> silver(SparkSession spark, List<SilverRow> events) {
    List<Row> rows =
        events.stream()
            .map(
                e ->
                    RowFactory.create(
                        e.id(),
                        e.time(),
                        e.type(),
                        e.visitor(),
                        e.userId(),
                        e.page(),
                        e.productId(),
                        e.price(),
                        e.quantity(),
                        e.currency(),
                        e.country(),
                        e.city(),
                        e.origin().deviceClass(),
                        e.origin().referrerMedium(),
                        e.origin().referrerDomain(),
                        e.origin().utmSource(),
                        e.origin().utmMedium(),
                        e.origin().utmCampaign(),
                        e.origin().channel(),
                        e.bot(),
                        e.kafkaTime(),
                        e.anonymousId(),
                        e.sessionId(),
                        e.site(),
                        (int) e.localDay()))
            .toList();
    return spark
        .createDataFrame(rows, SCHEMA)
        .selectExpr(
            "*",
            "timestamp_micros(event_micros) AS event_time",
            "timestamp_micros(kafka_micros) AS kafka_timestamp",
            "date_from_unix_date(local_day) AS local_date",
            "date_from_unix_date(CAST(floor(event_micros / 86400000000) AS INT)) AS event_date",
            "IF(is_bot, 'search', NULL) AS bot_kind")
        .repartition(2);
  }
}
