package io.medallion.lakehouse.schema;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.get;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.DataTypes;

/** The columns of the bronze table; each name stands here and nowhere else in production code. */
public final class BronzeColumns {
  public static final String KEY = "key";
  public static final String VALUE = "value";
  public static final String HEADERS = "headers";
  public static final String SOURCE_EPOCH = "source_epoch";
  public static final String TOPIC = "topic";
  public static final String PARTITION = "partition";
  public static final String OFFSET = "offset";
  public static final String KAFKA_TIMESTAMP = "kafka_timestamp";
  public static final String TIMESTAMP_TYPE = "timestamp_type";
  public static final String COMMIT_SEQ = "commit_seq";
  public static final String INGESTED_AT = "ingested_at";
  public static final String INGEST_DATE = "ingest_date";

  /**
   * The key of the only header of a row whose key and value were erased; its value is the erasure.
   */
  public static final String ERASED_HEADER = "medallion.erased";

  /**
   * The key of the only header of a row that holds an event of a person who was erased with the
   * totals kept, as somebody unknown's; its value is the erasure.
   */
  public static final String ANONYMIZED_HEADER = "medallion.anonymized";

  /** The only header of a row that has lost what it held to {@code bronze.retention}. */
  public static final String PRUNED_HEADER = "medallion.pruned";

  private BronzeColumns() {}

  /**
   * Headers that hold one, which says what took the others.
   *
   * @param name one of these
   * @param value may be null
   */
  public static Column mark(String name, byte[] value) {
    return array(struct(lit(name).as("key"), lit(value).cast(DataTypes.BinaryType).as("value")))
        .cast(TableDefinition.BRONZE.schema().apply(HEADERS).dataType());
  }

  /** Whether a row has such a mark. */
  public static Column isMarked(String name) {
    return coalesce(get(col(HEADERS), lit(0)).getField("key").equalTo(name), lit(false));
  }
}
