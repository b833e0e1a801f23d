package io.medallion.gold.stage;

import io.medallion.gold.mart.Marts;
import io.medallion.gold.mart.SilverEvent;
import io.medallion.gold.mart.Windows;
import io.medallion.lakehouse.spark.InternalRowDatasets;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.functions;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * From silver's rows to {@link SilverEvent}s: the only place that knows silver's column names.
 *
 * <p>Works on Spark's internal rows: the row encoder generates and compiles code again for every
 * small batch.
 */
final class SilverRows {
  private static final int PRICE_PRECISION = 18;
  private static final int PRICE_SCALE = 6;
  private static final String NONE = "(none)";

  /** In the order in which {@link #event} reads them. */
  private static final List<String> COLUMNS =
      List.of(
          "event_id",
          "event_time",
          "event_type",
          "visitor",
          "user_id",
          "product_id",
          "price",
          "is_bot",
          "kafka_timestamp",
          "anonymous_id",
          "session_id",
          "site",
          "local_date");

  private static final int VISITOR = COLUMNS.indexOf("visitor");
  private static final int SITE = COLUMNS.indexOf("site");

  /** Of these what says who is who. */
  private static final Set<String> IDS =
      Set.of("event_id", "event_time", "site", "visitor", "user_id", "anonymous_id", "session_id");

  private SilverRows() {}

  /** The columns of a pass: those of {@link #event} first, then what else marts read. */
  static List<String> columns(Marts marts) {
    return Stream.concat(
            COLUMNS.stream(), marts.all().stream().flatMap(mart -> mart.reads().stream()))
        .distinct()
        .toList();
  }

  /**
   * The same as marts see them where events have other visitors than silver's: these come last.
   *
   * @param columns of the rows
   */
  static List<String> withVisitor(List<String> columns) {
    List<String> seen = new ArrayList<>(columns);
    seen.set(VISITOR, "visitor of silver");
    seen.add("visitor");
    return seen;
  }

  /** Rows that have nothing but who is who: no other column is read. */
  static Dataset<Row> ids(Dataset<Row> silver) {
    return silver.select(
        COLUMNS.stream()
            .map(
                name ->
                    IDS.contains(name)
                        ? functions.col(name)
                        : functions.lit(null).cast(silver.schema().apply(name).dataType()).as(name))
            .toArray(Column[]::new));
  }

  static JavaRDD<InternalRow> of(Dataset<Row> silver, List<String> names) {
    Column[] columns = names.stream().map(functions::col).toArray(Column[]::new);
    return InternalRowDatasets.of(silver.select(columns));
  }

  /**
   * What the marts that are classes read of a row, and who is who.
   *
   * @param site its site, as {@link #site} has it
   */
  static SilverEvent event(InternalRow row, String site) {
    long time = row.getLong(1);
    return new SilverEvent(
        text(row, 0),
        time,
        orNone(text(row, 2)),
        orNone(text(row, 3)),
        text(row, 4),
        text(row, 5),
        price(row, 6),
        !row.isNullAt(7) && row.getBoolean(7),
        row.isNullAt(8) ? time : row.getLong(8),
        text(row, 9),
        text(row, 10),
        site,
        row.isNullAt(12) ? Math.floorDiv(time, Windows.DAY) : row.getInt(12));
  }

  /** The site, which may be null. */
  static UTF8String site(InternalRow row) {
    return row.isNullAt(SITE) ? null : row.getUTF8String(SITE);
  }

  /** Silver's visitor, which may be null. */
  static UTF8String visitor(InternalRow row) {
    return row.isNullAt(VISITOR) ? null : row.getUTF8String(VISITOR);
  }

  private static String text(InternalRow row, int ordinal) {
    return row.isNullAt(ordinal) ? null : row.getUTF8String(ordinal).toString();
  }

  private static String orNone(String text) {
    return text == null ? NONE : text;
  }

  private static BigDecimal price(InternalRow row, int ordinal) {
    return row.isNullAt(ordinal)
        ? null
        : row.getDecimal(ordinal, PRICE_PRECISION, PRICE_SCALE).toJavaBigDecimal();
  }
}
