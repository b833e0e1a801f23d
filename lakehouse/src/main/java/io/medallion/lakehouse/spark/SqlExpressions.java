package io.medallion.lakehouse.spark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Alias;
import org.apache.spark.sql.catalyst.expressions.AttributeReference;
import org.apache.spark.sql.catalyst.expressions.BasePredicate;
import org.apache.spark.sql.catalyst.expressions.BoundReference;
import org.apache.spark.sql.catalyst.expressions.Cast;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.Predicate$;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.catalyst.trees.TreePattern;
import org.apache.spark.sql.execution.LogicalRDD;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import scala.runtime.AbstractPartialFunction;

/**
 * Makes of Spark SQL's text an expression that is evaluated row by row, without a query. It is
 * resolved as in the session, and the same for each row whenever it is evaluated.
 */
public final class SqlExpressions {
  private static final String VALUE = "value";

  private SqlExpressions() {}

  /**
   * Resolves one.
   *
   * @param columns what it may name
   * @param row all columns of the rows that it will be evaluated on, in their order
   * @param wanted the type of its value
   * @return bound to the rows; serializable
   * @throws IllegalArgumentException if it is none, or not of that type; the message is for people
   */
  public static Expression resolve(
      SparkSession session, StructType columns, StructType row, String sql, DataType wanted) {
    return SparkInternals.inSession(
        session, () -> bound(resolved(session, columns, sql, wanted), row));
  }

  /** Of a plan whose source is opaque, so that nothing of the expression is lost to its rows. */
  private static Expression resolved(
      SparkSession session, StructType columns, String sql, DataType wanted) {
    Dataset<Row> rows =
        InternalRowDatasets.dataset(
            session,
            JavaSparkContext.fromSparkContext(session.sparkContext()).<InternalRow>emptyRDD(),
            columns);
    try {
      Dataset<Row> value = rows.select(functions.expr(sql).as(VALUE));
      requirePure(value.queryExecution().analyzed());
      DataType type = value.schema().apply(VALUE).dataType();
      if (!type.equals(wanted)) {
        if (!Cast.canANSIStoreAssign(type, wanted)) {
          throw new IllegalArgumentException(
              "its value is %s, not %s; say how it becomes one, by CAST or TRY_CAST"
                  .formatted(type.sql(), wanted.sql()));
        }
        value = value.select(functions.col(VALUE).cast(wanted).as(VALUE));
      }
      return only(value.queryExecution().optimizedPlan());
    } catch (Exception e) {
      if (e instanceof AnalysisException) {
        throw new IllegalArgumentException(firstLine(e), e);
      }
      throw e;
    }
  }

  /** Without the plan that Spark shows behind it. */
  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage())
        .lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty())
        .findFirst()
        .orElse("it does not parse");
  }

  private static void requirePure(LogicalPlan plan) {
    Expression expression = plan instanceof Project project ? only(project) : null;
    if (expression == null || !(((Project) plan).child() instanceof LogicalRDD)) {
      throw new IllegalArgumentException(
          "it is to be of one event alone; aggregates, windows and generators are of many rows");
    }
    if (expression.containsPattern(TreePattern.PLAN_EXPRESSION())) {
      throw new IllegalArgumentException("it is to be of one event alone, without a subquery");
    }
    if (!expression.deterministic() || expression.containsPattern(TreePattern.CURRENT_LIKE())) {
      throw new IllegalArgumentException(
          "its value is another one each time, by rand, now or the like; an event is judged the"
              + " same whenever it is; compare with event_time, kafka_timestamp or ingested_at");
    }
  }

  private static Expression only(LogicalPlan plan) {
    List<?> values = scala.jdk.javaapi.CollectionConverters.asJava(((Project) plan).projectList());
    if (values.size() != 1) {
      throw new IllegalArgumentException("it is to be one value");
    }
    return values.get(0) instanceof Alias alias ? alias.child() : (Expression) values.get(0);
  }

  /**
   * Whether a row is one that all of some conditions hold for.
   *
   * @param conditions over columns of the row, by name
   */
  public static Predicate<InternalRow> predicate(List<Expression> conditions, StructType row) {
    List<BasePredicate> all = new ArrayList<>();
    for (Expression condition : conditions) {
      BasePredicate one = Predicate$.MODULE$.createInterpreted(bound(condition, row));
      one.initialize(0);
      all.add(one);
    }
    return values -> all.stream().allMatch(one -> one.eval(values));
  }

  private static Expression bound(Expression expression, StructType row) {
    List<String> names = Arrays.asList(row.fieldNames());
    return expression.transform(
        new AbstractPartialFunction<Expression, Expression>() {
          @Override
          public boolean isDefinedAt(Expression node) {
            return node instanceof AttributeReference;
          }

          @Override
          public Expression apply(Expression node) {
            String name = ((AttributeReference) node).name();
            int place = names.indexOf(name);
            StructField field = row.fields()[place];
            return new BoundReference(place, field.dataType(), true);
          }
        });
  }
}
