package io.medallion.gold.stage;

import io.medallion.gold.mart.Counts;
import io.medallion.gold.mart.EventFilter;
import io.medallion.gold.mart.Identities;
import io.medallion.gold.mart.MartFailed;
import io.medallion.gold.mart.Marts;
import io.medallion.gold.postgres.Postgres;
import io.medallion.lakehouse.layer.Prefetcher;
import io.medallion.lakehouse.session.Workers;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The one pass over new silver rows: a Dataset in, partial aggregates of every mart out.
 *
 * @param marts what is counted
 * @param postgres where large partials go
 * @param inlineBytes up to how many bytes partials go through the driver, over all tasks
 * @param mostKeys how many keys all marts of a task hold together before they emit some, where
 *     there is memory for so many
 */
public record Staging(Marts marts, Postgres postgres, int inlineBytes, int mostKeys) {
  /**
   * More than a usual chunk has: what goes through staging tables, Postgres writes and reads once
   * more. A merge and what is ready behind it hold up to twice {@link #MOST_AT_ONCE} of these.
   */
  private static final int INLINE_BYTES = 32 << 20;

  /** More of them at once make hardly fewer rows. */
  private static final int MOST_KEYS = 1_000_000;

  /**
   * Of a task's share of the heap for each key: some 400 for what is held of it, as much again
   * while it is emitted; the rest is for rows that wait to be merged and for Spark.
   */
  private static final int HEAP_BYTES_PER_KEY = 1_536;

  /** With more in one merge readers would wait long for the first of them. */
  private static final int MOST_AT_ONCE = 4;

  /** Whether Spark generates code; a live batch is over before that pays. */
  private static final String CODE = "spark.sql.codegen.factoryMode";

  public Staging(Marts marts, Postgres postgres) {
    this(marts, postgres, INLINE_BYTES, MOST_KEYS);
  }

  /** What one run of it made. */
  public record Result(UUID stage, List<StagedRows> tasks) {
    public Counts counts() {
      Counts all = new Counts();
      tasks.forEach(task -> all.add(task.counts()));
      return all;
    }

    /**
     * Makes sure that every mart could take in its rows.
     *
     * @throws MartFailed if some could not; there are no rows of any mart then
     */
    void requireWhole() {
      Map<String, String> failures = new TreeMap<>();
      tasks.forEach(task -> failures.putAll(task.failures()));
      if (!failures.isEmpty()) {
        throw new MartFailed(failures, null);
      }
    }
  }

  /**
   * Stages on while Postgres merges, and the next merge takes all that is ready by then. Merging
   * much at once costs less a row, so that over a backlog merges grow until both are equally fast.
   * What no merge takes is swept later.
   *
   * @param items what is to be staged, one by one
   */
  public static <A, B> Prefetcher<A, B> ahead(List<A> items, Function<A, B> stage) {
    return new Prefetcher<>(items, MOST_AT_ONCE, stage, staged -> {});
  }

  /**
   * Runs it: a job of Spark's.
   *
   * @throws MartFailed if a declared mart fails over an event
   */
  public Result run(Dataset<Row> silver, EventFilter filter) {
    UUID stage = UUID.randomUUID();
    List<String> columns = SilverRows.columns(marts);
    var rows = SilverRows.of(silver, columns);
    int inlinePerTask = inlineBytes / Math.max(1, rows.getNumPartitions());
    boolean compiled = !"NO_CODEGEN".equals(silver.sparkSession().conf().get(CODE, ""));
    SparkSession session = silver.sparkSession();
    long heapOfTask = Workers.heapBytes(session) / Workers.cores(session);
    int keys = (int) Math.min(mostKeys, heapOfTask / HEAP_BYTES_PER_KEY);
    StageTask task = task(stage, inlinePerTask, keys, filter, compiled);
    Result result = new Result(stage, rows.mapPartitions(task).collect());
    result.requireWhole();
    return result;
  }

  /** The same for who is who alone, of which no more is read than that takes. */
  public Result learn(Dataset<Row> silver, EventFilter filter) {
    Marts links = marts.only(Set.of(Identities.NAME));
    return new Staging(links, postgres, inlineBytes, mostKeys).run(SilverRows.ids(silver), filter);
  }

  /**
   * A task of it, without Spark.
   *
   * @param inlineBytes up to how many bytes of partials it hands back itself
   */
  public StageTask task(UUID stage, int inlineBytes, EventFilter filter, boolean compiled) {
    return task(stage, inlineBytes, mostKeys, filter, compiled);
  }

  private StageTask task(
      UUID stage, int inlineBytes, int keys, EventFilter filter, boolean compiled) {
    List<String> silver = SilverRows.columns(marts);
    List<String> columns =
        marts.settings().stitching().on() ? SilverRows.withVisitor(silver) : silver;
    Map<String, StageTask.Relation> relations = new LinkedHashMap<>();
    marts
        .all()
        .forEach(
            mart ->
                relations.put(
                    mart.relation(),
                    new StageTask.Relation(
                        mart.name(),
                        mart.isDeclared(),
                        List.copyOf(mart.columns()),
                        mart.aggregation(columns, marts.settings()),
                        mart.isByVisitor())));
    return new StageTask(
        marts.settings(), relations, postgres, stage, inlineBytes, keys, filter, compiled);
  }

  /** The columns that rows of a task have, in order. */
  public List<String> columns() {
    return SilverRows.columns(marts);
  }
}
