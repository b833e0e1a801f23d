package io.medallion.silver.parse;

import io.medallion.common.config.ConfigKey;
import io.medallion.common.config.Configuration;
import io.medallion.common.config.IpPolicy;
import io.medallion.common.config.Keys;
import io.medallion.common.contract.ContractColumn;
import io.medallion.common.contract.Pseudonyms;
import io.medallion.common.event.ErasedIds;
import io.medallion.common.event.ErasedRecords;
import io.medallion.common.event.EventRules;
import io.medallion.lakehouse.delta.TableState;
import io.medallion.lakehouse.schema.BronzeColumns;
import io.medallion.lakehouse.schema.SilverColumns;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.spark.InternalRowDatasets;
import io.medallion.silver.dedup.IdentityRule;
import io.medallion.silver.enrich.EnrichmentSettings;
import io.medallion.silver.source.RecordDivision;
import io.medallion.silver.source.RowPosition;
import java.io.Serializable;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.JoinedRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * What silver means: each bronze record in, a parsed record out, with every column of an event or
 * with every reason why it is none. The rules are those of {@link EventRules}; nothing else
 * decides.
 *
 * <p>It works on Spark's inner rows, bytes to columns in one pass: Spark's own {@code from_json}
 * with column expressions takes 1.8 times as long.
 *
 * @param rules what an event is validated by, the user's contract among them
 * @param enrichment what is looked up for it
 * @param ipPolicy what is kept of its address afterwards
 * @param expressions what the contract computes of all that
 * @param schema of a parsed record
 * @param erased the persons whose records are not kept
 * @param division which records hold several events
 */
public record SilverTransform(
    EventRules rules,
    EnrichmentSettings enrichment,
    IpPolicy ipPolicy,
    ContractExpressions expressions,
    ParsedSchema schema,
    ErasedIds erased,
    RecordDivision division)
    implements Serializable {

  /** What stands before the name of a record's own column where both are there. */
  public static final String RECORD = "record_";

  /**
   * The columns of {@link #read}, in the order in which bronze has them: so they need not be put
   * into another one.
   */
  static final List<String> COLUMNS =
      List.of(
          BronzeColumns.KEY,
          BronzeColumns.VALUE,
          BronzeColumns.HEADERS,
          BronzeColumns.SOURCE_EPOCH,
          BronzeColumns.TOPIC,
          BronzeColumns.PARTITION,
          BronzeColumns.OFFSET,
          BronzeColumns.KAFKA_TIMESTAMP,
          BronzeColumns.TIMESTAMP_TYPE,
          BronzeColumns.COMMIT_SEQ,
          BronzeColumns.INGESTED_AT,
          BronzeColumns.INGEST_DATE);

  private static final StructType PLACES =
      TableDefinition.BRONZE.schema().add(SilverColumns.EVENT_INDEX, DataTypes.IntegerType);

  /** Where an event's place in its record is, in a row that has it: behind all of these. */
  static final int INDEX = COLUMNS.size();

  /** Where what is around a record's events is, in a row that has it. */
  static final int ENVELOPE = INDEX + 1;

  /**
   * The one that a configuration asks for.
   *
   * @param session resolves the contract's expressions
   * @throws io.medallion.common.error.MedallionException if the contract has errors
   */
  public static SilverTransform of(Configuration configuration, SparkSession session) {
    return of(configuration, EventRules.of(configuration), session);
  }

  /** The same with rules of one's own, such as those of a contract that is not in use yet. */
  public static SilverTransform of(
      Configuration configuration, EventRules rules, SparkSession session) {
    StructType silver = TableDefinition.silver(rules.contract()).schema();
    return new SilverTransform(
        rules,
        EnrichmentSettings.of(configuration, rules),
        configuration.get(Keys.SILVER_IP_ANONYMIZATION),
        ContractExpressions.of(rules.contract(), silver, session),
        ParsedSchema.of(silver),
        ErasedIds.NONE,
        RecordDivision.of(rules.contract()));
  }

  /**
   * The same without a database in which addresses are looked up.
   *
   * @param database the setting that names it
   */
  public SilverTransform without(ConfigKey<String> database) {
    return new SilverTransform(
        rules, enrichment.without(database), ipPolicy, expressions, schema, erased, division);
  }

  /** The same that keeps nothing of some persons' records. */
  public SilverTransform without(ErasedIds persons) {
    return new SilverTransform(rules, enrichment, ipPolicy, expressions, schema, persons, division);
  }

  /**
   * The same, of the records of a silver table with that state.
   *
   * @throws io.medallion.common.error.MedallionException if it was made by another division
   */
  public SilverTransform dividingAs(TableState silver) {
    return new SilverTransform(
        rules,
        enrichment,
        ipPolicy,
        expressions,
        schema,
        erased,
        RecordDivision.of(rules.contract(), silver));
  }

  /** The silver table, with what the contract adds to it. */
  public TableDefinition silver() {
    return TableDefinition.silver(rules.contract());
  }

  /** How bronze holds events that were parsed before they became somebody unknown's. */
  public AnonymizedColumns anonymized() {
    return new AnonymizedColumns(
        silver().schema(),
        rules.contract().computed().stream().map(ContractColumn::name).collect(Collectors.toSet()));
  }

  /** When two records are one event. */
  public IdentityRule identity() {
    return IdentityRule.of(rules.contract().identity());
  }

  /** Parses bronze's rows; the result has the columns of {@link #schema}. */
  public JavaRDD<InternalRow> apply(Dataset<Row> bronze) {
    return records(bronze)
        .mapPartitions(
            records -> {
              RecordTransformer transformer = new RecordTransformer(this);
              return parsed(records, record -> (InternalRow) transformer.transform(record).copy());
            },
            true);
  }

  /**
   * Parses bronze's rows, for those who look at both: a row has the columns of {@link
   * #besideSchema} and is valid until the next.
   */
  public JavaRDD<InternalRow> applyBeside(Dataset<Row> bronze) {
    return records(bronze)
        .mapPartitions(
            records -> {
              RecordTransformer transformer = new RecordTransformer(this);
              JoinedRow both = new JoinedRow();
              return parsed(
                  records,
                  record -> {
                    InternalRow row = transformer.transform(record);
                    return both.apply(
                        row, transformer.wasErased() ? transformer.emptied(record) : record);
                  });
            },
            true);
  }

  /**
   * Those of the events in bronze's rows that are of erased persons and still hold something,
   * without what they hold: with bronze's columns, and the event's place in its record.
   */
  public Dataset<Row> toErase(SparkSession session, Dataset<Row> bronze) {
    JavaRDD<InternalRow> places =
        records(bronze)
            .mapPartitions(
                records -> {
                  RecordTransformer transformer = new RecordTransformer(this);
                  UnsafeProjection compact = UnsafeProjection.create(PLACES);
                  return parsed(
                      records,
                      record ->
                          transformer.isToErase(record)
                              ? (InternalRow) compact.apply(transformer.emptied(record)).copy()
                              : null);
                },
                true)
            .filter(Objects::nonNull);
    return InternalRowDatasets.dataset(session, places, PLACES);
  }

  /** Those of some rows that have ids of erased persons in silver's columns for them. */
  public Dataset<Row> ofErased(SparkSession session, Dataset<Row> rows) {
    StructType schema = rows.schema();
    int[] ids =
        Stream.of(SilverColumns.USER_ID, SilverColumns.ANONYMOUS_ID, SilverColumns.SESSION_ID)
            .mapToInt(schema::fieldIndex)
            .toArray();
    JavaRDD<InternalRow> found =
        InternalRowDatasets.of(rows)
            .mapPartitions(
                all -> {
                  ErasedRecords erasedRecords = new ErasedRecords(rules, erased);
                  return parsed(
                      all,
                      row ->
                          erasedRecords.concerns(
                                  text(row, ids[0]), text(row, ids[1]), text(row, ids[2]))
                              ? row.copy()
                              : null);
                },
                true)
            .filter(Objects::nonNull);
    return InternalRowDatasets.dataset(session, found, schema);
  }

  /**
   * The ids in bronze's rows, as they were sent, that are erased persons' by their pseudonyms: each
   * once, by kind.
   *
   * @throws IllegalStateException if nobody was erased
   */
  public Map<ErasedIds.Kind, Set<String>> knownByPseudonym(Dataset<Row> bronze) {
    if (erased.isEmpty()) {
      throw new IllegalStateException("nobody was erased");
    }
    Map<ErasedIds.Kind, Set<String>> all = new EnumMap<>(ErasedIds.Kind.class);
    records(bronze)
        .mapPartitions(
            records -> {
              RecordTransformer transformer = new RecordTransformer(this);
              Set<KnownId> found = new HashSet<>();
              records.forEachRemaining(
                  record ->
                      transformer
                          .knownByPseudonym(record)
                          .forEach((kind, id) -> found.add(new KnownId(kind, id))));
              return found.iterator();
            })
        .collect()
        .forEach(
            known -> all.computeIfAbsent(known.kind(), kind -> new TreeSet<>()).add(known.id()));
    return all;
  }

  private record KnownId(ErasedIds.Kind kind, String id) implements Serializable {}

  /** The same by other pseudonyms. */
  public SilverTransform by(Pseudonyms pseudonyms) {
    return new SilverTransform(
        rules.with(rules.contract().with(pseudonyms)),
        enrichment,
        ipPolicy,
        expressions,
        schema,
        erased,
        division);
  }

  private static String text(InternalRow row, int column) {
    return row.isNullAt(column) ? null : row.getUTF8String(column).toString();
  }

  /**
   * The columns of a parsed record, and behind them those of the record itself, with {@link
   * #RECORD} before their names.
   */
  public StructType besideSchema() {
    StructType both = schema.schema();
    for (String name : COLUMNS) {
      StructField field = TableDefinition.BRONZE.schema().apply(name);
      both = both.add(RECORD + name, field.dataType(), field.nullable());
    }
    return both;
  }

  /** Parses {@linkplain #read records}; every partition becomes as many blocks as it fills. */
  JavaRDD<ParsedBlock> blocks(JavaRDD<InternalRow> records) {
    return records.mapPartitionsWithIndex(
        (number, part) -> {
          RecordTransformer transformer = new RecordTransformer(this);
          return ParsedBlock.of(number, schema, identity(), parsed(part, transformer::transform));
        },
        true);
  }

  /** Bronze's rows, or quarantine's, with the columns that parsing needs. */
  static Dataset<Row> read(Dataset<Row> rows) {
    Stream<String> more =
        RowPosition.areOfEvents(rows.schema()) ? Stream.of(SilverColumns.EVENT_INDEX) : Stream.of();
    return rows.select(
        Stream.concat(COLUMNS.stream(), more).map(functions::col).toArray(Column[]::new));
  }

  private JavaRDD<InternalRow> records(Dataset<Row> rows) {
    Dataset<Row> read = read(rows);
    return divided(InternalRowDatasets.ofFiles(read), read.schema());
  }

  /**
   * Records that are one event each, and events in the place of the others.
   *
   * @param read the columns of the records; those of quarantine are events already
   */
  JavaRDD<InternalRow> divided(JavaRDD<InternalRow> records, StructType read) {
    RecordDivision by = division;
    return by.rules().isDeclared() && !RowPosition.areOfEvents(read)
        ? records.mapPartitions(some -> new DividedRecords(some, by), true)
        : records;
  }

  /** The columns of {@linkplain #divided such rows}, as quarantine calls them. */
  List<String> dividedColumns() {
    return division.rules().isDeclared()
        ? Stream.concat(COLUMNS.stream(), Stream.of(SilverColumns.EVENT_INDEX)).toList()
        : COLUMNS;
  }

  private static <T> Iterator<T> parsed(
      Iterator<InternalRow> records, Function<InternalRow, T> parse) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return records.hasNext();
      }

      @Override
      public T next() {
        return parse.apply(records.next());
      }
    };
  }
}
