package io.medallion.silver;

import static org.apache.spark.sql.types.DataTypes.BinaryType;

import io.medallion.lakehouse.BronzeColumns;
import io.medallion.lakehouse.QuarantineColumns;
import io.medallion.lakehouse.SilverColumns;
import io.medallion.lakehouse.TableDefinition;
import org.apache.spark.sql.types.StructType;

/**
 * The shape of a judged record: silver's columns, and behind them what quarantine needs of a record
 * that was refused.
 *
 * <p>In a good record everything behind silver's columns is null, in a refused one all but the
 * lineage before it may be.
 */
final class JudgedColumns {
  static final int SILVER = TableDefinition.SILVER.schema().length();
  static final StructType SCHEMA = schema();
  static final int REASONS = SCHEMA.fieldIndex(QuarantineColumns.REASONS);
  static final int SEQ = SCHEMA.fieldIndex(SilverColumns.SEQ);
  static final int TOPIC = SCHEMA.fieldIndex(SilverColumns.TOPIC);
  static final int PARTITION = SCHEMA.fieldIndex(SilverColumns.PARTITION);
  static final int OFFSET = SCHEMA.fieldIndex(SilverColumns.OFFSET);

  private JudgedColumns() {}

  private static StructType schema() {
    StructType quarantine = TableDefinition.QUARANTINE.schema();
    StructType judged = new StructType();
    for (var field : TableDefinition.SILVER.schema().fields()) {
      judged = judged.add(field.name(), field.dataType(), true);
    }
    return judged
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
