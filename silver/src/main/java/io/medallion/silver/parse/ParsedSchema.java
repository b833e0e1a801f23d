package io.medallion.silver.parse;

import static org.apache.spark.sql.types.DataTypes.BinaryType;

import io.medallion.lakehouse.schema.BronzeColumns;
import io.medallion.lakehouse.schema.QuarantineColumns;
import io.medallion.lakehouse.schema.SilverColumns;
import io.medallion.lakehouse.schema.TableDefinition;
import org.apache.spark.sql.types.StructType;

/**
 * The shape of a parsed record: silver's columns, and behind them what quarantine needs of a record
 * that was refused.
 *
 * <p>In a good record everything behind silver's columns is null, in a refused one all but the
 * lineage before it may be.
 */
public final class ParsedSchema {
  static final int SILVER = TableDefinition.SILVER.schema().length();
  public static final StructType SCHEMA = schema();
  static final int REASONS = SCHEMA.fieldIndex(QuarantineColumns.REASONS);
  public static final int SEQ = SCHEMA.fieldIndex(SilverColumns.COMMIT_SEQ);
  public static final int TOPIC = SCHEMA.fieldIndex(SilverColumns.TOPIC);
  public static final int PARTITION = SCHEMA.fieldIndex(SilverColumns.PARTITION);
  public static final int OFFSET = SCHEMA.fieldIndex(SilverColumns.OFFSET);

  private ParsedSchema() {}

  private static StructType schema() {
    StructType quarantine = TableDefinition.QUARANTINE.schema();
    StructType parsed = new StructType();
    for (var field : TableDefinition.SILVER.schema().fields()) {
      parsed = parsed.add(field.name(), field.dataType(), true);
    }
    return parsed
        .add(BronzeColumns.KEY, BinaryType)
        .add(BronzeColumns.VALUE, BinaryType)
        .add(quarantine.apply(BronzeColumns.HEADERS))
        .add(
            BronzeColumns.TIMESTAMP_TYPE,
            quarantine.apply(BronzeColumns.TIMESTAMP_TYPE).dataType(),
            true)
        .add(
            BronzeColumns.INGEST_DATE, quarantine.apply(BronzeColumns.INGEST_DATE).dataType(), true)
        .add(
            QuarantineColumns.REASONS,
            quarantine.apply(QuarantineColumns.REASONS).dataType(),
            true);
  }
}
