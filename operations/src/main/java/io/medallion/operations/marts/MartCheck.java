package io.medallion.operations.marts;

import io.medallion.common.config.Configuration;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.gold.define.DeclaredMarts;
import io.medallion.gold.define.MartDefinition;
import io.medallion.gold.define.MartDescription;
import io.medallion.gold.define.MartQuery;
import io.medallion.gold.define.MartRefused;
import io.medallion.gold.mart.GoldSettings;
import io.medallion.gold.mart.MartFailed;
import io.medallion.gold.mart.MartRefusal;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.schema.TableDefinition;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SparkThrowable;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/**
 * What a file becomes, and its first rows over the newest hour of silver. Writes nothing.
 *
 * @param name of the table
 * @param file as it was named
 * @param refused why it cannot be kept, or what fails over the events of this hour; null if all is
 *     well
 * @param what it becomes; null if it is refused
 * @param from since when events are looked at; null if there are none
 * @param to the newest event
 * @param columns of the rows
 * @param rows the first of them in the order of their keys, values as Spark writes them
 * @param more whether there are more
 */
public record MartCheck(
    String name,
    String file,
    MartRefusal refused,
    MartDescription what,
    Instant from,
    Instant to,
    List<String> columns,
    List<List<String>> rows,
    boolean more) {
  private static final String ENDING = ".sql";

  /** Takes copies of the lists. */
  public MartCheck {
    columns = List.copyOf(columns);
    rows = List.copyOf(rows);
  }

  /**
   * Reads a file, and runs its SELECT with Spark's own aggregation.
   *
   * @param most so many rows
   * @throws MedallionException if it is the file of a view
   */
  public static MartCheck of(Lake lake, Configuration configuration, Path file, int most) {
    String fileName = file.getFileName().toString();
    if (fileName.endsWith(DeclaredMarts.VIEW_ENDING)) {
      throw new MedallionException(
          ErrorCode.USAGE,
          "%s is a view's".formatted(file),
          "Its SELECT is for Postgres, which reads it when gold starts.",
          "Check it with psql; `medallion marts list` says what Postgres thought of it.");
    }
    String name =
        fileName.endsWith(ENDING)
            ? fileName.substring(0, fileName.length() - ENDING.length())
            : fileName;
    MartDefinition mart;
    try {
      mart =
          DeclaredMarts.read(
              lake.session(),
              lake.table(TableDefinition.SILVER).schema(),
              file,
              GoldSettings.from(configuration));
    } catch (MartRefused e) {
      return new MartCheck(
          name, file.toString(), e.refusal(), null, null, null, List.of(), List.of(), false);
    }
    MartDescription what = MartDescription.of(mart);
    List<String> columns = mart.keyFirst().stream().map(MartDefinition.Output::name).toList();
    LakeTable silver = lake.table(TableDefinition.SILVER);
    MartQuery query = new MartQuery(lake.session());
    Row newest = silver.exists() ? newest(silver.rowsAt(query.session(), silver.version())) : null;
    if (newest == null || newest.isNullAt(0)) {
      return new MartCheck(
          name, file.toString(), null, what, null, null, columns, List.of(), false);
    }
    Instant to = Instant.EPOCH.plus(newest.getLong(0), ChronoUnit.MICROS);
    Instant from = to.minus(1, ChronoUnit.HOURS);
    Dataset<Row> events =
        counted(
            silver
                .rowsAt(query.session(), silver.version())
                .where(
                    "event_date >= date'%s' and event_time > timestamp'%s'"
                        .formatted(from.toString().substring(0, "2000-01-01".length()), from)),
            what,
            GoldSettings.from(configuration));
    List<List<String>> rows;
    try {
      rows = rows(query.rows(mart, events), mart.keyCount(), most + 1);
    } catch (Exception e) {
      // Scala throws checked ones undeclared.
      Throwable cause = cause(e);
      if (!(cause instanceof SparkThrowable || cause instanceof RuntimeException)) {
        throw e instanceof RuntimeException known ? known : new IllegalStateException(e);
      }
      MartRefusal failure = DeclaredMarts.failure(mart, MartFailed.firstLine(cause));
      return new MartCheck(
          name, file.toString(), failure, what, from, to, columns, List.of(), false);
    }
    boolean more = rows.size() > most;
    return new MartCheck(
        name,
        file.toString(),
        null,
        what,
        from,
        to,
        columns,
        more ? rows.subList(0, most) : rows,
        more);
  }

  /** What it failed by, below what Spark says of its job: an expression's error, or the disk's. */
  private static Throwable cause(Throwable thrown) {
    Throwable named = null;
    Throwable last = thrown;
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      last = t;
      named = t instanceof SparkThrowable spark && spark.getCondition() != null ? t : named;
    }
    // What is beneath an error that Spark names says less than its name does.
    return last instanceof RuntimeException && named != null ? named : last;
  }

  /** Of the last day alone, so that a year is not read for it. */
  private static Row newest(Dataset<Row> silver) {
    Row day = silver.agg(functions.max("event_date").cast("string")).first();
    return silver
        .where(functions.col("event_date").equalTo(functions.lit(day.getString(0)).cast("date")))
        .agg(functions.unix_micros(functions.max("event_time")))
        .first();
  }

  private static Dataset<Row> counted(
      Dataset<Row> silver, MartDescription what, GoldSettings settings) {
    if (what.everything()) {
      return silver;
    }
    return MartQuery.counted(silver, settings.countBots(), settings.allowedLatenessMicros());
  }

  private static List<List<String>> rows(Dataset<Row> rows, int keys, int most) {
    Column[] columns =
        java.util.Arrays.stream(rows.columns())
            .map(name -> functions.col(name).cast("string"))
            .toArray(Column[]::new);
    Column[] order =
        java.util.Arrays.stream(rows.columns())
            .limit(keys)
            .map(functions::col)
            .toArray(Column[]::new);
    List<List<String>> texts = new ArrayList<>();
    for (Row row :
        rows.orderBy(order).limit(most).select(functions.array(columns)).collectAsList()) {
      texts.add(new ArrayList<>(row.<String>getList(0)));
    }
    return texts;
  }
}
