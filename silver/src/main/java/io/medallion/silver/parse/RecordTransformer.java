package io.medallion.silver.parse;

import io.medallion.common.contract.ColumnType;
import io.medallion.common.contract.ContractColumn;
import io.medallion.common.contract.ContractRule;
import io.medallion.common.contract.Pseudonyms;
import io.medallion.common.event.ErasedIds;
import io.medallion.common.event.ErasedRecords;
import io.medallion.common.event.EventParser;
import io.medallion.common.event.EventRules;
import io.medallion.common.event.ParsedEvent;
import io.medallion.common.event.Reason;
import io.medallion.common.event.ReasonCode;
import io.medallion.common.event.RecordDivider;
import io.medallion.common.event.TimestampType;
import io.medallion.common.event.UtcDay;
import io.medallion.lakehouse.schema.BronzeColumns;
import io.medallion.lakehouse.schema.SilverColumns;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.silver.enrich.BoundEnricher;
import io.medallion.silver.enrich.IpAnonymizer;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.catalyst.expressions.codegen.UnsafeArrayWriter;
import org.apache.spark.sql.catalyst.expressions.codegen.UnsafeRowWriter;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.apache.spark.sql.types.Decimal;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;

/** Turns one bronze record after the other into a judged one. Not thread-safe. */
final class RecordTransformer {
  private static final int LOG_APPEND_TIME = 1;

  private static final UTF8String ERASED_MARK = UTF8String.fromString(BronzeColumns.ERASED_HEADER);
  private static final UTF8String PRUNED_MARK = UTF8String.fromString(BronzeColumns.PRUNED_HEADER);

  /** Of texts in a row; if one has more, there is room for more from then on. */
  private static final int MOSTLY_LESS_BYTES = 4096;

  private static final StructType SILVER = TableDefinition.SILVER.schema();
  private static final int LINEAGE = SILVER.fieldIndex(SilverColumns.SOURCE_EPOCH);
  private static final int VISITOR = SILVER.fieldIndex(SilverColumns.VISITOR);
  private static final int IP_ADDRESS = SILVER.fieldIndex(SilverColumns.IP_ADDRESS);
  private static final int RULES_VERSION = SILVER.fieldIndex(SilverColumns.RULES_VERSION);
  private static final int CONTRACT_VERSION = SILVER.fieldIndex(SilverColumns.CONTRACT_VERSION);
  private static final int FLAGS = SILVER.fieldIndex(SilverColumns.FLAGS);
  private static final int FINGERPRINT = SILVER.fieldIndex(SilverColumns.FINGERPRINT);
  private static final int EVENT_TIME = SILVER.fieldIndex(SilverColumns.EVENT_TIME);
  private static final int SITE = SILVER.fieldIndex(SilverColumns.SITE);
  private static final int LOCAL_DATE = SILVER.fieldIndex(SilverColumns.LOCAL_DATE);
  private static final int USER_ID = SILVER.fieldIndex(SilverColumns.USER_ID);
  private static final int ANONYMOUS_ID = SILVER.fieldIndex(SilverColumns.ANONYMOUS_ID);
  private static final int SESSION_ID = SILVER.fieldIndex(SilverColumns.SESSION_ID);

  private static final int KEY = SilverTransform.COLUMNS.indexOf(BronzeColumns.KEY);
  private static final int VALUE = SilverTransform.COLUMNS.indexOf(BronzeColumns.VALUE);
  private static final int HEADERS = SilverTransform.COLUMNS.indexOf(BronzeColumns.HEADERS);
  private static final int SOURCE_EPOCH =
      SilverTransform.COLUMNS.indexOf(BronzeColumns.SOURCE_EPOCH);
  private static final int TOPIC = SilverTransform.COLUMNS.indexOf(BronzeColumns.TOPIC);
  private static final int PARTITION = SilverTransform.COLUMNS.indexOf(BronzeColumns.PARTITION);
  private static final int OFFSET = SilverTransform.COLUMNS.indexOf(BronzeColumns.OFFSET);
  private static final int KAFKA_TIMESTAMP =
      SilverTransform.COLUMNS.indexOf(BronzeColumns.KAFKA_TIMESTAMP);
  private static final int TIMESTAMP_TYPE =
      SilverTransform.COLUMNS.indexOf(BronzeColumns.TIMESTAMP_TYPE);
  private static final int SEQ = SilverTransform.COLUMNS.indexOf(BronzeColumns.COMMIT_SEQ);
  private static final int INGESTED_AT = SilverTransform.COLUMNS.indexOf(BronzeColumns.INGESTED_AT);
  private static final int INGEST_DATE = SilverTransform.COLUMNS.indexOf(BronzeColumns.INGEST_DATE);

  private final SilverTransform transform;
  private final EventParser parser;
  private final List<BoundEnricher> enrichers;
  private final ContractColumn[] columns;

  /** Where in silver each of the event's columns goes; those of a campaign are enriched. */
  private final int[] places;

  /** Which of the event's columns hold pseudonyms. */
  private final boolean[] hidden;

  private final boolean isAddressHidden;
  private final Pseudonyms.Maker pseudonyms;
  private final int eventDate;
  private final UTF8String contractVersion;

  /** Null if the contract computes nothing. */
  private final ContractEvaluator contract;

  /** By the name of a rule, which columns of an event that breaks it are dropped. */
  private final Map<String, int[]> redactions = new HashMap<>();

  private final UnsafeRowWriter row;

  /** Null if nobody was erased. */
  private final ErasedRecords erased;

  /** Null likewise. */
  private final AnonymizedColumns anonymized;

  private boolean wasErased;
  private UTF8String stored;
  private String topic;

  /** Made when first wanted: its code is generated, and most records need none. */
  private UnsafeProjection compact;

  RecordTransformer(SilverTransform transform) {
    this.transform = transform;
    this.parser = new EventParser(transform.rules());
    this.enrichers = transform.enrichment().enrichers();
    ParsedSchema schema = transform.schema();
    this.columns = transform.rules().columns().toArray(ContractColumn[]::new);
    this.places =
        Arrays.stream(columns)
            .limit(transform.rules().ownAndRead())
            .mapToInt(c -> schema.schema().fieldIndex(c.name()))
            .toArray();
    Pseudonyms named = transform.rules().contract().pseudonyms();
    this.hidden = new boolean[columns.length];
    for (int column = 0; column < hidden.length; column++) {
      hidden[column] = named.has(columns[column].name());
    }
    this.isAddressHidden = named.has(SilverColumns.IP_ADDRESS);
    this.pseudonyms = named.maker();
    this.eventDate = schema.silver() - 1;
    this.contractVersion = UTF8String.fromString(transform.rules().contract().version());
    this.contract =
        transform.expressions().isEmpty()
            ? null
            : new ContractEvaluator(transform.expressions(), schema.schema(), FLAGS);
    for (ContractRule rule : transform.rules().contract().rules()) {
      redactions.put(
          rule.name(), rule.fields().stream().mapToInt(transform.rules()::column).toArray());
    }
    this.row = new UnsafeRowWriter(schema.size(), MOSTLY_LESS_BYTES);
    this.erased =
        transform.erased().isEmpty()
            ? null
            : new ErasedRecords(transform.rules(), transform.erased());
    this.anonymized = erased == null ? null : transform.anonymized();
  }

  /** Validates a record; the row is valid until the next call. */
  UnsafeRow transform(InternalRow record) {
    byte[] value = bytes(record, VALUE);
    wasErased = isErased(record, value);
    if (wasErased) {
      return erased(record);
    }
    if (isPruned(record, value)) {
      return refused(emptied(record), null, List.of(QuarantineRows.PRUNED));
    }
    if (isAnonymized(value)) {
      return anonymized(record, value);
    }
    ParsedEvent event = parse(record, value);
    wasErased = concernsErased(record, value, event);
    if (wasErased) {
      return erased(record);
    }
    if (!event.isGood()) {
      return refused(record, value, event.reasons());
    }
    write(record, event);
    if (contract != null) {
      List<Reason> reasons = contract.complete(row, event.flags());
      if (!contract.redacting().isEmpty()) {
        event.forget(redacted());
        if (event.visitor() == null && transform.rules().contract().visitorRequired()) {
          return refused(record, value, withoutVisitor());
        }
        write(record, event);
        reasons = contract.complete(row, event.flags());
      }
      if (!reasons.isEmpty()) {
        return refused(record, value, reasons);
      }
    }
    return row.getRow();
  }

  private List<Reason> withoutVisitor() {
    return contract.redacting().stream()
        .map(rule -> new Reason(ReasonCode.REDACTED, rule.name(), "nothing says whose it is"))
        .toList();
  }

  private int[] redacted() {
    return contract.redacting().stream()
        .flatMapToInt(rule -> Arrays.stream(redactions.get(rule.name())))
        .toArray();
  }

  /** Whether the last record was an erased person's, so that nothing of it is kept. */
  boolean wasErased() {
    return wasErased;
  }

  /** Whether a record of bronze is an erased person's and still holds something. */
  boolean isToErase(InternalRow record) {
    byte[] value = bytes(record, VALUE);
    if (isAnonymized(value)) {
      return concernsErased(anonymized.read(value));
    }
    return !isErased(record, value) && concernsErased(record, value, parse(record, value));
  }

  /** Whether it is an erased person's event as somebody unknown's. */
  private boolean isAnonymized(byte[] value) {
    return erased != null && erased.isAnonymized(value);
  }

  /** Whether whoever was unknown has become known, and is erased. */
  private boolean concernsErased(Object[] values) {
    return erased.concerns(
        (String) values[USER_ID], (String) values[ANONYMOUS_ID], (String) values[SESSION_ID]);
  }

  /**
   * An event that was parsed before it became somebody unknown's. What became an event stays one:
   * of the contract's rules those are asked that flag.
   */
  private UnsafeRow anonymized(InternalRow record, byte[] value) {
    Object[] values = anonymized.read(value);
    wasErased = concernsErased(values);
    if (wasErased) {
      return erased(record);
    }
    List<String> flags = readingFlags((String[]) values[FLAGS]);
    write(record, values);
    complete(flags);
    if (contract != null && !contract.redacting().isEmpty()) {
      for (int column : redacted()) {
        if (column < places.length) {
          values[places[column]] = null;
        }
      }
      write(record, values);
      complete(flags);
    }
    return row.getRow();
  }

  /** What a contract fails to compute of it is null. */
  private void complete(List<String> flags) {
    List<Reason> reasons = contract == null ? List.of() : contract.complete(row, flags);
    boolean failed =
        reasons.stream().anyMatch(reason -> reason.code() == ReasonCode.EXPRESSION_FAILED);
    if (contract == null || failed) {
      ContractEvaluator.writeFlags(row, FLAGS, flags, List.of());
    }
    if (failed) {
      transform
          .rules()
          .contract()
          .computed()
          .forEach(c -> row.setNullAt(transform.schema().schema().fieldIndex(c.name())));
    }
  }

  private void write(InternalRow record, Object[] values) {
    row.reset();
    row.zeroOutNullBytes();
    anonymized.write(values, row);
    long time = (long) values[EVENT_TIME];
    row.write(LOCAL_DATE, parser.localDay((String) values[SITE], time));
    writeRecord(record, time);
  }

  /** Without those of rules, which are asked again. */
  private List<String> readingFlags(String[] flags) {
    Set<String> reading = transform.rules().contract().readingFlags();
    return flags == null ? List.of() : Arrays.stream(flags).filter(reading::contains).toList();
  }

  /** The ids of a record that are erased persons' by their pseudonyms. */
  Map<ErasedIds.Kind, String> knownByPseudonym(InternalRow record) {
    Map<ErasedIds.Kind, String> found = new EnumMap<>(ErasedIds.Kind.class);
    if (isAnonymized(bytes(record, VALUE))) {
      return found;
    }
    ParsedEvent event = parse(record, bytes(record, VALUE));
    for (ErasedIds.Kind kind : ErasedIds.Kind.values()) {
      String id = event.id(kind);
      if (erased.hasPseudonym(kind, id)) {
        found.put(kind, id);
      }
    }
    return found;
  }

  private boolean concernsErased(InternalRow record, byte[] value, ParsedEvent event) {
    return erased != null
        && (erased.concerns(event, event.isGood() ? null : bytes(record, KEY), value)
            || (isPart(record) && concernsErased(record)));
  }

  /** Whether what its events have in common is an erased person's. */
  private boolean concernsErased(InternalRow record) {
    byte[] key = bytes(record, KEY);
    if ((key != null && erased.isOf(key))
        || erased.concerns(record.getBinary(SilverTransform.ENVELOPE))) {
      return true;
    }
    ArrayData headers = record.isNullAt(HEADERS) ? null : record.getArray(HEADERS);
    for (int i = 0; headers != null && i < headers.numElements(); i++) {
      InternalRow header = headers.getStruct(i, 2);
      if (!header.isNullAt(1) && erased.isOf(header.getBinary(1))) {
        return true;
      }
    }
    return false;
  }

  /** Whether it is one of several events of a record of bronze. */
  private static boolean isPart(InternalRow record) {
    return record.numFields() > SilverTransform.ENVELOPE
        && !record.isNullAt(SilverTransform.ENVELOPE);
  }

  /** Null where the record is one event. */
  private static Integer index(InternalRow record) {
    return record.numFields() > SilverTransform.INDEX && !record.isNullAt(SilverTransform.INDEX)
        ? Integer.valueOf(record.getInt(SilverTransform.INDEX))
        : null;
  }

  /** An event's place in its record. */
  static int indexOrFirst(InternalRow record) {
    Integer index = index(record);
    return index == null ? 0 : index;
  }

  /**
   * A record of which nothing is kept but when and where it came, and which of its events it is.
   */
  InternalRow emptied(InternalRow record) {
    StructType schema = TableDefinition.BRONZE.schema();
    Object[] kept = new Object[SilverTransform.INDEX + 1];
    kept[SilverTransform.INDEX] = index(record);
    for (int column = 0; column < SilverTransform.INDEX; column++) {
      boolean gone = column == KEY || column == VALUE || column == HEADERS;
      kept[column] =
          gone || record.isNullAt(column)
              ? null
              : record.get(column, schema.apply(SilverTransform.COLUMNS.get(column)).dataType());
    }
    return new GenericInternalRow(kept);
  }

  /** Whether it has lost its bytes to an erasure. */
  private static boolean isErased(InternalRow record, byte[] value) {
    return value == null
        ? isMarked(record, ERASED_MARK)
        : isGonePart(record, value) && !isMarked(record, PRUNED_MARK);
  }

  /** Whether it has lost its bytes to bronze's retention. */
  private static boolean isPruned(InternalRow record, byte[] value) {
    return (value == null || isGonePart(record, value)) && isMarked(record, PRUNED_MARK);
  }

  private static boolean isGonePart(InternalRow record, byte[] value) {
    return isPart(record) && RecordDivider.isGone(value);
  }

  /** Whether what emptied a row of bronze left its mark among the headers. */
  private static boolean isMarked(InternalRow record, UTF8String mark) {
    if (record.isNullAt(HEADERS) || !record.isNullAt(KEY)) {
      return false;
    }
    ArrayData headers = record.getArray(HEADERS);
    if (headers.numElements() != 1) {
      return false;
    }
    InternalRow header = headers.getStruct(0, 2);
    return !header.isNullAt(0) && header.getUTF8String(0).equals(mark);
  }

  private static byte[] bytes(InternalRow record, int column) {
    return record.isNullAt(column) ? null : record.getBinary(column);
  }

  private ParsedEvent parse(InternalRow record, byte[] value) {
    return parser.parse(
        value,
        record.isNullAt(KAFKA_TIMESTAMP) ? -1 : record.getLong(KAFKA_TIMESTAMP),
        record.getInt(TIMESTAMP_TYPE) == LOG_APPEND_TIME
            ? TimestampType.LOG_APPEND_TIME
            : TimestampType.CREATE_TIME,
        record.getLong(INGESTED_AT),
        record.getInt(SOURCE_EPOCH),
        topic(record.getUTF8String(TOPIC)),
        record.getInt(PARTITION),
        record.getLong(OFFSET),
        indexOrFirst(record));
  }

  /** Mostly the one of the record before. */
  private String topic(UTF8String topic) {
    if (!topic.equals(stored)) {
      stored = topic.copy();
      this.topic = stored.toString();
    }
    return this.topic;
  }

  /** Most records are good: each is put together without an object for a column. */
  private void write(InternalRow record, ParsedEvent event) {
    row.reset();
    row.zeroOutNullBytes();
    for (int column = 0; column < places.length; column++) {
      write(event, column, places[column]);
    }
    String address = IpAnonymizer.of(transform.ipPolicy(), event.ipAddress());
    put(IP_ADDRESS, isAddressHidden ? pseudonyms.of(address) : address);
    for (BoundEnricher enricher : enrichers) {
      enricher.write(event, row);
    }
    row.write(FINGERPRINT, event.fingerprint());
    if (contract == null) {
      ContractEvaluator.writeFlags(row, FLAGS, event.flags(), List.of());
    }
    writeRecord(record, event.eventTimeMicros());
  }

  /** Writes where it comes from, and by which rules it is read. */
  private void writeRecord(InternalRow record, long eventTimeMicros) {
    row.write(RULES_VERSION, EventRules.RULES_VERSION);
    if (contractVersion == null) {
      row.setNullAt(CONTRACT_VERSION);
    } else {
      row.write(CONTRACT_VERSION, contractVersion);
    }
    row.write(LINEAGE, record.getInt(SOURCE_EPOCH));
    row.write(LINEAGE + 1, record.getUTF8String(TOPIC));
    row.write(LINEAGE + 2, record.getInt(PARTITION));
    row.write(LINEAGE + 3, record.getLong(OFFSET));
    Integer index = index(record);
    if (index == null) {
      row.setNullAt(LINEAGE + 4);
    } else {
      row.write(LINEAGE + 4, index);
    }
    row.write(LINEAGE + 5, record.getLong(SEQ));
    if (record.isNullAt(KAFKA_TIMESTAMP)) {
      row.setNullAt(LINEAGE + 6);
    } else {
      row.write(LINEAGE + 6, record.getLong(KAFKA_TIMESTAMP));
    }
    row.write(LINEAGE + 7, record.getLong(INGESTED_AT));
    row.write(eventDate, UtcDay.of(eventTimeMicros));
    for (int behind = eventDate + 1; behind < transform.schema().size(); behind++) {
      row.setNullAt(behind);
    }
  }

  private void write(ParsedEvent event, int column, int place) {
    ColumnType type = columns[column].type();
    switch (type.kind()) {
      case STRING -> {
        if (place != IP_ADDRESS) {
          int said = place == VISITOR ? event.visitorColumn() : column;
          String text = event.text(column);
          put(place, said >= 0 && hidden[said] ? pseudonyms.of(text) : text);
        }
      }
      case STRINGS -> putArray(place, event.texts(column));
      case DECIMAL -> {
        if (type.isLargeDecimal()) {
          BigDecimal decimal = event.decimal(column);
          row.write(
              place,
              decimal == null ? null : Decimal.apply(decimal, type.precision(), type.scale()),
              type.precision(),
              type.scale());
        } else {
          // What Spark stores of a decimal of so few digits.
          putNumber(event, column, place);
        }
      }
      case LONG, TIMESTAMP -> putNumber(event, column, place);
      case INT, DATE -> {
        if (event.has(column)) {
          row.write(place, (int) event.number(column));
        } else {
          row.setNullAt(place);
        }
      }
      case BOOLEAN -> {
        if (event.has(column)) {
          row.write(place, event.number(column) == 1);
        } else {
          row.setNullAt(place);
        }
      }
    }
  }

  private void putNumber(ParsedEvent event, int column, int place) {
    if (event.has(column)) {
      row.write(place, event.number(column));
    } else {
      row.setNullAt(place);
    }
  }

  private void putArray(int place, String[] texts) {
    if (texts == null) {
      row.setNullAt(place);
      return;
    }
    int before = row.cursor();
    UnsafeArrayWriter array = new UnsafeArrayWriter(row, Long.BYTES);
    array.initialize(texts.length);
    for (int i = 0; i < texts.length; i++) {
      array.write(i, UTF8String.fromString(texts[i]));
    }
    row.setOffsetAndSizeFromPreviousCursor(place, before);
  }

  private void put(int column, String text) {
    if (text == null) {
      row.setNullAt(column);
    } else {
      row.write(column, text.getBytes(StandardCharsets.UTF_8));
    }
  }

  private UnsafeRow erased(InternalRow record) {
    return refused(emptied(record), null, List.of(QuarantineRows.ERASED));
  }

  private UnsafeRow refused(InternalRow record, byte[] value, List<Reason> reasons) {
    Object[] columns = new Object[transform.schema().size()];
    columns[RULES_VERSION] = EventRules.RULES_VERSION;
    columns[CONTRACT_VERSION] = contractVersion;
    columns[LINEAGE] = record.getInt(SOURCE_EPOCH);
    columns[LINEAGE + 1] = record.getUTF8String(TOPIC);
    columns[LINEAGE + 2] = record.getInt(PARTITION);
    columns[LINEAGE + 3] = record.getLong(OFFSET);
    columns[LINEAGE + 4] = index(record);
    columns[LINEAGE + 5] = record.getLong(SEQ);
    columns[LINEAGE + 6] =
        record.isNullAt(KAFKA_TIMESTAMP) ? null : record.getLong(KAFKA_TIMESTAMP);
    columns[LINEAGE + 7] = record.getLong(INGESTED_AT);
    int column = transform.schema().silver();
    boolean isWithheld = transform.rules().contract().isWithholding();
    columns[column++] = isWithheld || record.isNullAt(KEY) ? null : record.getBinary(KEY);
    columns[column++] = isWithheld ? null : value;
    columns[column++] = isWithheld || record.isNullAt(HEADERS) ? null : record.getArray(HEADERS);
    columns[column++] = record.getInt(TIMESTAMP_TYPE);
    columns[column++] = record.getInt(INGEST_DATE);
    columns[column] = reasons(isWithheld ? withoutValues(reasons) : reasons);
    if (compact == null) {
      compact = UnsafeProjection.create(transform.schema().schema());
    }
    return compact.apply(new GenericInternalRow(columns));
  }

  /** A message may say what the event says. */
  private static List<Reason> withoutValues(List<Reason> reasons) {
    return reasons.stream().map(r -> new Reason(r.code(), r.field(), null)).toList();
  }

  /** Reasons as Spark stores them. */
  static ArrayData reasons(List<Reason> reasons) {
    return new GenericArrayData(
        reasons.stream()
            .map(
                r ->
                    new GenericInternalRow(
                        new Object[] {text(r.code().name()), text(r.field()), text(r.message())}))
            .toArray());
  }

  private static UTF8String text(String text) {
    return text == null ? null : UTF8String.fromString(text);
  }
}
