package io.medallion.silver.parse;

import io.medallion.common.event.RecordDivider;
import io.medallion.lakehouse.schema.BronzeColumns;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.silver.source.RecordDivision;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.types.DataType;

/**
 * Events in the place of the records that hold them, each with its own bytes as value, its place in
 * the record, and what is around the events. A record that is one event has neither of these two.
 */
final class DividedRecords implements Iterator<InternalRow> {
  private static final int VALUE = SilverTransform.COLUMNS.indexOf(BronzeColumns.VALUE);
  private static final int SEQ = SilverTransform.COLUMNS.indexOf(BronzeColumns.COMMIT_SEQ);
  private static final DataType[] TYPES =
      SilverTransform.COLUMNS.stream()
          .map(name -> TableDefinition.BRONZE.schema().apply(name).dataType())
          .toArray(DataType[]::new);

  private final Iterator<InternalRow> records;
  private final RecordDivision division;
  private final RecordDivider divider;
  private final Object[] columns = new Object[SilverTransform.ENVELOPE + 1];
  private final InternalRow row = new GenericInternalRow(columns);
  private List<byte[]> events = List.of();
  private int next;

  /**
   * @param records with the columns of {@link SilverTransform#COLUMNS}, each valid until the next
   */
  DividedRecords(Iterator<InternalRow> records, RecordDivision division) {
    this.records = records;
    this.division = division;
    this.divider = new RecordDivider(division.rules());
  }

  @Override
  public boolean hasNext() {
    return next < events.size() || records.hasNext();
  }

  @Override
  public InternalRow next() {
    if (next == events.size()) {
      take(records.next());
      if (events.isEmpty()) {
        return row;
      }
    }
    columns[VALUE] = events.get(next);
    columns[SilverTransform.INDEX] = next++;
    return row;
  }

  private void take(InternalRow record) {
    for (int column = 0; column < TYPES.length; column++) {
      columns[column] = record.isNullAt(column) ? null : record.get(column, TYPES[column]);
    }
    columns[SilverTransform.INDEX] = null;
    columns[SilverTransform.ENVELOPE] = null;
    events = List.of();
    next = 0;
    if (columns[VALUE] != null && division.concerns(record.getLong(SEQ))) {
      RecordDivider.Divided divided = divider.divide((byte[]) columns[VALUE]);
      if (divided != null) {
        events = divided.events();
        columns[SilverTransform.ENVELOPE] = divided.envelope();
      }
    }
  }
}
