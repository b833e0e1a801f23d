package io.medallion.gold.define;

import io.medallion.gold.define.MartDefinition.DistinctColumn;
import io.medallion.gold.define.MartDefinition.KeyColumn;
import io.medallion.gold.define.MartDefinition.MeasureColumn;
import io.medallion.gold.define.MartDefinition.Output;
import io.medallion.gold.define.MartDefinition.TimeColumn;
import io.medallion.gold.mart.Aggregation;
import io.medallion.gold.mart.EventFilter;
import io.medallion.gold.mart.Key;
import io.medallion.gold.mart.RowAccumulator;
import io.medallion.gold.mart.SilverEvent;
import io.medallion.gold.mart.Windows;
import io.medallion.gold.measure.Measure;
import io.medallion.gold.measure.Partial;
import io.medallion.gold.measure.ValueType;
import io.medallion.gold.postgres.CopyBuffer;
import io.medallion.lakehouse.schema.SilverColumns;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.AttributeReference;
import org.apache.spark.sql.catalyst.expressions.BasePredicate;
import org.apache.spark.sql.catalyst.expressions.BoundReference;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.InterpretedMutableProjection;
import org.apache.spark.sql.catalyst.expressions.InterpretedPredicate;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.catalyst.expressions.MutableProjection;
import org.apache.spark.sql.catalyst.expressions.codegen.GenerateMutableProjection$;
import org.apache.spark.sql.catalyst.expressions.codegen.GeneratePredicate$;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.unsafe.types.UTF8String;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * From silver's rows to partial aggregates of a declared mart: Spark's expressions say which rows,
 * which keys and what is measured; windows and measures are gold's.
 *
 * @param all whether events that do not count elsewhere count
 * @param mart its name, for filters
 * @param time how it divides time
 * @param timeOrdinal where a row has the event's time
 * @param filter which rows; null for all
 * @param inputs keys, then what measures ask for, over rows
 * @param keys the types of the keys
 * @param keyTypes Spark's types of these
 * @param output what it makes of them
 */
record MartAggregation(
    boolean all,
    String mart,
    TimeKey time,
    int timeOrdinal,
    Expression filter,
    List<Expression> inputs,
    List<ValueType> keys,
    List<DataType> keyTypes,
    Outputs output)
    implements Aggregation {

  /** What is kept for each key, and how it is written. */
  private sealed interface Outputs extends java.io.Serializable {}

  /**
   * A measure and where its condition and arguments are among the inputs.
   *
   * @param condition -1 for none
   */
  private record Input(Measure measure, int condition, int from) implements java.io.Serializable {}

  /** Rows with measures. */
  private record MeasureOutputs(List<Input> measures, TimeColumn start, List<TimeColumn> otherTimes)
      implements Outputs {
    Partial[] partials() {
      return measures.stream().map(input -> input.measure().partial()).toArray(Partial[]::new);
    }

    void add(InternalRow inputs, Partial[] partials) {
      for (int i = 0; i < partials.length; i++) {
        Input input = measures.get(i);
        if (Rows.isTrue(inputs, input.condition())) {
          partials[i].add(inputs, input.from());
        }
      }
    }

    /** How many columns their states have. */
    int states() {
      return measures.stream().mapToInt(input -> input.measure().state().size()).sum();
    }
  }

  /** Bits of windows for each distinct value. */
  private record DistinctOutputs(
      ValueType type, DataType sparkType, int condition, int value, long bucket)
      implements Outputs {}

  static MartAggregation rows(MartDefinition definition, MartTable table, List<String> columns) {
    List<Expression> inputs = keysOf(definition);
    List<Input> measures = new ArrayList<>();
    for (MeasureColumn measure : definition.measures()) {
      int condition = add(inputs, measure.condition());
      int from = inputs.size();
      inputs.addAll(measure.arguments());
      measures.add(new Input(measure.measure(), condition, from));
    }
    return of(
        definition,
        columns,
        inputs,
        new MeasureOutputs(
            measures,
            definition.start().orElse(null),
            new ArrayList<>(
                table.keyColumns().stream()
                    .skip(definition.start().isPresent() ? 1 : 0)
                    .filter(TimeColumn.class::isInstance)
                    .map(TimeColumn.class::cast)
                    .toList())));
  }

  static MartAggregation distinct(
      MartDefinition definition, MartTable table, DistinctColumn column, List<String> columns) {
    List<Expression> inputs = keysOf(definition);
    int condition = add(inputs, column.condition());
    int value = add(inputs, column.value());
    return of(
        definition,
        columns,
        inputs,
        new DistinctOutputs(
            column.valueType(), column.value().dataType(), condition, value, table.bucket()));
  }

  private static List<Expression> keysOf(MartDefinition definition) {
    return new ArrayList<>(definition.keys().stream().map(KeyColumn::expression).toList());
  }

  private static int add(List<Expression> inputs, Expression expression) {
    if (expression == null) {
      return -1;
    }
    inputs.add(expression);
    return inputs.size() - 1;
  }

  private static MartAggregation of(
      MartDefinition definition, List<String> columns, List<Expression> inputs, Outputs output) {
    return new MartAggregation(
        definition.file().countsAll(),
        definition.name(),
        definition.time(),
        columns.indexOf(SilverColumns.EVENT_TIME),
        definition.filter() == null ? null : Expressions.bound(definition.filter(), columns),
        new ArrayList<>(inputs.stream().map(e -> Expressions.bound(e, columns)).toList()),
        new ArrayList<>(definition.keys().stream().map(Output::type).toList()),
        new ArrayList<>(definition.keys().stream().map(k -> k.expression().dataType()).toList()),
        output);
  }

  /** The columns of silver that a mart's rows are made from. */
  static List<String> reads(MartTable table) {
    MartDefinition definition = table.definition();
    return reads(
        Stream.concat(
            Stream.ofNullable(definition.filter()),
            Stream.concat(
                definition.keys().stream().map(KeyColumn::expression),
                definition.measures().stream()
                    .flatMap(
                        m ->
                            Stream.concat(
                                Stream.ofNullable(m.condition()), m.arguments().stream())))));
  }

  /** The columns of silver that expressions name. */
  static List<String> reads(Stream<Expression> expressions) {
    return expressions
        .flatMap(expression -> Expressions.nodes(expression).stream())
        .filter(AttributeReference.class::isInstance)
        .map(column -> ((AttributeReference) column).name())
        .distinct()
        .toList();
  }

  @Override
  public RowAccumulator start(EventFilter windows, boolean compiled) {
    int[] plain = plain();
    MutableProjection projection = projection(plain, compiled);
    BasePredicate predicate = null;
    if (filter != null) {
      predicate =
          compiled
              ? GeneratePredicate$.MODULE$.generate(filter, true)
              : InterpretedPredicate.apply(filter);
      predicate.initialize(0);
    }
    boolean wanted = windows.isFor(mart);
    if (time.kind() == TimeKey.Kind.SESSION) {
      return new SessionRows(
          this, (MeasureOutputs) output, wanted ? windows : null, predicate, projection, plain);
    }
    return output instanceof MeasureOutputs measures
        ? new MeasureRows(this, measures, wanted ? windows : null, predicate, projection, plain)
        : new DistinctRows(
            this, (DistinctOutputs) output, wanted ? windows : null, predicate, projection, plain);
  }

  /**
   * Of keys and the value that is counted distinctly those that are columns of the row: where they
   * are in it, -1 for all other inputs. They are read there, and not copied.
   */
  private int[] plain() {
    int[] plain = new int[inputs.size()];
    Arrays.fill(plain, -1);
    for (int i = 0; i < plain.length; i++) {
      boolean read =
          i < keys.size() || (output instanceof DistinctOutputs counted && counted.value == i);
      if (read && inputs.get(i) instanceof BoundReference column) {
        plain[i] = column.ordinal();
      }
    }
    return plain;
  }

  /** Computes the others; null if there are none. */
  private MutableProjection projection(int[] plain, boolean compiled) {
    if (Arrays.stream(plain).allMatch(ordinal -> ordinal >= 0)) {
      return null;
    }
    List<Expression> computed = new ArrayList<>(inputs);
    for (int i = 0; i < plain.length; i++) {
      if (plain[i] >= 0) {
        computed.set(i, Literal.create(null, computed.get(i).dataType()));
      }
    }
    Seq<Expression> projected = CollectionConverters.asScala(computed).toSeq();
    MutableProjection projection =
        compiled
            ? GenerateMutableProjection$.MODULE$.generate(projected, true)
            : new InterpretedMutableProjection(projected);
    projection.initialize(0);
    return projection;
  }

  /** A key: the start of a window, and values. Compared by what is in it. */
  private static final class GroupKey {
    private long start;
    private final Object[] values;
    private int hash;

    GroupKey(int size) {
      this.values = new Object[size];
    }

    void at(long window) {
      start = window;
      hash = 31 * Arrays.hashCode(values) + Long.hashCode(window);
    }

    /** With copies of texts, which lie in rows. */
    GroupKey kept() {
      GroupKey kept = new GroupKey(values.length);
      for (int i = 0; i < values.length; i++) {
        kept.values[i] = values[i] instanceof UTF8String text ? text.copy() : values[i];
      }
      kept.start = start;
      kept.hash = hash;
      return kept;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof GroupKey key
          && key.hash == hash
          && key.start == start
          && Arrays.equals(key.values, values);
    }

    @Override
    public int hashCode() {
      return hash;
    }
  }

  /** Rows that count, their keys and windows. */
  private abstract static class Rows implements RowAccumulator {
    final MartAggregation aggregation;
    private final EventFilter windows;
    private final BasePredicate predicate;
    private final MutableProjection projection;
    final int[] plain;
    final GroupKey key;

    Rows(
        MartAggregation aggregation,
        EventFilter windows,
        BasePredicate predicate,
        MutableProjection projection,
        int[] plain) {
      this.aggregation = aggregation;
      this.windows = windows;
      this.predicate = predicate;
      this.projection = projection;
      this.plain = plain;
      this.key = new GroupKey(aggregation.keys.size());
    }

    @Override
    public void add(InternalRow row, SilverEvent event, boolean counted) {
      if (windows == null
          || (!counted && !aggregation.all)
          || (predicate != null && !predicate.eval(row))) {
        return;
      }
      InternalRow inputs = projection == null ? row : projection.apply(row);
      for (int i = 0; i < key.values.length; i++) {
        key.values[i] = plain[i] < 0 ? keyValue(i, inputs, i) : keyValue(i, row, plain[i]);
      }
      begin(row, inputs);
      addAt(inputs, row.getLong(aggregation.timeOrdinal), windows);
    }

    /** A row whose keys are set, in each of its windows that is asked for. */
    void addAt(InternalRow inputs, long time, EventFilter windows) {
      TimeKey key = aggregation.time;
      boolean tumbling = key.kind() == TimeKey.Kind.WINDOW && key.size() == key.slide();
      if (tumbling && windows == EventFilter.ALL) {
        add(inputs, Windows.start(time - key.offset(), key.size()) + key.offset());
        return;
      }
      key.windows(
          time,
          start -> {
            if (windows.takes(start, aggregation.time.end(start))) {
              add(inputs, start);
            }
          });
    }

    private Object keyValue(int key, InternalRow from, int ordinal) {
      ValueType type = aggregation.keys.get(key);
      if (type.kind() != ValueType.Kind.TEXT) {
        return type.get(from, ordinal, aggregation.keyTypes.get(key));
      }
      return Key.ofUtf8(from.isNullAt(ordinal) ? null : from.getUTF8String(ordinal));
    }

    /** Before the windows of a row. */
    void begin(InternalRow row, InternalRow inputs) {}

    /** A row in one of its windows; its keys are set. */
    abstract void add(InternalRow inputs, long start);

    void writeKeys(CopyBuffer buffer, GroupKey written) {
      for (int i = 0; i < written.values.length; i++) {
        aggregation.keys.get(i).write(buffer, written.values[i]);
      }
    }

    static boolean isTrue(InternalRow inputs, int condition) {
      return condition < 0 || (!inputs.isNullAt(condition) && inputs.getBoolean(condition));
    }
  }

  private static final class MeasureRows extends Rows {
    private final MeasureOutputs outputs;
    private final Map<GroupKey, Partial[]> groups = new HashMap<>();

    MeasureRows(
        MartAggregation aggregation,
        MeasureOutputs outputs,
        EventFilter windows,
        BasePredicate predicate,
        MutableProjection projection,
        int[] plain) {
      super(aggregation, windows, predicate, projection, plain);
      this.outputs = outputs;
    }

    @Override
    void add(InternalRow inputs, long start) {
      key.at(start);
      Partial[] partials = groups.get(key);
      if (partials == null) {
        partials = outputs.partials();
        groups.put(key.kept(), partials);
      }
      outputs.add(inputs, partials);
    }

    @Override
    public int size() {
      return groups.size();
    }

    @Override
    public void drainTo(CopyBuffer buffer) {
      int times = (outputs.start == null ? 0 : 1) + outputs.otherTimes.size();
      groups.forEach(
          (group, partials) -> {
            buffer.row(times + aggregation.keys.size() + outputs.states());
            if (outputs.start != null) {
              time(buffer, outputs.start, group);
            }
            writeKeys(buffer, group);
            outputs.otherTimes.forEach(column -> time(buffer, column, group));
            for (Partial partial : partials) {
              partial.writeTo(buffer);
            }
          });
      groups.clear();
    }

    private void time(CopyBuffer buffer, TimeColumn column, GroupKey group) {
      long time = column.end() ? aggregation.time.end(group.start) : group.start;
      column
          .type()
          .write(
              buffer,
              column.type().kind() == ValueType.Kind.DAY
                  ? (Object) Math.floorDiv(time, Windows.DAY)
                  : (Object) time);
    }
  }

  /** The sessions that a task's rows make by themselves, by key and start. */
  private static final class SessionRows extends Rows {
    private final MeasureOutputs outputs;
    private final Map<GroupKey, NavigableMap<Long, Session>> groups = new HashMap<>();
    private int size;

    /** A part of a session. */
    private static final class Session {
      private long end;
      private final Partial[] partials;

      Session(long end, Partial[] partials) {
        this.end = end;
        this.partials = partials;
      }
    }

    SessionRows(
        MartAggregation aggregation,
        MeasureOutputs outputs,
        EventFilter windows,
        BasePredicate predicate,
        MutableProjection projection,
        int[] plain) {
      super(aggregation, windows, predicate, projection, plain);
      this.outputs = outputs;
    }

    @Override
    void addAt(InternalRow inputs, long time, EventFilter filter) {
      if (filter.takes(aggregation.mart, this::keyTexts, time)) {
        add(inputs, time);
      }
    }

    /** The key as Postgres writes it. */
    private List<String> keyTexts() {
      List<String> texts = new ArrayList<>();
      for (int i = 0; i < key.values.length; i++) {
        texts.add(aggregation.keys.get(i).text(key.values[i]));
      }
      return texts;
    }

    @Override
    void add(InternalRow inputs, long time) {
      key.at(0);
      NavigableMap<Long, Session> sessions = groups.get(key);
      if (sessions == null) {
        sessions = new TreeMap<>();
        groups.put(key.kept(), sessions);
      }
      Map.Entry<Long, Session> joined = join(sessions, time);
      outputs.add(inputs, joined.getValue().partials);
      joined = bridge(sessions, sessions.lowerEntry(joined.getKey()), joined);
      bridge(sessions, sessions.higherEntry(joined.getKey()), joined);
    }

    private Map.Entry<Long, Session> join(NavigableMap<Long, Session> sessions, long time) {
      long gap = aggregation.time.size();
      Map.Entry<Long, Session> before = sessions.floorEntry(time);
      if (before != null && time - before.getValue().end <= gap) {
        before.getValue().end = Math.max(before.getValue().end, time);
        return before;
      }
      Map.Entry<Long, Session> after = sessions.ceilingEntry(time);
      Session session;
      if (after != null && after.getKey() - time <= gap) {
        session = sessions.remove(after.getKey());
      } else {
        session = new Session(time, outputs.partials());
        size++;
      }
      sessions.put(time, session);
      return Map.entry(time, session);
    }

    /** Merges a session with its neighbour if they are no longer further apart than the gap. */
    private Map.Entry<Long, Session> bridge(
        NavigableMap<Long, Session> sessions,
        Map.Entry<Long, Session> neighbour,
        Map.Entry<Long, Session> session) {
      if (neighbour == null) {
        return session;
      }
      boolean isBefore = neighbour.getKey() < session.getKey();
      Map.Entry<Long, Session> first = isBefore ? neighbour : session;
      Map.Entry<Long, Session> second = isBefore ? session : neighbour;
      if (second.getKey() - first.getValue().end > aggregation.time.size()) {
        return session;
      }
      sessions.remove(second.getKey());
      Session whole = first.getValue();
      whole.end = Math.max(whole.end, second.getValue().end);
      for (int i = 0; i < whole.partials.length; i++) {
        whole.partials[i].add(second.getValue().partials[i]);
      }
      size--;
      return first;
    }

    @Override
    public int size() {
      return size;
    }

    @Override
    public void drainTo(CopyBuffer buffer) {
      int fields = 1 + aggregation.keys.size() + outputs.states();
      groups.forEach(
          (group, sessions) ->
              sessions.forEach(
                  (start, session) -> {
                    buffer.row(fields).time(start);
                    writeKeys(buffer, group);
                    for (Partial partial : session.partials) {
                      partial.writeTo(buffer);
                    }
                  }));
      groups.clear();
      size = 0;
    }
  }

  private static final class DistinctRows extends Rows {
    private static final long ALL_WINDOWS = (1L << MartTable.WINDOWS_PER_SET) - 1;

    private final DistinctOutputs outputs;
    private final Map<Object, UUID> hashes = new HashMap<>();
    private final Map<GroupKey, Map<UUID, long[]>> groups = new HashMap<>();
    private UUID value;
    private final Key.Hasher hasher = new Key.Hasher();
    private long pendingBucket;
    private long pending;
    private int size;

    DistinctRows(
        MartAggregation aggregation,
        DistinctOutputs outputs,
        EventFilter windows,
        BasePredicate predicate,
        MutableProjection projection,
        int[] plain) {
      super(aggregation, windows, predicate, projection, plain);
      this.outputs = outputs;
    }

    @Override
    void begin(InternalRow row, InternalRow inputs) {
      InternalRow from = plain[outputs.value] < 0 ? inputs : row;
      int ordinal = plain[outputs.value] < 0 ? outputs.value : plain[outputs.value];
      value =
          isTrue(inputs, outputs.condition) && !from.isNullAt(ordinal) ? hash(from, ordinal) : null;
    }

    private UUID hash(InternalRow from, int ordinal) {
      boolean text = outputs.type.kind() == ValueType.Kind.TEXT;
      Object probe =
          text ? from.getUTF8String(ordinal) : outputs.type.get(from, ordinal, outputs.sparkType);
      UUID known = hashes.get(probe);
      if (known == null) {
        known =
            hasher.hash(
                text
                    ? ((UTF8String) probe).getBytes()
                    : outputs.type.text(probe).getBytes(StandardCharsets.UTF_8));
        hashes.put(text ? ((UTF8String) probe).copy() : probe, known);
      }
      return known;
    }

    /** Windows of one bucket follow each other: their bits are set at once. */
    @Override
    void addAt(InternalRow inputs, long time, EventFilter windows) {
      if (value == null) {
        return;
      }
      pending = 0;
      TimeKey key = aggregation.time;
      if (windows == EventFilter.ALL && key.kind() == TimeKey.Kind.WINDOW) {
        long last = Windows.start(time - key.offset(), key.slide()) + key.offset();
        addAll(last - key.size() + key.slide(), last);
      } else {
        super.addAt(inputs, time, windows);
        flush();
      }
    }

    /** The windows that start from one time to another. */
    private void addAll(long first, long last) {
      long slide = aggregation.time.slide();
      long bucket = bucketOf(last);
      while (true) {
        long from = Math.max(first, bucket);
        long until = Math.min(last, bucket + outputs.bucket - slide);
        int count = (int) ((until - from) / slide) + 1;
        long bits = count == MartTable.WINDOWS_PER_SET ? ALL_WINDOWS : (1L << count) - 1;
        pendingBucket = bucket;
        pending = bits << ((from - bucket) / slide);
        flush();
        if (bucket <= first) {
          return;
        }
        bucket -= outputs.bucket;
      }
    }

    private long bucketOf(long start) {
      return Math.floorDiv(start - aggregation.time.offset(), outputs.bucket) * outputs.bucket
          + aggregation.time.offset();
    }

    @Override
    void add(InternalRow inputs, long start) {
      long bucket = outputs.bucket == 0 ? start : bucketOf(start);
      if (pending != 0 && bucket != pendingBucket) {
        flush();
      }
      pendingBucket = bucket;
      pending |= outputs.bucket == 0 ? 1 : 1L << ((start - bucket) / aggregation.time.slide());
    }

    private void flush() {
      if (pending == 0) {
        return;
      }
      key.at(pendingBucket);
      Map<UUID, long[]> values = groups.get(key);
      if (values == null) {
        values = new HashMap<>();
        groups.put(key.kept(), values);
      }
      long[] bits = values.get(value);
      if (bits == null) {
        values.put(value, new long[] {pending});
        size++;
      } else {
        bits[0] |= pending;
      }
      pending = 0;
    }

    @Override
    public int size() {
      return size;
    }

    @Override
    public void drainTo(CopyBuffer buffer) {
      int fields = aggregation.keys.size() + 3;
      groups.forEach(
          (group, values) ->
              values.forEach(
                  (hash, bits) -> {
                    buffer.row(fields).time(group.start);
                    writeKeys(buffer, group);
                    buffer.uuid(hash).bigint(bits[0]);
                  }));
      groups.clear();
      hashes.clear();
      size = 0;
    }
  }
}
