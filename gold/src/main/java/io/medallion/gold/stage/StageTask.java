package io.medallion.gold.stage;

import io.medallion.gold.mart.Counts;
import io.medallion.gold.mart.GoldSettings;
import io.medallion.gold.mart.Mart;
import io.medallion.gold.mart.Marts;
import io.medallion.gold.mart.SilverEvent;
import io.medallion.gold.postgres.Postgres;
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
 * <p>Memory is bounded by keys: a mart that holds too many emits them and starts again. What
 * exceeds a size goes to Postgres from here instead of through the driver.
 */
public final class StageTask implements FlatMapFunction<Iterator<InternalRow>, StagedRows> {
  private static final long serialVersionUID = 1L;

  static final int MOST_KEYS = 100_000;

  /** Checked every so many events: cheap, and exact enough for a bound on memory. */
  private static final int CHECK_EVERY = 64;

  private final GoldSettings settings;
  private final Postgres postgres;
  private final UUID stage;
  private final int inlineBytes;
  private final int mostKeys;
  private final EventFilter filter;

  public StageTask(
      GoldSettings settings,
      Postgres postgres,
      UUID stage,
      int inlineBytes,
      int mostKeys,
      EventFilter filter) {
    this.settings = settings;
    this.postgres = postgres;
    this.stage = stage;
    this.inlineBytes = inlineBytes;
    this.mostKeys = mostKeys;
    this.filter = filter;
  }

  @Override
  public Iterator<StagedRows> call(Iterator<InternalRow> rows) throws SQLException {
    Iterator<SilverEvent> events = new Events(rows);
    return List.of(stage(events, TaskContext.get().taskAttemptId())).iterator();
  }

  /**
   * The task without Spark.
   *
   * @param attempt no other attempt of this stage has the same
   */
  public StagedRows stage(Iterator<SilverEvent> events, long attempt) throws SQLException {
    Map<Mart, Mart.Accumulator> accumulators = new LinkedHashMap<>();
    Marts.of(settings).forEach(mart -> accumulators.put(mart, mart.accumulator(settings)));
    try (StagingWriter writer = new StagingWriter(postgres, stage, attempt, inlineBytes)) {
      Counts counts = new Counts();
      long seen = 0;
      while (events.hasNext()) {
        SilverEvent event = events.next();
        boolean admitted = counts.admit(event, settings);
        accumulators.forEach(
            (mart, accumulator) -> {
              if (filter.takes(mart, event)) {
                offer(accumulator, event, admitted);
              }
            });
        if (++seen % CHECK_EVERY == 0) {
          emitFull(accumulators, writer);
        }
      }
      for (Map.Entry<Mart, Mart.Accumulator> entry : accumulators.entrySet()) {
        writer.emit(entry.getKey(), entry.getValue());
      }
      return writer.finish(counts);
    }
  }

  private static void offer(Mart.Accumulator accumulator, SilverEvent event, boolean admitted) {
    if (admitted) {
      accumulator.add(event);
    } else {
      accumulator.leaveOut(event);
    }
  }

  private void emitFull(Map<Mart, Mart.Accumulator> accumulators, StagingWriter writer)
      throws SQLException {
    for (Map.Entry<Mart, Mart.Accumulator> entry : accumulators.entrySet()) {
      if (entry.getValue().size() >= mostKeys) {
        writer.emit(entry.getKey(), entry.getValue());
      }
    }
  }

  private record Events(Iterator<InternalRow> rows) implements Iterator<SilverEvent> {
    @Override
    public boolean hasNext() {
      return rows.hasNext();
    }

    @Override
    public SilverEvent next() {
      return SilverRows.event(rows.next());
    }
  }
}
