package io.medallion.silver.replay;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;

import io.medallion.common.event.ErasedIds.Kind;
import io.medallion.common.event.ErasedRecords;
import io.medallion.common.event.ErasureKey;
import io.medallion.lakehouse.Erasures;
import io.medallion.lakehouse.schema.BronzeColumns;
import io.medallion.lakehouse.schema.QuarantineColumns;
import io.medallion.lakehouse.schema.SilverColumns;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.spark.InternalRowDatasets;
import io.medallion.silver.parse.AnonymizedColumns;
import io.medallion.silver.parse.QuarantineRows;
import io.medallion.silver.source.RowPosition;
import io.medallion.silver.source.SilverState;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.unsafe.types.UTF8String;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The events of erased persons that stay, as somebody unknown's: those that silver has.
 *
 * @param tables of which
 * @param erasure its name
 * @param values of each the position, with its place in the record as silver has it, and the bytes
 *     that bronze will hold; kept
 */
record KeptEvents(ReplayTables tables, String erasure, Dataset<Row> values)
    implements AutoCloseable {
  private static final String INDEX = "own_index";
  private static final String PARTS = "parts";
  private static final StructType SCHEMA =
      new StructType()
          .add(TableDefinition.BRONZE.schema().apply(BronzeColumns.OFFSET))
          .add(TableDefinition.BRONZE.schema().apply(BronzeColumns.PARTITION))
          .add(TableDefinition.BRONZE.schema().apply(BronzeColumns.TOPIC))
          .add(TableDefinition.BRONZE.schema().apply(BronzeColumns.SOURCE_EPOCH))
          .add(SilverColumns.EVENT_INDEX, DataTypes.IntegerType, false)
          .add(INDEX, DataTypes.IntegerType)
          .add(BronzeColumns.VALUE, DataTypes.BinaryType, false);

  /**
   * Those at some places.
   *
   * @param keeping by what their ids become others, and which ids texts are searched for besides
   *     those that stand in rows
   * @param key which remembers the erased
   */
  static KeptEvents of(
      ReplayTables tables,
      SilverState cut,
      Dataset<Row> places,
      String erasure,
      Erasures.Keeping keeping,
      ErasureKey key) {
    Dataset<Row> rows =
        RowPosition.among(tables.silver(cut), places)
            .select(tables.columns())
            .persist(StorageLevel.DISK_ONLY());
    try {
      Anonymizer.Task task =
          new Anonymizer.Task(
              erasure,
              keeping.secret(),
              key,
              tables.erased(),
              tables.rules(),
              ids(tables, rows, keeping),
              claimed(tables, cut, rows, places));
      Dataset<Row> values = values(tables, rows, task).persist(StorageLevel.DISK_ONLY());
      values.count();
      return new KeptEvents(tables, erasure, values);
    } finally {
      rows.unpersist();
    }
  }

  /**
   * The persons' ids: those that stand in rows, and as producers call who has a pseudonym there.
   */
  private static Set<String> ids(ReplayTables tables, Dataset<Row> rows, Erasures.Keeping keeping) {
    ErasedRecords erased = new ErasedRecords(tables.rules(), tables.erased());
    Set<String> ids = new TreeSet<>();
    keeping.ids().values().forEach(ids::addAll);
    Map<Kind, String> columns =
        Map.of(
            Kind.USER, SilverColumns.USER_ID,
            Kind.ANONYMOUS, SilverColumns.ANONYMOUS_ID,
            Kind.SESSION, SilverColumns.SESSION_ID);
    columns.forEach(
        (kind, column) ->
            rows.select(column).where(col(column).isNotNull()).distinct().collectAsList().stream()
                .map(row -> row.getString(0))
                .filter(id -> erased.isErased(kind, id))
                .forEach(ids::add));
    return ids;
  }

  /** Ids of events that records of others claim, and do not get as long as these have them. */
  private static Set<String> claimed(
      ReplayTables tables, SilverState cut, Dataset<Row> rows, Dataset<Row> places) {
    Dataset<Row> conflicts =
        RowPosition.notAmong(tables.quarantine(cut).where(QuarantineRows.isConflict()), places);
    Set<String> claimed = new HashSet<>();
    if (!conflicts.isEmpty()) {
      tables
          .parsedQuarantine(conflicts)
          .where(col(QuarantineColumns.REASONS).isNull())
          .select(SilverColumns.EVENT_ID)
          .distinct()
          .join(
              rows.select(SilverColumns.EVENT_ID).distinct(),
              CollectionConverters.asScala(List.of(SilverColumns.EVENT_ID)).toSeq())
          .collectAsList()
          .forEach(row -> claimed.add(row.getString(0)));
    }
    return claimed;
  }

  private static Dataset<Row> values(ReplayTables tables, Dataset<Row> rows, Anonymizer.Task task) {
    StructType silver = rows.schema();
    AnonymizedColumns columns = tables.anonymized();
    int[] lineage =
        Stream.of(
                BronzeColumns.OFFSET,
                BronzeColumns.PARTITION,
                BronzeColumns.TOPIC,
                BronzeColumns.SOURCE_EPOCH,
                SilverColumns.EVENT_INDEX)
            .mapToInt(silver::fieldIndex)
            .toArray();
    JavaRDD<InternalRow> made =
        InternalRowDatasets.of(rows)
            .mapPartitions(
                all -> {
                  Anonymizer anonymizer = new Anonymizer(task, silver, columns);
                  UnsafeProjection compact = UnsafeProjection.create(SCHEMA);
                  return mapped(
                      all, row -> compact.apply(value(row, lineage, anonymizer.bytes(row))).copy());
                },
                true);
    return InternalRowDatasets.dataset(tables.session(), made, SCHEMA);
  }

  private static InternalRow value(InternalRow row, int[] lineage, byte[] bytes) {
    Integer index = row.isNullAt(lineage[4]) ? null : Integer.valueOf(row.getInt(lineage[4]));
    UTF8String topic = row.getUTF8String(lineage[2]);
    return new GenericInternalRow(
        new Object[] {
          row.getLong(lineage[0]),
          row.getInt(lineage[1]),
          topic,
          row.getInt(lineage[3]),
          index == null ? 0 : index,
          index,
          bytes
        });
  }

  private static Iterator<InternalRow> mapped(
      Iterator<InternalRow> rows, Function<InternalRow, InternalRow> made) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return rows.hasNext();
      }

      @Override
      public InternalRow next() {
        return made.apply(rows.next());
      }
    };
  }

  /** How many there are. */
  long size() {
    return values.count();
  }

  /**
   * Silver's rows of them, made of the bytes that bronze will hold as any row is made of bronze's.
   *
   * @param places of all of them, with bronze's columns
   */
  Dataset<Row> rows(Dataset<Row> places) {
    List<String> position = List.of(RowPosition.names());
    Dataset<Row> made =
        values.select(RowPosition.columnsAnd(col(INDEX), col(BronzeColumns.VALUE).as(PARTS)));
    Dataset<Row> records =
        places
            .withColumn(SilverColumns.EVENT_INDEX, coalesce(col(SilverColumns.EVENT_INDEX), lit(0)))
            .join(made, CollectionConverters.asScala(position).toSeq())
            .withColumn(BronzeColumns.KEY, lit(null).cast(DataTypes.BinaryType))
            .withColumn(BronzeColumns.VALUE, col(PARTS))
            .withColumn(BronzeColumns.HEADERS, mark(erasure))
            .withColumn(SilverColumns.EVENT_INDEX, col(INDEX))
            .select(
                Stream.concat(
                        Stream.of(TableDefinition.BRONZE.columns()),
                        Stream.of(col(SilverColumns.EVENT_INDEX)))
                    .toArray(Column[]::new));
    return tables
        .parsed(records)
        .where(col(QuarantineColumns.REASONS).isNull())
        .select(tables.columns());
  }

  /** Their bytes by record, as an array {@link #parts} of places and bytes. */
  Dataset<Row> byRecord() {
    return values
        .groupBy(RowPosition.recordColumns())
        .agg(
            collect_list(
                    struct(col(SilverColumns.EVENT_INDEX), col(INDEX), col(BronzeColumns.VALUE)))
                .as(PARTS));
  }

  /** Where that is. */
  static Column parts() {
    return col(PARTS);
  }

  /** The only header of a row that holds them. */
  static Column mark(String erasure) {
    return BronzeColumns.mark(
        BronzeColumns.ANONYMIZED_HEADER, erasure.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    values.unpersist();
  }
}
