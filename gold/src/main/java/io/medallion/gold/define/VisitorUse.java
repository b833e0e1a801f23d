package io.medallion.gold.define;

import io.medallion.gold.define.MartDefinition.DistinctColumn;
import io.medallion.gold.define.MartDefinition.KeyColumn;
import io.medallion.gold.define.MartDefinition.MeasureColumn;
import io.medallion.gold.define.MartRefused.Position;
import io.medallion.gold.measure.Count;
import io.medallion.gold.measure.DistinctValues;
import io.medallion.lakehouse.schema.SilverColumns;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.IsNotNull;
import org.apache.spark.sql.catalyst.expressions.IsNull;

/**
 * What a mart makes of the visitor. Who that is may change when a later event links two ids: rows
 * then move from one visitor to another, which they can where the visitor is a key or is counted
 * distinctly.
 *
 * @param sites the names of the keys that are the site itself
 * @param keys the names of the keys that are the visitor itself
 * @param distincts the columns that count visitors
 * @param inRows the measures of sessions that count visitors
 */
record VisitorUse(
    List<String> sites,
    List<String> keys,
    List<DistinctColumn> distincts,
    List<MeasureColumn> inRows) {

  /** Of a mart without its site nothing: it is kept only where nobody becomes another. */
  static VisitorUse of(MartDefinition definition) {
    VisitorUse named = named(definition);
    return named.sites().isEmpty()
        ? new VisitorUse(List.of(), List.of(), List.of(), List.of())
        : named;
  }

  private static VisitorUse named(MartDefinition definition) {
    return new VisitorUse(
        definition.keys().stream()
            .filter(key -> isColumn(key.expression(), SilverColumns.SITE))
            .map(KeyColumn::name)
            .toList(),
        definition.keys().stream()
            .filter(key -> isVisitor(key.expression()))
            .map(KeyColumn::name)
            .toList(),
        definition.distincts().stream().filter(column -> isVisitor(column.value())).toList(),
        definition.measures().stream().filter(VisitorUse::countsVisitors).toList());
  }

  /** The keys by which rows of visitors are looked up. */
  List<String> ofRows() {
    return Stream.concat(keys.stream(), sites.stream()).toList();
  }

  /** Whether any of its rows depends on who is who. */
  boolean isAny() {
    return !keys.isEmpty() || !distincts.isEmpty();
  }

  /**
   * Makes sure that rows can move.
   *
   * @throws MartRefused if the visitor is in an expression of which a moved row would not know
   */
  static void requireMovable(MartDefinition definition) throws MartRefused {
    VisitorUse use = named(definition);
    if (use.sites().isEmpty() && (use.isAny() || !use.inRows().isEmpty())) {
      throw new MartRefused(
          definition.file().path(),
          Position.START,
          "Visitors without their site",
          "A visitor of two sites is two visitors, and who one is (gold.stitching) is known of each"
              + " site by itself.",
          "Select site as well. In a view its numbers may be added up: nobody is on two sites.");
    }
    List<Expression> whole = new ArrayList<>();
    Stream.ofNullable(definition.filter()).forEach(whole::add);
    definition.keys().stream()
        .map(KeyColumn::expression)
        .filter(key -> !isVisitor(key))
        .forEach(whole::add);
    for (DistinctColumn column : definition.distincts()) {
      Stream.ofNullable(column.condition()).forEach(whole::add);
      if (!isVisitor(column.value())) {
        whole.add(column.value());
      }
    }
    for (MeasureColumn column : definition.measures()) {
      Stream.ofNullable(column.condition()).forEach(whole::add);
      if (!(isCount(column) || (countsVisitors(column) && !use.keys().isEmpty()))) {
        whole.addAll(column.arguments());
      }
    }
    Optional<Expression> other =
        whole.stream().flatMap(expression -> inside(expression).stream()).findFirst();
    if (other.isPresent()) {
      throw new MartRefused(
          definition.file().path(),
          Position.of(other.get()),
          "The visitor inside of an expression",
          "Who a visitor is may change with a later event (gold.stitching): only rows that are keyed"
              + " by the visitor itself, or count(DISTINCT visitor), can follow.",
          "Make visitor a key, as it is, and the rest a view; or use user_id, anonymous_id or"
              + " session_id, which stay what they are.");
    }
  }

  private static boolean isVisitor(Expression expression) {
    return isColumn(expression, SilverColumns.VISITOR);
  }

  private static boolean isColumn(Expression expression, String name) {
    return Expressions.isColumn(expression, name);
  }

  /** Whether there is a visitor does not depend on who it is. */
  private static boolean isCount(MeasureColumn column) {
    return column.measure() instanceof Count
        && column.arguments().stream().allMatch(VisitorUse::isVisitor);
  }

  private static boolean countsVisitors(MeasureColumn column) {
    return column.measure() instanceof DistinctValues && isVisitor(column.arguments().get(0));
  }

  private static Optional<Expression> inside(Expression expression) {
    if (isVisitor(expression)) {
      return Optional.of(expression);
    }
    boolean asks = expression instanceof IsNull || expression instanceof IsNotNull;
    return Expressions.children(expression).stream()
        .filter(child -> !(asks && isVisitor(child)))
        .flatMap(child -> inside(child).stream())
        .findFirst();
  }
}
