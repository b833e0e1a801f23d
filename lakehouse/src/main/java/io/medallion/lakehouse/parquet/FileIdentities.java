package io.medallion.lakehouse.parquet;

import io.medallion.lakehouse.schema.IdentityKind;
import io.medallion.lakehouse.schema.SilverColumns;
import io.medallion.lakehouse.schema.TableDefinition;
import java.util.Map;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.StructType;

/**
 * What a file of identified rows keeps for whoever looks for identities: {@link TimeSpans}, by
 * which most files are passed over, in its entry in the log, and {@link IdentityPages} in itself.
 */
final class FileIdentities {
  private final IdentityKind kind;
  private final int id;
  private final int time;
  private final TimeSpans.Builder spans = new TimeSpans.Builder();
  private final IdentityPages.Builder pages = new IdentityPages.Builder();

  /**
   * For one file.
   *
   * @param kind what identifies a row
   */
  FileIdentities(StructType schema, IdentityKind kind) {
    this.kind = kind;
    this.id = schema.fieldIndex(SilverColumns.EVENT_ID);
    this.time = schema.fieldIndex(SilverColumns.EVENT_TIME);
  }

  /** Takes in the next row of the file. */
  void add(InternalRow row) {
    long micros = row.getLong(time);
    pages.add(IdentityHash.of(kind, row.getUTF8String(id), micros), micros);
    spans.add(micros);
  }

  /** What is to be written behind all rows. */
  byte[] pages() {
    return pages.build();
  }

  /**
   * What the entry in the log is to say.
   *
   * @param offset where the pages were written
   */
  Map<String, String> tags(long offset) {
    return Map.of(
        TableDefinition.TIMES_TAG,
        spans.build().encode(),
        kind.tag(),
        new IdentityPages.Place(offset, pages.rows()).encode());
  }
}
