package io.medallion.gold.define;

import io.medallion.gold.mart.EventFilter;
import io.medallion.gold.mart.Key;
import io.medallion.gold.mart.RowAccumulator;
import io.medallion.gold.mart.SilverEvent;
import io.medallion.gold.mart.TimeRange;
import io.medallion.gold.mart.Windows;
import io.medallion.gold.measure.ValueType;
import io.medallion.gold.postgres.CopyBuffer;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.BasePredicate;
import org.apache.spark.sql.catalyst.expressions.MutableProjection;

/** A partial aggregate of a declared mart: which rows count, their keys and windows. */
abstract class PartialRows implements RowAccumulator {
  /**
   * What one partial aggregate works with.
   *
   * @param windows which of them are asked for; null for none
   * @param predicate which rows; null for all
   * @param projection computes the inputs; null if all of them are plain
   */
  record Pass(
      MartAggregation aggregation,
      EventFilter windows,
      BasePredicate predicate,
      MutableProjection projection) {}

  final MartAggregation aggregation;

  /** Where an input is in the row; -1 for those that are computed. */
  final int[] plain;

  final GroupKey key;
  private final EventFilter windows;
  private final BasePredicate predicate;
  private final MutableProjection projection;

  PartialRows(Pass pass) {
    this.aggregation = pass.aggregation();
    this.windows = pass.windows();
    this.predicate = pass.predicate();
    this.projection = pass.projection();
    this.plain = aggregation.plain();
    this.key = new GroupKey(aggregation.keys().size());
  }

  @Override
  public void add(InternalRow row, SilverEvent event, boolean counted) {
    if (windows == null
        || (!counted && !aggregation.all())
        || (predicate != null && !predicate.eval(row))) {
      return;
    }
    InternalRow inputs = projection == null ? row : projection.apply(row);
    for (int i = 0; i < aggregation.keys().size(); i++) {
      key.set(i, plain[i] < 0 ? keyValue(i, inputs, i) : keyValue(i, row, plain[i]));
    }
    begin(row, inputs);
    addAt(inputs, time(row), windows);
  }

  /** What {@link TimeKey#windows} asks for. */
  private long time(InternalRow row) {
    return aggregation.time().kind() == TimeKey.Kind.LOCAL
        ? row.getInt(aggregation.timeOrdinal()) * Windows.DAY
        : row.getLong(aggregation.timeOrdinal());
  }

  /** A row whose keys are set, in each of its windows that is asked for. */
  void addAt(InternalRow inputs, long time, EventFilter windows) {
    TimeKey key = aggregation.time();
    boolean tumbling = key.kind() == TimeKey.Kind.WINDOW && key.size() == key.slide();
    if (tumbling && windows instanceof EventFilter.All) {
      add(inputs, Windows.start(time - key.offset(), key.size()) + key.offset());
      return;
    }
    key.windows(
        time,
        start -> {
          TimeRange times = aggregation.time().times(start);
          if (windows.takes(times.since(), times.until())) {
            add(inputs, start);
          }
        });
  }

  private Object keyValue(int key, InternalRow from, int ordinal) {
    ValueType type = aggregation.keys().get(key);
    if (type.kind() != ValueType.Kind.TEXT) {
      return type.get(from, ordinal, aggregation.keyTypes().get(key));
    }
    return Key.ofUtf8(from.isNullAt(ordinal) ? null : from.getUTF8String(ordinal));
  }

  /** Before the windows of a row. */
  void begin(InternalRow row, InternalRow inputs) {}

  /** A row in one of its windows; its keys are set. */
  abstract void add(InternalRow inputs, long start);

  void writeKeys(CopyBuffer buffer, GroupKey written) {
    for (int i = 0; i < aggregation.keys().size(); i++) {
      aggregation.keys().get(i).write(buffer, written.value(i));
    }
  }

  static boolean isTrue(InternalRow inputs, int condition) {
    return condition < 0 || (!inputs.isNullAt(condition) && inputs.getBoolean(condition));
  }
}
