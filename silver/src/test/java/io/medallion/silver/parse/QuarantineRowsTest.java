package io.medallion.silver.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.common.contract.Contract;
import io.medallion.lakehouse.schema.BronzeColumns;
import io.medallion.lakehouse.schema.QuarantineColumns;
import io.medallion.lakehouse.schema.TableDefinition;
import java.util.Iterator;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.execution.vectorized.OnHeapColumnVector;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.vectorized.ColumnarBatch;
import org.junit.jupiter.api.Test;

class QuarantineRowsTest {
  private static final StructType QUARANTINE = TableDefinition.QUARANTINE.schema();

  /** A column remembers what stood if there is nothing now. */
  @Test
  void whatARecordDoesNotHaveIsNullInQuarantine() {
    StructType record =
        new StructType(
            SilverTransform.COLUMNS.stream()
                .map(TableDefinition.BRONZE.schema()::apply)
                .toArray(StructField[]::new));
    OnHeapColumnVector[] columns = OnHeapColumnVector.allocateColumns(2, record);
    for (String name : SilverTransform.COLUMNS) {
      OnHeapColumnVector column = columns[record.fieldIndex(name)];
      switch (name) {
        case BronzeColumns.KAFKA_TIMESTAMP, BronzeColumns.OFFSET -> column.putLong(0, 77);
        case BronzeColumns.COMMIT_SEQ, BronzeColumns.INGESTED_AT -> column.putLong(0, 5);
        case BronzeColumns.KEY, BronzeColumns.HEADERS, BronzeColumns.VALUE -> column.putNull(0);
        case BronzeColumns.TOPIC -> column.putByteArray(0, new byte[] {'t'});
        default -> column.putInt(0, 3);
      }
    }
    columns[record.fieldIndex(BronzeColumns.KAFKA_TIMESTAMP)].putNull(0);
    try (ColumnarBatch batch = new ColumnarBatch(columns, 1)) {
      Iterator<InternalRow> rows =
          QuarantineRows.ofConflicting(Contract.NONE, SilverTransform.COLUMNS, 9)
              .rows(batch.rowIterator());

      InternalRow row = rows.next();
      assertThat(row.isNullAt(QUARANTINE.fieldIndex(BronzeColumns.KAFKA_TIMESTAMP))).isTrue();
      assertThat(row.isNullAt(QUARANTINE.fieldIndex(BronzeColumns.VALUE))).isTrue();
      assertThat(row.getLong(QUARANTINE.fieldIndex(BronzeColumns.OFFSET))).isEqualTo(77);
      assertThat(row.getUTF8String(QUARANTINE.fieldIndex(BronzeColumns.TOPIC))).hasToString("t");
      assertThat(row.getLong(QUARANTINE.fieldIndex(QuarantineColumns.QUARANTINED_AT))).isEqualTo(9);
      assertThat(row.getArray(QUARANTINE.fieldIndex(QuarantineColumns.REASONS)).numElements())
          .isEqualTo(1);
      assertThat(rows.hasNext()).isFalse();
    }
  }
}
