package io.medallion.gold.define;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medallion.gold.define.MartDefinition.DistinctColumn;
import io.medallion.gold.define.MartDefinition.KeyColumn;
import io.medallion.gold.define.MartDefinition.MeasureColumn;
import io.medallion.gold.define.MartDefinition.Output;
import io.medallion.gold.measure.Count;
import io.medallion.gold.measure.DistinctValues;
import io.medallion.gold.measure.Sum;
import io.medallion.gold.measure.ValueType;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.catalyst.expressions.AttributeReference;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.IsNotNull;
import org.apache.spark.sql.catalyst.expressions.Length;
import org.apache.spark.sql.catalyst.expressions.NamedExpression$;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.junit.jupiter.api.Test;
import scala.collection.immutable.Nil$;

/** Which marts follow when one visitor becomes another, and which cannot. */
class VisitorUseTest {
  private static final Expression SITE = column("site");
  private static final Expression VISITOR = column("visitor");
  private static final Expression PAGE = column("page");
  private static final Output BY_SITE = key("site", SITE);
  private static final Output VIEWS = count("views", Count.Of.ROWS);

  @Test
  void aMartKeyedByTheVisitorMovesItsRows() throws MartRefused {
    MartDefinition mart = mart(null, BY_SITE, key("who", VISITOR), VIEWS);
    VisitorUse.requireMovable(mart);
    VisitorUse use = VisitorUse.of(mart);
    assertThat(use.isAny()).isTrue();
    assertThat(use.sites()).containsExactly("site");
    assertThat(use.keys()).containsExactly("who");
    assertThat(use.distincts()).isEmpty();
  }

  @Test
  void aMartThatCountsVisitorsMovesThem() throws MartRefused {
    MartDefinition mart = mart(null, BY_SITE, distinct("visitors", VISITOR, null), VIEWS);
    VisitorUse.requireMovable(mart);
    VisitorUse use = VisitorUse.of(mart);
    assertThat(use.isAny()).isTrue();
    assertThat(use.keys()).isEmpty();
    assertThat(use.distincts()).extracting(DistinctColumn::name).containsExactly("visitors");
  }

  /** Nobody's rows change with who is who. */
  @Test
  void aMartThatAsksNothingOfTheVisitorNeedsNoSite() throws MartRefused {
    for (MartDefinition mart :
        List.of(
            mart(null, key("page", PAGE), VIEWS),
            mart(null, key("page", PAGE), distinct("pages", PAGE, null)),
            mart(null, key("page", PAGE), count("with_visitor", Count.Of.VALUES, VISITOR)),
            mart(new IsNotNull(VISITOR), key("page", PAGE), VIEWS))) {
      VisitorUse.requireMovable(mart);
      assertThat(VisitorUse.of(mart).isAny()).isFalse();
    }
  }

  @Test
  void visitorsWithoutTheirSiteAreRefused() {
    for (MartDefinition mart :
        List.of(
            mart(null, key("visitor", VISITOR), VIEWS),
            mart(null, key("page", PAGE), distinct("visitors", VISITOR, null)),
            // The site's name in another expression is not the site.
            mart(null, key("site", new Length(SITE)), key("visitor", VISITOR), VIEWS))) {
      refused(mart, "Visitors without their site");
      assertThat(VisitorUse.of(mart).isAny()).isFalse();
    }
  }

  @Test
  void theVisitorInsideOfAnExpressionIsRefused() {
    Expression inside = new Length(VISITOR);
    Sum sum = new Sum(DataTypes.IntegerType, ValueType.BIGINT);
    for (MartDefinition mart :
        List.of(
            mart(inside, BY_SITE, VIEWS),
            mart(null, BY_SITE, key("length", inside), VIEWS),
            mart(null, BY_SITE, distinct("lengths", inside, null)),
            mart(null, BY_SITE, distinct("visitors", VISITOR, inside)),
            mart(null, BY_SITE, distinct("pages", PAGE, inside)),
            mart(null, BY_SITE, new MeasureColumn("n", sum, null, List.of(inside))),
            mart(null, BY_SITE, new MeasureColumn("n", sum, inside, List.of(PAGE))),
            mart(
                null,
                BY_SITE,
                key("visitor", VISITOR),
                new MeasureColumn("n", sum, inside, List.of(PAGE))),
            mart(null, BY_SITE, count("n", Count.Of.VALUES, inside)))) {
      refused(mart, "The visitor inside of an expression");
    }
  }

  /** The visitors of a session move with it if the session is the visitor's own. */
  @Test
  void visitorsInARowMoveWithTheVisitorsRowAlone() {
    Output visitors =
        new MeasureColumn(
            "visitors", new DistinctValues(DataTypes.StringType), null, List.of(VISITOR));
    assertThatCode(
            () -> VisitorUse.requireMovable(mart(null, BY_SITE, key("who", VISITOR), visitors)))
        .doesNotThrowAnyException();
    refused(
        mart(null, BY_SITE, key("page", PAGE), visitors), "The visitor inside of an expression");
  }

  private static void refused(MartDefinition mart, String problem) {
    assertThatThrownBy(() -> VisitorUse.requireMovable(mart))
        .as("%s", mart.columns())
        .isInstanceOf(MartRefused.class)
        .hasMessageContaining(problem);
  }

  private static Output key(String name, Expression expression) {
    return new KeyColumn(name, ValueType.TEXT, expression);
  }

  private static Output distinct(String name, Expression value, Expression condition) {
    return new DistinctColumn(name, condition, value, ValueType.TEXT, null);
  }

  private static Output count(String name, Count.Of of, Expression... arguments) {
    return new MeasureColumn(name, new Count(of), null, List.of(arguments));
  }

  private static MartDefinition mart(Expression filter, Output... columns) {
    MartFile file = new MartFile("m", "m.sql", "SELECT", "", Map.of(), Map.of());
    return new MartDefinition(
        file, null, List.of(columns), List.of(), filter, Map.of(), null, null);
  }

  @SuppressWarnings("unchecked") // Scala's empty list is of every type.
  private static Expression column(String name) {
    return new AttributeReference(
        name,
        DataTypes.StringType,
        true,
        Metadata.empty(),
        NamedExpression$.MODULE$.newExprId(),
        (scala.collection.immutable.Seq<String>) (Object) Nil$.MODULE$);
  }
}
