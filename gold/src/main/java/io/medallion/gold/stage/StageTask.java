package io.medallion.gold.stage;

import io.medallion.gold.mart.Aggregation;
import io.medallion.gold.mart.Counts;
import io.medallion.gold.mart.EventFilter;
import io.medallion.gold.mart.GoldSettings;
import io.medallion.gold.mart.MartFailed;
import io.medallion.gold.mart.RowAccumulator;
import io.medallion.gold.mart.SilverEvent;
import io.medallion.gold.mart.SiteVisitor;
import io.medallion.gold.postgres.Postgres;
import java.io.Serializable;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
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
 * <p>Memory is bounded by keys: if all marts together hold too many, those with the most emit
 * theirs and start again. What exceeds a size goes to Postgres from here instead of through the
 * driver.
 */
public final class StageTask implements FlatMapFunction<Iterator<InternalRow>, StagedRows> {
  private static final long serialVersionUID = 1L;

  /** Checked every so many events: cheap, and exact enough for a bound on memory. */
  private static final int CHECK_EVERY = 64;

  /**
   * What a relation is staged from.
   *
   * @param mart whose it is
   * @param declared whether a failure is the mart's own, see {@link MartFailed}
   * @param columns of its staging table, quoted
   * @param aggregation what it makes of rows
   * @param byVisitor whether it tells visitors apart
   */
  public record Relation(
      String mart,
      boolean declared,
      List<String> columns,
      Aggregation aggregation,
      boolean byVisitor)
      implements Serializable {}

  private final GoldSettings settings;
  private final LinkedHashMap<String, Relation> relations;
  private final Postgres postgres;
  private final UUID stage;
  private final int inlineBytes;
  private final int mostKeys;
  private final EventFilter filter;
  private final boolean compiled;

  /**
   * @param relations by name
   * @param compiled whether code is generated for expressions, as is worth it for many rows
   */
  public StageTask(
      GoldSettings settings,
      Map<String, Relation> relations,
      Postgres postgres,
      UUID stage,
      int inlineBytes,
      int mostKeys,
      EventFilter filter,
      boolean compiled) {
    this.settings = settings;
    this.relations = new LinkedHashMap<>(relations);
    this.postgres = postgres;
    this.stage = stage;
    this.inlineBytes = inlineBytes;
    this.mostKeys = mostKeys;
    this.filter = filter;
    this.compiled = compiled;
  }

  @Override
  public Iterator<StagedRows> call(Iterator<InternalRow> rows) throws SQLException {
    return List.of(stage(rows, TaskContext.get().taskAttemptId())).iterator();
  }

  /**
   * The task without Spark.
   *
   * @param rows silver's, with the columns of {@link SilverRows} first
   * @param attempt no other attempt of this stage has the same
   * @return what it made, or which mart failed: an error would be tried again, and end the pass
   */
  public StagedRows stage(Iterator<InternalRow> rows, long attempt) throws SQLException {
    try {
      return stageAll(rows, attempt);
    } catch (MartFailed e) {
      return StagedRows.failed(attempt, e.reasons());
    }
  }

  private StagedRows stageAll(Iterator<InternalRow> rows, long attempt) throws SQLException {
    Map<String, RowAccumulator> accumulators = new LinkedHashMap<>();
    relations.forEach(
        (name, relation) -> accumulators.put(name, relation.aggregation().start(filter, compiled)));
    RowAccumulator[] all = accumulators.values().toArray(RowAccumulator[]::new);
    Relation[] of = relations.values().toArray(Relation[]::new);
    MarkedRows marked = new MarkedRows(settings.stitching());
    try (StagingWriter writer = new StagingWriter(postgres, stage, attempt, inlineBytes)) {
      Counts counts = new Counts();
      long seen = 0;
      while (rows.hasNext()) {
        InternalRow silver = rows.next();
        SilverEvent event = marked.event(silver);
        boolean counted = counts.admit(event, settings);
        InternalRow row = marked.row(silver, event);
        SiteVisitor visitor = new SiteVisitor(event.site(), event.visitor());
        boolean ofAnybody = filter.admits(false, visitor);
        boolean byVisitor = filter.admits(true, visitor);
        for (int i = 0; i < all.length; i++) {
          if (of[i].byVisitor() ? byVisitor : ofAnybody) {
            add(of[i], all[i], row, event, counted);
          }
        }
        if (++seen % CHECK_EVERY == 0) {
          emitMost(accumulators, writer);
        }
      }
      emit(accumulators, writer, 0);
      return writer.finish(counts);
    }
  }

  /** A pattern may well need more of the stack than there is for some text. */
  private static void add(
      Relation relation,
      RowAccumulator accumulator,
      InternalRow row,
      SilverEvent event,
      boolean counted) {
    try {
      accumulator.add(row, event, counted);
    } catch (RuntimeException | StackOverflowError e) {
      if (!relation.declared()) {
        throw e;
      }
      throw new MartFailed(
          relation.mart(),
          "%s (at the event %s of %s)"
              .formatted(
                  MartFailed.firstLine(e),
                  event.id(),
                  Instant.EPOCH.plus(event.time(), ChronoUnit.MICROS)),
          e);
    }
  }

  /** Small ones go on: their keys come again and again. */
  private void emitMost(Map<String, RowAccumulator> accumulators, StagingWriter writer)
      throws SQLException {
    long held = 0;
    for (RowAccumulator accumulator : accumulators.values()) {
      held += accumulator.size();
    }
    if (held > mostKeys) {
      emit(accumulators, writer, mostKeys / (2 * accumulators.size()));
    }
  }

  private void emit(Map<String, RowAccumulator> accumulators, StagingWriter writer, int from)
      throws SQLException {
    for (Map.Entry<String, RowAccumulator> entry : accumulators.entrySet()) {
      if (entry.getValue().size() >= from) {
        writer.emit(entry.getKey(), relations.get(entry.getKey()), entry.getValue());
      }
    }
  }
}
