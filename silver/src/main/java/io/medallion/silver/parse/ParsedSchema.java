package io.medallion.silver.parse;

import static org.apache.spark.sql.types.DataTypes.BinaryType;

import io.medallion.lakehouse.schema.BronzeColumns;
import io.medallion.lakehouse.schema.QuarantineColumns;
import io.medallion.lakehouse.schema.SilverColumns;
import io.medallion.lakehouse.schema.TableDefinition;
import java.io.Serializable;
import org.apache.spark.sql.types.StructType;

/**
 * The shape of a parsed record: silver's columns, and behind them what quarantine needs of a record
 * that was refused.
 *
 * <p>In a good record everything behind silver's columns is null, in a refused one all but the
 * lineage before it may be.
 *
 * @param schema every column; all may be null
 * @param silver how many of them are silver's
 */
public record ParsedSchema(StructType schema, int silver) implements Serializable {
  private static final StructType COMMON = TableDefinition.SILVER.schema();
  static final int SEQ = COMMON.fieldIndex(SilverColumns.COMMIT_SEQ);
  static final int TOPIC = COMMON.fieldIndex(SilverColumns.TOPIC);
  static final int PARTITION = COMMON.fieldIndex(SilverColumns.PARTITION);
  static final int OFFSET = COMMON.fieldIndex(SilverColumns.OFFSET);
  static final int INDEX = COMMON.fieldIndex(SilverColumns.EVENT_INDEX);

  /** Of records that become rows of a silver table with these columns. */
  static ParsedSchema of(StructType silver) {
    StructType quarantine = TableDefinition.QUARANTINE.schema();
    StructType parsed =
        silver
            .asNullable()
            .add(BronzeColumns.KEY, BinaryType)
            .add(BronzeColumns.VALUE, BinaryType)
            .add(quarantine.apply(BronzeColumns.HEADERS))
            .add(
                BronzeColumns.TIMESTAMP_TYPE,
                quarantine.apply(BronzeColumns.TIMESTAMP_TYPE).dataType(),
                true)
            .add(
                BronzeColumns.INGEST_DATE,
                quarantine.apply(BronzeColumns.INGEST_DATE).dataType(),
                true)
            .add(
                QuarantineColumns.REASONS,
                quarantine.apply(QuarantineColumns.REASONS).dataType(),
                true);
    return new ParsedSchema(parsed, silver.length());
  }

  /** How many columns there are. */
  int size() {
    return schema.length();
  }

  /** Which holds the reasons: the last. */
  int reasons() {
    return schema.length() - 1;
  }
}
