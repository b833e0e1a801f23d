package io.medallion.lakehouse.parquet;

import io.medallion.lakehouse.spark.SparkInternals;
import java.io.Closeable;
import java.io.IOException;
import java.io.Serializable;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnWriteStore;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.hadoop.CodecFactory;
import org.apache.parquet.hadoop.ColumnChunkPageWriteStore;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.ParquetFileWriter.Mode;
import org.apache.parquet.hadoop.ParquetOutputFormat;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.util.HadoopOutputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.execution.datasources.parquet.ParquetOptions;
import org.apache.spark.sql.execution.datasources.parquet.ParquetReadSupport$;
import org.apache.spark.sql.execution.datasources.parquet.SparkToParquetSchemaConverter;
import org.apache.spark.sql.internal.SQLConf;
import org.apache.spark.sql.internal.SQLConf.ParquetOutputTimestampType$;
import org.apache.spark.sql.package$;
import org.apache.spark.sql.types.StructType;
import scala.collection.immutable.Map$;

/**
 * A Parquet file in the making, of rows of Spark's compact form, as Spark reads it.
 *
 * <p>Used by one thread. Parquet's own classes write the columns; what Spark puts before them, a
 * writer for each value with a copy of each text, is left out. Sizes of groups, pages and
 * dictionaries are those of Hadoop's settings, as for Spark's own files.
 */
final class ParquetFile implements Closeable {
  /** A group's size is looked at when so much of the most that it may have has come. */
  private static final int LOOKS_PER_GROUP = 8;

  /**
   * Rows are written so many at a time, and so often Parquet looks whether pages are large enough:
   * a page must not end where some columns have more rows than others.
   */
  private static final int ROWS_AT_ONCE = 128;

  /** A page ends with what was written at once. */
  private static final int MOST_ROWS_PER_PAGE =
      ParquetProperties.DEFAULT_PAGE_ROW_COUNT_LIMIT / ROWS_AT_ONCE * ROWS_AT_ONCE;

  /**
   * What all files of a table have in common, as tasks have to know it.
   *
   * @param schema all of it may be null
   * @param parquetSchema the same, in Parquet's words
   * @param codec how pages are compressed
   */
  record Layout(StructType schema, String parquetSchema, CompressionCodecName codec)
      implements Serializable {

    /** By the settings of a session. */
    static Layout of(SparkSession session, StructType schema) {
      SQLConf settings = SparkInternals.sqlSettings(session);
      MessageType parquet =
          new SparkToParquetSchemaConverter(
                  false, ParquetOutputTimestampType$.MODULE$.TIMESTAMP_MICROS(), false, false)
              .convert(schema);
      String codec = new ParquetOptions(Map$.MODULE$.empty(), settings).compressionCodecClassName();
      return new Layout(schema, parquet.toString(), CompressionCodecName.valueOf(codec));
    }

    /** What names of files end with. */
    String extension() {
      return codec.getExtension() + ".parquet";
    }

    /** What Spark looks for in a file: by the version it knows how old times are to be read. */
    Map<String, String> notes() {
      return Map.of(
          package$.MODULE$.SPARK_VERSION_METADATA_KEY(),
          org.apache.spark.package$.MODULE$.SPARK_VERSION(),
          ParquetReadSupport$.MODULE$.SPARK_METADATA_KEY(),
          schema.json());
    }
  }

  private final Layout layout;
  private final MessageType schema;
  private final ParquetProperties properties;
  private final long mostGroupBytes;
  private final long mostGroupRows;
  private final CompressionCodecFactory codecs;
  private final ParquetFileWriter file;
  private final WatchedOutput output;
  private final RowBatch batch;
  private ColumnChunkPageWriteStore pages;
  private ColumnWriteStore store;
  private ParquetColumns columns;
  private long rows;
  private long bytesSinceLook;

  private ParquetFile(
      Layout layout,
      MessageType schema,
      ParquetProperties properties,
      long mostGroupBytes,
      long mostGroupRows,
      CompressionCodecFactory codecs,
      ParquetFileWriter file,
      WatchedOutput output) {
    this.layout = layout;
    this.schema = schema;
    this.properties = properties;
    this.mostGroupBytes = mostGroupBytes;
    this.mostGroupRows = mostGroupRows;
    this.codecs = codecs;
    this.file = file;
    this.output = output;
    this.batch = new RowBatch(ROWS_AT_ONCE);
    beginGroup();
  }

  /** Begins one. There must be none of that name. */
  static ParquetFile create(Layout layout, Path path, Configuration settings) throws IOException {
    MessageType schema = MessageTypeParser.parseMessageType(layout.parquetSchema());
    ParquetProperties properties = properties(schema, settings);
    long mostGroupBytes = ParquetOutputFormat.getLongBlockSize(settings);
    long mostGroupRows =
        settings.getInt(ParquetOutputFormat.BLOCK_ROW_COUNT_LIMIT, Integer.MAX_VALUE);
    WatchedOutput output = new WatchedOutput(HadoopOutputFile.fromPath(path, settings));
    ParquetFileWriter file =
        new ParquetFileWriter(
            output,
            schema,
            Mode.CREATE,
            mostGroupBytes,
            ParquetWriter.MAX_PADDING_SIZE_DEFAULT,
            null,
            properties);
    CompressionCodecFactory codecs = new CodecFactory(settings, properties.getPageSizeThreshold());
    try {
      file.start();
      return new ParquetFile(
          layout, schema, properties, mostGroupBytes, mostGroupRows, codecs, file, output);
    } catch (IOException | RuntimeException e) {
      codecs.release();
      file.close();
      throw e;
    }
  }

  private static ParquetProperties properties(MessageType schema, Configuration settings) {
    boolean dictionaries = ParquetOutputFormat.getEnableDictionary(settings);
    ParquetProperties.Builder properties =
        ParquetProperties.builder()
            .withPageSize(ParquetOutputFormat.getPageSize(settings))
            .withDictionaryPageSize(ParquetOutputFormat.getDictionaryPageSize(settings))
            .withDictionaryEncoding(dictionaries)
            .withMinRowCountForPageSizeCheck(ROWS_AT_ONCE)
            .estimateRowCountForPageSizeCheck(false)
            .withPageRowCountLimit(MOST_ROWS_PER_PAGE)
            .withSizeStatisticsEnabled(false)
            .withValuesWriterFactory(BinaryDictionaryWriter.factory());
    for (ColumnDescriptor column : schema.getColumns()) {
      String name = String.join(".", column.getPath());
      String key = ParquetOutputFormat.ENABLE_DICTIONARY + "#" + name;
      properties.withDictionaryEncoding(name, settings.getBoolean(key, dictionaries));
      // Texts are in no order, so that least and greatest would let no reader pass anything over.
      if (column.getPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.BINARY) {
        properties.withStatisticsEnabled(name, false);
      }
    }
    return properties.build();
  }

  private void beginGroup() {
    pages =
        new ColumnChunkPageWriteStore(
            codecs.getCompressor(layout.codec()),
            schema,
            properties.getAllocator(),
            properties.getColumnIndexTruncateLength());
    store = properties.newColumnWriteStore(schema, pages);
    columns =
        ParquetColumns.of(
            layout.schema(), schema.getColumns().stream().map(store::getColumnWriter).iterator());
    rows = 0;
    bytesSinceLook = 0;
  }

  /** Takes in a copy of a row. */
  void write(UnsafeRow row) throws IOException {
    if (!batch.hasRoom(row.getSizeInBytes())) {
      writeBatch();
    }
    batch.add(row);
    bytesSinceLook += row.getSizeInBytes();
    if ((rows + batch.size()) % ROWS_AT_ONCE == 0) {
      writeBatch();
    }
  }

  private void writeBatch() throws IOException {
    columns.write(batch);
    for (int row = 0; row < batch.size(); row++) {
      store.endRecord();
    }
    rows += batch.size();
    batch.empty();
    if (rows >= mostGroupRows || isLarge()) {
      endGroup();
      beginGroup();
    }
  }

  private boolean isLarge() {
    if (bytesSinceLook < mostGroupBytes / LOOKS_PER_GROUP) {
      return false;
    }
    bytesSinceLook = 0;
    return store.getBufferedSize() >= mostGroupBytes;
  }

  private void endGroup() throws IOException {
    if (rows > 0) {
      store.flush();
      file.startBlock(rows);
      pages.flushToFileWriter(file);
      file.endBlock();
    }
    release();
  }

  private void release() {
    store.close();
    pages.close();
  }

  /**
   * Ends it: all rows are in it now.
   *
   * @param behind put behind the rows, where readers of Parquet, who go by what the footer names,
   *     do not look
   * @return where that begins
   */
  long finish(byte[] behind) throws IOException {
    writeBatch();
    endGroup();
    long position = output.stream().getPos();
    output.stream().write(behind);
    file.end(layout.notes());
    close();
    return position;
  }

  /** Lets go of what it holds; a file that is not finished is none. */
  @Override
  public void close() throws IOException {
    codecs.release();
    file.close();
  }
}
