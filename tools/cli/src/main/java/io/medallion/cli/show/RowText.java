package io.medallion.cli.show;

import static org.apache.spark.sql.functions.col;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Spliterators;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;

/** The rows of a query as lines of text. */
public final class RowText {
  private static final int WIDEST = 60;

  private RowText() {}

  /**
   * Aligned, with a headline, and a last line that says how many there are. If there are several
   * columns, long texts are cut. A null is {@code NULL}, an empty text is nothing.
   *
   * @param most rows to print
   */
  public static List<String> table(Dataset<Row> rows, int most) {
    Columns table =
        new Columns(
            Stream.of(rows.schema().fields()).map(RowText::headline).toArray(String[]::new));
    int widest = rows.columns().length == 1 ? Integer.MAX_VALUE : WIDEST;
    List<Row> found = texts(rows).limit(most + 1).collectAsList();
    found.stream().limit(most).forEach(row -> table.add(cells(row, widest)));
    List<String> lines = new ArrayList<>(table.lines());
    lines.add(
        found.size() > most
            ? cutAt(most)
            : found.size() == 1 ? "(1 row)" : "(%,d rows)".formatted(found.size()));
    return lines;
  }

  /** What is said where there are more rows than were asked for. */
  public static String cutAt(int most) {
    return "(the first %,d rows; --limit for more)".formatted(most);
  }

  private static String headline(StructField field) {
    return (field.dataType() instanceof NumericType ? ">" : "") + field.name();
  }

  private static Object[] cells(Row row, int widest) {
    return IntStream.range(0, row.length()).mapToObj(i -> cell(row.getString(i), widest)).toArray();
  }

  private static String cell(String text, int widest) {
    if (text == null) {
      return "NULL";
    }
    String shown = text.length() <= widest ? text : text.substring(0, widest - 3) + "...";
    return shown
        .chars()
        .mapToObj(
            c ->
                Character.isISOControl(c)
                    ? "\\u" + HexFormat.of().toHexDigits((char) c)
                    : String.valueOf((char) c))
        .collect(Collectors.joining());
  }

  /** As RFC 4180 has it, with a headline; a null is nothing, an empty text is in quotes. */
  public static Iterator<String> csv(Dataset<Row> rows) {
    String headline =
        Stream.of(rows.columns()).map(RowText::quoted).collect(Collectors.joining(","));
    Stream<String> lines =
        StreamSupport.stream(
                Spliterators.spliteratorUnknownSize(texts(rows).toLocalIterator(), 0), false)
            .map(
                row ->
                    IntStream.range(0, row.length())
                        .mapToObj(i -> quoted(row.getString(i)))
                        .collect(Collectors.joining(",")));
    return Stream.concat(Stream.of(headline), lines).iterator();
  }

  private static String quoted(String text) {
    if (text == null) {
      return "";
    }
    boolean plain =
        !text.isEmpty()
            && text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
  }

  /** Every column as Spark writes it; two of one name are two. */
  private static Dataset<Row> texts(Dataset<Row> rows) {
    String[] names =
        IntStream.range(0, rows.columns().length).mapToObj(i -> "c" + i).toArray(String[]::new);
    Column[] columns =
        Stream.of(names).map(name -> col(name).cast("string")).toArray(Column[]::new);
    return rows.toDF(names).select(columns);
  }
}
