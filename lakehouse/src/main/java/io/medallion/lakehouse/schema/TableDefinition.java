package io.medallion.lakehouse.schema;

import static org.apache.spark.sql.types.DataTypes.BinaryType;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import io.medallion.common.contract.Contract;
import io.medallion.common.contract.ContractColumn;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.MetadataBuilder;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * What a table of the lake looks like.
 *
 * @param name the layer's word for it, also in {@code query}
 * @param path below the lake
 * @param schema its columns
 * @param partitionColumn the date that its folders are named after
 * @param statistics the columns that Delta keeps minimum and maximum of in each file; few, because
 *     they cost time in every small batch
 * @param identity what identifies a row among all of the table
 * @param properties further Delta table properties
 */
public record TableDefinition(
    String name,
    String path,
    StructType schema,
    String partitionColumn,
    List<String> statistics,
    IdentityKind identity,
    Map<String, String> properties) {

  /** One Kafka record as it came, and where it came from. */
  public static final TableDefinition BRONZE =
      new TableDefinition(
          "bronze",
          "bronze/clickstream",
          bronzeSchema(),
          BronzeColumns.INGEST_DATE,
          List.of(
              BronzeColumns.PARTITION,
              BronzeColumns.OFFSET,
              BronzeColumns.COMMIT_SEQ,
              BronzeColumns.KAFKA_TIMESTAMP),
          IdentityKind.NONE,
          Map.of("delta.appendOnly", "true"));

  /** One event: parsed, judged, deduplicated, located. Without what a user's contract adds. */
  public static final TableDefinition SILVER = silver(Contract.NONE);

  /** One record that silver refused, with every reason. */
  public static final TableDefinition QUARANTINE =
      new TableDefinition(
          "quarantine",
          "silver/quarantine",
          quarantineSchema(),
          BronzeColumns.INGEST_DATE,
          List.of(BronzeColumns.PARTITION, BronzeColumns.OFFSET, BronzeColumns.COMMIT_SEQ),
          IdentityKind.NONE,
          Map.of());

  /** Every table of the lake, upstream first. */
  public static final List<TableDefinition> ALL = List.of(BRONZE, SILVER, QUARANTINE);

  /** The columns of all tables whose values hardly ever repeat. */
  public static final List<String> DISTINCT =
      List.of(
          BronzeColumns.VALUE,
          BronzeColumns.OFFSET,
          BronzeColumns.KAFKA_TIMESTAMP,
          SilverColumns.EVENT_ID,
          SilverColumns.EVENT_TIME,
          SilverColumns.FINGERPRINT);

  /** What a file's entry in the log calls the spans of time in which its rows lie. */
  public static final String TIMES_TAG = "medallion.times";

  /** The column by which it is looked up, next to its date: files should cover little of it. */
  public String clusteredBy() {
    return statistics.contains(SilverColumns.EVENT_TIME)
        ? SilverColumns.EVENT_TIME
        : BronzeColumns.COMMIT_SEQ;
  }

  /**
   * How many rows are read together at least: a file is divided between tasks by such groups. What
   * is read commit by commit, as bronze is by silver, is divided between all cores.
   */
  public int mostRowsOfGroup() {
    return clusteredBy().equals(BronzeColumns.COMMIT_SEQ) ? 25_000 : Integer.MAX_VALUE;
  }

  /** The same with rows that something else identifies. */
  public TableDefinition identifiedBy(IdentityKind kind) {
    return new TableDefinition(name, path, schema, partitionColumn, statistics, kind, properties);
  }

  /** Its columns in order, to select them. */
  public Column[] columns() {
    return Arrays.stream(schema.fieldNames())
        .map(name -> functions.col("`" + name.replace("`", "``") + "`"))
        .toArray(Column[]::new);
  }

  /**
   * The same with other columns.
   *
   * @param table of a table that grew; the date may be anywhere in it
   */
  public TableDefinition with(StructType table) {
    StructType all = new StructType();
    for (StructField field : table.fields()) {
      if (!field.name().equals(partitionColumn)) {
        all = all.add(field);
      }
    }
    return new TableDefinition(
        name,
        path,
        all.add(table.apply(partitionColumn)),
        partitionColumn,
        statistics,
        identity,
        properties);
  }

  /**
   * Why rows of this schema cannot go into files of a table as they are.
   *
   * @param table its schema; columns may be in another order, and there may be more
   * @return empty if they can
   */
  public Optional<String> obstacle(StructType table) {
    Map<String, StructField> there = new LinkedHashMap<>();
    for (StructField field : table.fields()) {
      there.put(field.name(), field);
    }
    for (StructField ours : schema.fields()) {
      StructField field = there.remove(ours.name());
      if (field == null) {
        return Optional.of("the table has no column " + ours.name());
      }
      if (!field.dataType().equals(ours.dataType())) {
        return Optional.of(
            "column %s is %s, not %s"
                .formatted(ours.name(), field.dataType().sql(), ours.dataType().sql()));
      }
      if (!field.nullable() && ours.nullable()) {
        return Optional.of("column %s must not be null".formatted(ours.name()));
      }
      if (!isPlain(field)) {
        return Optional.of("column %s has %s".formatted(ours.name(), field.metadata().json()));
      }
    }
    return there.values().stream()
        .filter(field -> !field.nullable() || !isPlain(field))
        .map(field -> "rows need a value of column " + field.name())
        .findFirst();
  }

  /** Whether it is stored as it is given: no default, check, computed value or other name. */
  private static boolean isPlain(StructField field) {
    return field
        .metadata()
        .equals(
            field.getComment().isEmpty()
                ? Metadata.empty()
                : new MetadataBuilder().putString("comment", field.getComment().get()).build());
  }

  private static StructType bronzeSchema() {
    return recordSchema()
        .add(BronzeColumns.INGESTED_AT, TimestampType, false)
        .add(BronzeColumns.INGEST_DATE, DateType, false);
  }

  private static StructType recordSchema() {
    StructType header = new StructType().add("key", StringType).add("value", BinaryType);
    return new StructType()
        .add(BronzeColumns.KEY, BinaryType)
        .add(BronzeColumns.VALUE, BinaryType)
        .add(BronzeColumns.HEADERS, createArrayType(header))
        .add(BronzeColumns.SOURCE_EPOCH, IntegerType, false)
        .add(BronzeColumns.TOPIC, StringType, false)
        .add(BronzeColumns.PARTITION, IntegerType, false)
        .add(BronzeColumns.OFFSET, LongType, false)
        .add(BronzeColumns.KAFKA_TIMESTAMP, TimestampType)
        .add(BronzeColumns.TIMESTAMP_TYPE, IntegerType, false)
        .add(BronzeColumns.COMMIT_SEQ, LongType, false);
  }

  /**
   * Silver with the columns that a contract adds, before the date. Every other column has the place
   * that it has in {@link #SILVER}.
   *
   * @throws io.medallion.common.error.MedallionException if one has the name of another
   */
  public static TableDefinition silver(Contract contract) {
    return new TableDefinition(
        "silver",
        "silver/enriched_events",
        silverSchema(contract),
        SilverColumns.EVENT_DATE,
        List.of(SilverColumns.EVENT_TIME, SilverColumns.COMMIT_SEQ),
        contract.identity().isIdAlone() ? IdentityKind.ID : IdentityKind.ID_AND_TIME,
        Map.of());
  }

  private static StructType silverSchema(Contract contract) {
    StructType schema = new StructType();
    for (ContractColumn column : Contract.own().columns()) {
      boolean mayLack =
          !column.needed()
              || (column.name().equals(SilverColumns.VISITOR) && !contract.visitorRequired());
      schema = schema.add(column.name(), ContractTypes.stored(column.type()), mayLack);
    }
    schema = withRest(schema);
    Set<String> taken = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    taken.addAll(List.of(schema.fieldNames()));
    taken.add(SilverColumns.EVENT_DATE);
    for (ContractColumn column : contract.columns()) {
      if (!taken.add(column.name())) {
        throw contract.invalid(
            column.place(),
            "silver has a column %s already; choose another name".formatted(column.name()));
      }
      schema = schema.add(column.name(), ContractTypes.stored(column.type()));
    }
    return schema.add(SilverColumns.EVENT_DATE, DateType, false);
  }

  private static StructType withRest(StructType event) {
    return event
        .add(SilverColumns.COUNTRY_CODE, StringType)
        .add(SilverColumns.COUNTRY, StringType)
        .add(SilverColumns.REGION, StringType)
        .add(SilverColumns.CITY, StringType)
        .add(SilverColumns.LATITUDE, DoubleType)
        .add(SilverColumns.LONGITUDE, DoubleType)
        .add(SilverColumns.TIME_ZONE, StringType)
        .add(SilverColumns.GEO_STATUS, StringType)
        .add(SilverColumns.GEOIP_DB_BUILD, TimestampType)
        .add(SilverColumns.ASN, LongType)
        .add(SilverColumns.AS_ORGANIZATION, StringType)
        .add(SilverColumns.ASN_DB_BUILD, TimestampType)
        .add(SilverColumns.DEVICE_CLASS, StringType)
        .add(SilverColumns.BROWSER, StringType)
        .add(SilverColumns.OPERATING_SYSTEM, StringType)
        .add(SilverColumns.IS_BOT, BooleanType)
        .add(SilverColumns.BOT_KIND, StringType)
        .add(SilverColumns.REFERRER_DOMAIN, StringType)
        .add(SilverColumns.REFERRER_MEDIUM, StringType)
        .add(SilverColumns.UTM_SOURCE, StringType)
        .add(SilverColumns.UTM_MEDIUM, StringType)
        .add(SilverColumns.UTM_CAMPAIGN, StringType)
        .add(SilverColumns.UTM_TERM, StringType)
        .add(SilverColumns.UTM_CONTENT, StringType)
        .add(SilverColumns.CHANNEL, StringType)
        .add(SilverColumns.FINGERPRINT, LongType, false)
        .add(SilverColumns.RULES_VERSION, IntegerType, false)
        .add(SilverColumns.CONTRACT_VERSION, StringType)
        .add(SilverColumns.FLAGS, createArrayType(StringType))
        .add(SilverColumns.SOURCE_EPOCH, IntegerType, false)
        .add(SilverColumns.TOPIC, StringType, false)
        .add(SilverColumns.PARTITION, IntegerType, false)
        .add(SilverColumns.OFFSET, LongType, false)
        .add(SilverColumns.EVENT_INDEX, IntegerType)
        .add(SilverColumns.COMMIT_SEQ, LongType, false)
        .add(SilverColumns.KAFKA_TIMESTAMP, TimestampType)
        .add(SilverColumns.INGESTED_AT, TimestampType, false);
  }

  private static StructType quarantineSchema() {
    StructType reason =
        new StructType()
            .add(QuarantineColumns.REASON_CODE, StringType)
            .add(QuarantineColumns.REASON_FIELD, StringType)
            .add(QuarantineColumns.REASON_MESSAGE, StringType);
    return recordSchema()
        .add(SilverColumns.EVENT_INDEX, IntegerType)
        .add(BronzeColumns.INGESTED_AT, TimestampType, false)
        .add(QuarantineColumns.REASONS, createArrayType(reason), false)
        .add(QuarantineColumns.RULES_VERSION, IntegerType, false)
        .add(QuarantineColumns.CONTRACT_VERSION, StringType)
        .add(QuarantineColumns.QUARANTINED_AT, TimestampType, false)
        .add(BronzeColumns.INGEST_DATE, DateType, false);
  }
}
