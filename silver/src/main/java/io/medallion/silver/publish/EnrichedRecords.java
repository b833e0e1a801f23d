package io.medallion.silver.publish;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.octet_length;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;
import static org.apache.spark.sql.functions.when;

import io.medallion.lakehouse.schema.SilverColumns;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * From silver's rows to the records of the enriched topic; docs/enriched-topic.md has the format.
 */
final class EnrichedRecords {
  private static final Map<String, String> FORMAT =
      Map.of("timestampFormat", "yyyy-MM-dd'T'HH:mm:ss.SSSSSSXXX", "timeZone", "UTC");

  /** Brokers take a mebibyte if nobody told them otherwise. */
  private static final int MOST_BYTES = 900_000;

  private static final List<String> POSITION =
      List.of(
          SilverColumns.SOURCE_EPOCH,
          SilverColumns.TOPIC,
          SilverColumns.PARTITION,
          SilverColumns.OFFSET,
          SilverColumns.COMMIT_SEQ);

  private static final List<String> EVENT =
      List.of(
          SilverColumns.EVENT_ID,
          SilverColumns.EVENT_TIME,
          SilverColumns.EVENT_TYPE,
          SilverColumns.VISITOR,
          SilverColumns.USER_ID,
          SilverColumns.ANONYMOUS_ID,
          SilverColumns.SESSION_ID,
          SilverColumns.PAGE,
          SilverColumns.PRODUCT_ID,
          SilverColumns.PRICE,
          SilverColumns.QUANTITY,
          SilverColumns.CURRENCY,
          SilverColumns.COUNTRY_CODE,
          SilverColumns.COUNTRY,
          SilverColumns.REGION,
          SilverColumns.CITY,
          SilverColumns.LATITUDE,
          SilverColumns.LONGITUDE,
          SilverColumns.TIME_ZONE,
          SilverColumns.GEO_STATUS,
          SilverColumns.DEVICE_CLASS,
          SilverColumns.BROWSER,
          SilverColumns.OPERATING_SYSTEM,
          SilverColumns.IS_BOT,
          SilverColumns.KAFKA_TIMESTAMP,
          SilverColumns.INGESTED_AT);

  /** Texts of a producer's own length, left out of a record that would be too large with them. */
  private static final List<String> LONG =
      List.of(
          SilverColumns.URL,
          SilverColumns.REFERRER,
          SilverColumns.USER_AGENT,
          SilverColumns.IP_ADDRESS,
          SilverColumns.PROPERTIES);

  private EnrichedRecords() {}

  /**
   * With the columns that Spark's Kafka sink knows. A visitor's events are in the order of their
   * time.
   *
   * @param versions the versions of silver that the rows are from, for people
   */
  static Dataset<Row> of(Dataset<Row> silver, String topic, String versions) {
    Column whole = json(Stream.of(EVENT, LONG).flatMap(List::stream));
    return silver
        .repartition(col(SilverColumns.VISITOR))
        .sortWithinPartitions(SilverColumns.VISITOR, SilverColumns.EVENT_TIME)
        .select(
            lit(topic).as("topic"),
            col(SilverColumns.VISITOR).as("key"),
            when(octet_length(whole).leq(MOST_BYTES), whole)
                .otherwise(json(EVENT.stream()))
                .as("value"),
            array(
                    struct(
                        lit("silver-versions").as("key"), lit(versions).cast("binary").as("value")))
                .as("headers"));
  }

  private static Column json(Stream<String> columns) {
    Column position = struct(POSITION.stream().map(c -> col(c)).toArray(Column[]::new));
    Column[] all =
        Stream.concat(columns.map(c -> col(c)), Stream.of(position.as("position")))
            .toArray(Column[]::new);
    return to_json(struct(all), FORMAT);
  }
}
