package io.medallion.operations.query;

import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.gold.define.MartFunctions;
import io.medallion.lakehouse.session.BatchProfile;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.apache.spark.SparkThrowable;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.FunctionIdentifier;
import org.apache.spark.sql.catalyst.analysis.CurrentNamespace$;
import org.apache.spark.sql.catalyst.analysis.FunctionRegistryBase;
import org.apache.spark.sql.catalyst.analysis.UnresolvedFunction;
import org.apache.spark.sql.catalyst.analysis.UnresolvedGenerator;
import org.apache.spark.sql.catalyst.analysis.UnresolvedRelation;
import org.apache.spark.sql.catalyst.analysis.UnresolvedTableOrView;
import org.apache.spark.sql.catalyst.analysis.UnresolvedTableValuedFunction;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.parser.ParserInterface;
import org.apache.spark.sql.catalyst.plans.logical.DescribeRelation;
import org.apache.spark.sql.catalyst.plans.logical.GlobalLimit;
import org.apache.spark.sql.catalyst.plans.logical.LeafNode;
import org.apache.spark.sql.catalyst.plans.logical.LocalLimit;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.catalyst.plans.logical.ShowTables;
import org.apache.spark.sql.catalyst.plans.logical.SubqueryAlias;
import org.apache.spark.sql.catalyst.plans.logical.UnaryNode;
import org.apache.spark.sql.catalyst.plans.logical.UnresolvedWith;
import org.apache.spark.sql.catalyst.trees.TreeNode;
import org.apache.spark.sql.execution.SparkSqlParser;
import org.apache.spark.sql.execution.command.DescribeQueryCommand;
import org.apache.spark.sql.execution.command.ExplainCommand;
import org.apache.spark.sql.util.CaseInsensitiveStringMap;
import scala.Product;
import scala.collection.Iterable;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * A statement as Spark's parser reads it, not analysed: what it consists of, and its rows.
 *
 * <p>All knowledge of Spark's parser and its plans is in this class.
 */
final class SqlPlan implements Asked {
  /** Of files; some hundred thousand events. */
  private static final long LITTLE_BYTES = 16 << 20;

  private final LogicalPlan plan;
  private final Set<String> nodes = new LinkedHashSet<>();
  private final Set<String> functions = new LinkedHashSet<>();
  private final Set<List<String>> tables = new LinkedHashSet<>();
  private final Set<String> commonNames = new HashSet<>();

  private SqlPlan(LogicalPlan plan) {
    this.plan = plan;
    walk(plan);
  }

  /** An expression alone: what it would be a query for. */
  private SqlPlan(Expression expression) {
    this.plan = null;
    walk(expression);
  }

  /**
   * Reads a statement as a session would that has Spark's own settings; there need be none.
   *
   * @throws MedallionException if it does not parse
   */
  static SqlPlan parse(String sql) {
    return parse(new SparkSqlParser(), sql);
  }

  /**
   * Reads a statement; opens nothing and runs nothing.
   *
   * @throws MedallionException if it does not parse
   */
  static SqlPlan parse(SparkSession session, String sql) {
    return parse(parser(session), sql);
  }

  private static SqlPlan parse(ParserInterface parser, String sql) {
    return parsed(() -> new SqlPlan(parser.parsePlan(sql)));
  }

  /**
   * Reads an expression, as a program may send one in the place of a column.
   *
   * @throws MedallionException if it does not parse
   */
  static Asked parseExpression(SparkSession session, String sql) {
    return parsed(() -> new SqlPlan(parser(session).parseExpression(sql)));
  }

  /**
   * The parts of a table's name as it is written in SQL.
   *
   * @throws MedallionException if it is no name
   */
  static List<String> parseName(SparkSession session, String name) {
    return parsed(() -> parts(parser(session).parseMultipartIdentifier(name)));
  }

  private static ParserInterface parser(SparkSession session) {
    return ((org.apache.spark.sql.classic.SparkSession) session).sessionState().sqlParser();
  }

  private static <T> T parsed(Callable<T> reading) {
    try {
      return reading.call();
    } catch (StackOverflowError e) {
      throw invalid("It is nested too deeply.", e);
    } catch (Exception e) {
      // Scala throws it undeclared.
      throw explained(e);
    }
  }

  /** Leaves a session the functions that are wanted. */
  static void keepFunctions(SparkSession session, Predicate<String> wanted) {
    var state = ((org.apache.spark.sql.classic.SparkSession) session).sessionState();
    keep(state.functionRegistry(), wanted);
    keep(state.tableFunctionRegistry(), wanted);
  }

  private static void keep(FunctionRegistryBase<?> functions, Predicate<String> wanted) {
    for (FunctionIdentifier name : CollectionConverters.asJava(functions.listFunction())) {
      if (!wanted.test(name.funcName())) {
        functions.dropFunction(name);
      }
    }
  }

  @Override
  public Set<String> nodes() {
    return nodes;
  }

  @Override
  public Set<String> functions() {
    return functions;
  }

  @Override
  public Set<List<String>> tables() {
    return tables;
  }

  @Override
  public Set<String> commonNames() {
    return commonNames;
  }

  /** Whether it is {@code SHOW TABLES} without more. */
  boolean showsTables() {
    return plan instanceof ShowTables show
        && show.pattern().isEmpty()
        && show.namespace() == CurrentNamespace$.MODULE$;
  }

  /** What {@code EXPLAIN} is asked of. */
  Optional<SqlPlan> explained() {
    return plan instanceof ExplainCommand explain
        ? Optional.of(new SqlPlan(explain.logicalPlan()))
        : Optional.empty();
  }

  /** What a {@code DESCRIBE} without more is asked of, a table or a query, as a query. */
  Optional<SqlPlan> described() {
    if (plan instanceof DescribeQueryCommand describe) {
      return Optional.of(new SqlPlan(describe.plan()));
    }
    if (plan instanceof DescribeRelation describe
        && !describe.isExtended()
        && describe.relation() instanceof UnresolvedTableOrView table) {
      return Optional.of(
          new SqlPlan(
              new UnresolvedRelation(
                  table.multipartIdentifier(), CaseInsensitiveStringMap.empty(), false)));
    }
    return Optional.empty();
  }

  /** The plan by which Spark would answer an {@code EXPLAIN}, in the way that it asks for. */
  String explanation(SparkSession session, SqlPlan query) {
    return ((org.apache.spark.sql.classic.Dataset<Row>) query.rows(session))
        .queryExecution()
        .explainString(((ExplainCommand) plan).mode());
  }

  /**
   * Its rows: of this very plan, not of a text that would be read again. Nothing is read before
   * they are.
   *
   * @throws MedallionException if it names what is not there
   */
  Dataset<Row> rows(SparkSession session) {
    try {
      var rows =
          org.apache.spark.sql.classic.Dataset.ofRows(
              (org.apache.spark.sql.classic.SparkSession) session,
              MartFunctions.expanded(session, plan));
      if (readsLittle(rows.queryExecution().optimizedPlan())) {
        BatchProfile.LOW_LATENCY.apply(session);
      }
      return rows;
    } catch (StackOverflowError e) {
      throw invalid("It is nested too deeply.", e);
    } catch (RuntimeException e) {
      throw explained(e);
    } catch (Exception e) {
      // Scala throws it undeclared.
      throw explained(e);
    }
  }

  /**
   * Whether it is over before the code that Spark would generate and compile for it has earned that
   * second back.
   */
  private static boolean readsLittle(LogicalPlan plan) {
    return isFirstRows(plan)
        || CollectionConverters.asJava(plan.collectLeaves()).stream()
                .mapToDouble(leaf -> leaf.stats().sizeInBytes().toDouble())
                .sum()
            <= LITTLE_BYTES;
  }

  /** Whether it ends at the first rows of a table, however large that is. */
  private static boolean isFirstRows(LogicalPlan plan) {
    if (plan instanceof GlobalLimit || plan instanceof LocalLimit) {
      LogicalPlan below = ((UnaryNode) plan).child();
      return isFirstRows(below)
          || (below instanceof Project columns ? columns.child() : below) instanceof LeafNode;
    }
    return false;
  }

  /** Through everything that a node was made of, whether it calls it a child or not. */
  private void walk(Object part) {
    if (part instanceof TreeNode<?> node) {
      note(node);
    }
    if (part instanceof Iterable<?> parts) {
      CollectionConverters.asJava(parts).forEach(this::walk);
    } else if (part instanceof Product product) {
      CollectionConverters.asJava(product.productIterator()).forEachRemaining(this::walk);
    }
  }

  private void note(TreeNode<?> node) {
    nodes.add(node.getClass().getName().replaceFirst("\\$.*", ""));
    if (node instanceof UnresolvedRelation relation) {
      tables.add(parts(relation.multipartIdentifier()));
      if (!relation.options().isEmpty()) {
        nodes.add("options of a table");
      }
      if (relation.isStreaming()) {
        nodes.add("a stream");
      }
    } else if (node instanceof UnresolvedFunction function) {
      functions.add(String.join(".", parts(function.nameParts())));
    } else if (node instanceof UnresolvedTableValuedFunction function) {
      functions.add(String.join(".", parts(function.name())));
    } else if (node instanceof UnresolvedGenerator function) {
      functions.add(function.name().unquotedString());
    } else if (node instanceof UnresolvedWith with) {
      CollectionConverters.asJava(with.innerChildren()).stream()
          .filter(SubqueryAlias.class::isInstance)
          .map(named -> ((SubqueryAlias) named).alias().toLowerCase(Locale.ROOT))
          .forEach(commonNames::add);
    }
  }

  private static List<String> parts(Seq<String> name) {
    return List.copyOf(CollectionConverters.asJava(name));
  }

  private static RuntimeException explained(Exception e) {
    if (e instanceof AnalysisException wrong) {
      return invalid(wrong.getSimpleMessage(), e);
    }
    if (e instanceof SparkThrowable && MedallionException.in(e) == null) {
      return invalid(e.getMessage(), e);
    }
    return e instanceof RuntimeException known ? known : new IllegalStateException(e);
  }

  private static MedallionException invalid(String message, Throwable cause) {
    List<String> lines = message.lines().filter(line -> !line.isBlank()).toList();
    return new MedallionException(
        ErrorCode.QUERY_INVALID,
        "The query cannot be run",
        String.join("\n          ", lines),
        "The tables are bronze, silver, quarantine and gold.NAME; docs/tables.md has their"
            + " columns.",
        cause);
  }
}
