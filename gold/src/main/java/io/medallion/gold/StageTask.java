package io.medallion.gold;

import java.sql.SQLException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.catalyst.InternalRow;

/**
 * One task: from silver's rows to partial aggregates of every mart, in one pass, without a shuffle:
 * the merge groups what tasks emit.
 *
 * <p>Memory is bounded by keys: a mart that holds too many emits them and starts anew. What exceeds
 * a size goes to Postgres from here instead of through the driver.
 */
final class StageTask implements FlatMapFunction<Iterator<InternalRow>, StagedRows> {
  private static final long serialVersionUID = 1L;

  static final int MOST_KEYS = 100_000;

  /** Checked every so many events: cheap, and exact enough for a bound on memory. */
  private static final int CHECK_EVERY = 1_024;

  private final GoldSettings settings;
  private final Postgres postgres;
  private final UUID stage;
  private final int inlineBytes;
  private final int mostKeys;

  StageTask(GoldSettings settings, Postgres postgres, UUID stage, int inlineBytes, int mostKeys) {
    this.settings = settings;
    this.postgres = postgres;
    this.stage = stage;
    this.inlineBytes = inlineBytes;
    this.mostKeys = mostKeys;
  }

  @Override
  public Iterator<StagedRows> call(Iterator<InternalRow> rows) throws SQLException {
    Map<Mart, Mart.Accumulator> accumulators = new LinkedHashMap<>();
    Marts.of(settings).forEach(mart -> accumulators.put(mart, mart.accumulator(settings)));
    try (Outlet outlet =
        new Outlet(postgres, stage, TaskContext.get().taskAttemptId(), inlineBytes)) {
      Counts counts = new Counts();
      long sinceCheck = 0;
      while (rows.hasNext()) {
        SilverEvent event = SilverRows.event(rows.next());
        if (counts.admit(event, settings)) {
          accumulators.values().forEach(accumulator -> accumulator.add(event));
        }
        if (++sinceCheck == CHECK_EVERY) {
          sinceCheck = 0;
          emitFull(accumulators, outlet);
        }
      }
      for (Map.Entry<Mart, Mart.Accumulator> entry : accumulators.entrySet()) {
        outlet.emit(entry.getKey(), entry.getValue());
      }
      return List.of(outlet.finish(counts)).iterator();
    }
  }

  private void emitFull(Map<Mart, Mart.Accumulator> accumulators, Outlet outlet)
      throws SQLException {
    for (Map.Entry<Mart, Mart.Accumulator> entry : accumulators.entrySet()) {
      if (entry.getValue().size() >= mostKeys) {
        outlet.emit(entry.getKey(), entry.getValue());
      }
    }
  }
}
