package io.medallion.operations.verify;

import io.medallion.lakehouse.schema.BronzeColumns;
import io.medallion.lakehouse.schema.SilverColumns;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.types.StructType;

/** The columns of silver and quarantine, by what decides them. */
final class ComparedColumns {
  /** Which no rules decide. */
  static final List<String> LINEAGE =
      List.of(SilverColumns.COMMIT_SEQ, SilverColumns.KAFKA_TIMESTAMP, SilverColumns.INGESTED_AT);

  /** What a GeoIP database decides. */
  static final List<String> LOCATION =
      List.of(
          SilverColumns.COUNTRY_CODE,
          SilverColumns.COUNTRY,
          SilverColumns.REGION,
          SilverColumns.CITY,
          SilverColumns.LATITUDE,
          SilverColumns.LONGITUDE,
          SilverColumns.TIME_ZONE,
          SilverColumns.GEO_STATUS);

  /** What an ASN database decides. */
  static final List<String> NETWORK = List.of(SilverColumns.ASN, SilverColumns.AS_ORGANIZATION);

  /** What quarantine keeps of a record. */
  static final List<String> RECORD =
      List.of(
          BronzeColumns.TIMESTAMP_TYPE,
          BronzeColumns.KAFKA_TIMESTAMP,
          BronzeColumns.COMMIT_SEQ,
          BronzeColumns.INGESTED_AT,
          BronzeColumns.INGEST_DATE);

  /** What of a record is its sender's. */
  static final List<String> BYTES =
      List.of(BronzeColumns.KEY, BronzeColumns.VALUE, BronzeColumns.HEADERS);

  /** By what a row is known, and what says by which rules it was made. */
  private static final List<String> KEYS =
      List.of(
          SilverColumns.SOURCE_EPOCH,
          SilverColumns.TOPIC,
          SilverColumns.PARTITION,
          SilverColumns.OFFSET,
          SilverColumns.RULES_VERSION,
          SilverColumns.CONTRACT_VERSION,
          SilverColumns.GEOIP_DB_BUILD,
          SilverColumns.ASN_DB_BUILD);

  private ComparedColumns() {}

  /**
   * What bytes, rules and contract decide: every other column, new ones of a contract among them.
   */
  static List<String> content(StructType silver) {
    List<String> content = new ArrayList<>(List.of(silver.fieldNames()));
    content.removeAll(LINEAGE);
    content.removeAll(LOCATION);
    content.removeAll(NETWORK);
    content.removeAll(KEYS);
    return content;
  }
}
