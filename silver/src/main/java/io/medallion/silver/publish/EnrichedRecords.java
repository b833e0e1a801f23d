package io.medallion.silver.publish;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.octet_length;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;
import static org.apache.spark.sql.functions.when;

import io.medallion.common.contract.Contract;
import io.medallion.lakehouse.schema.SilverColumns;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
          SilverColumns.EVENT_INDEX,
          SilverColumns.COMMIT_SEQ);

  /** What a record of the topic has next to the event's own columns. */
  private static final List<String> KNOWN_BY_SILVER =
      List.of(
          SilverColumns.COUNTRY_CODE,
          SilverColumns.COUNTRY,
          SilverColumns.REGION,
          SilverColumns.CITY,
          SilverColumns.LATITUDE,
          SilverColumns.LONGITUDE,
          SilverColumns.TIME_ZONE,
          SilverColumns.GEO_STATUS,
          SilverColumns.ASN,
          SilverColumns.AS_ORGANIZATION,
          SilverColumns.DEVICE_CLASS,
          SilverColumns.BROWSER,
          SilverColumns.OPERATING_SYSTEM,
          SilverColumns.IS_BOT,
          SilverColumns.KAFKA_TIMESTAMP,
          SilverColumns.INGESTED_AT,
          SilverColumns.FLAGS);

  /** Texts of a producer's own length, left out of a record that would be too large with them. */
  private static final Set<String> LONG =
      Set.of(
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
   * @param contract whose columns a record has behind ours
   * @param versions the versions of silver that the rows are from, for people
   */
  static Dataset<Row> of(Dataset<Row> silver, Contract contract, String topic, String versions) {
    Column whole = json(columns(contract).stream());
    Column least = json(columns(contract).stream().filter(name -> !isLong(contract, name)));
    return silver
        .repartition(col(SilverColumns.VISITOR))
        .sortWithinPartitions(SilverColumns.VISITOR, SilverColumns.EVENT_TIME)
        .select(
            lit(topic).as("topic"),
            col(SilverColumns.VISITOR).as("key"),
            when(octet_length(whole).leq(MOST_BYTES), whole).otherwise(least).as("value"),
            array(
                    struct(
                        lit("silver-versions").as("key"), lit(versions).cast("binary").as("value")))
                .as("headers"));
  }

  private static List<String> columns(Contract contract) {
    List<String> columns = new ArrayList<>();
    Contract.own().columns().forEach(column -> columns.add(column.name()));
    columns.addAll(KNOWN_BY_SILVER);
    contract.columns().forEach(column -> columns.add(column.name()));
    return columns;
  }

  /** Of a user's columns all that are not of a bounded length. */
  private static boolean isLong(Contract contract, String column) {
    return LONG.contains(column)
        || contract.column(column).filter(own -> own.type().isUnbounded()).isPresent();
  }

  private static Column json(Stream<String> columns) {
    Column position = struct(POSITION.stream().map(c -> col(c)).toArray(Column[]::new));
    Column[] all =
        Stream.concat(columns.map(c -> col(c)), Stream.of(position.as("position")))
            .toArray(Column[]::new);
    return to_json(struct(all), FORMAT);
  }
}
