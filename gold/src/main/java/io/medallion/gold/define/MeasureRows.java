package io.medallion.gold.define;

import io.medallion.gold.define.MartAggregation.MeasureOutputs;
import io.medallion.gold.define.MartDefinition.TimeColumn;
import io.medallion.gold.mart.Windows;
import io.medallion.gold.measure.Partial;
import io.medallion.gold.measure.ValueType;
import io.medallion.gold.postgres.CopyBuffer;
import java.util.HashMap;
import java.util.Map;
import org.apache.spark.sql.catalyst.InternalRow;

/** Measures by key and window. */
final class MeasureRows extends PartialRows {
  private final MeasureOutputs outputs;
  private final Map<GroupKey, Partial[]> groups = new HashMap<>();

  MeasureRows(Pass pass, MeasureOutputs outputs) {
    super(pass);
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
    int times = (outputs.start() == null ? 0 : 1) + outputs.otherTimes().size();
    groups.forEach(
        (group, partials) -> {
          buffer.row(times + aggregation.keys().size() + outputs.states());
          if (outputs.start() != null) {
            time(buffer, outputs.start(), group);
          }
          writeKeys(buffer, group);
          outputs.otherTimes().forEach(column -> time(buffer, column, group));
          for (Partial partial : partials) {
            partial.writeTo(buffer);
          }
        });
    groups.clear();
  }

  private void time(CopyBuffer buffer, TimeColumn column, GroupKey group) {
    long time = column.end() ? aggregation.time().end(group.start()) : group.start();
    column
        .type()
        .write(
            buffer,
            column.type().kind() == ValueType.Kind.DAY
                ? (Object) Math.floorDiv(time, Windows.DAY)
                : (Object) time);
  }
}
