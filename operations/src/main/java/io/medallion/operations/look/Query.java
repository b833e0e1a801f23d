package io.medallion.operations.look;

import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.gold.GoldTables;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.LakeTable;
import io.medallion.lakehouse.TableDefinition;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.UnresolvedRelation;
import org.apache.spark.sql.catalyst.expressions.CallMethodViaReflection;
import org.apache.spark.sql.catalyst.parser.ParseException;
import org.apache.spark.sql.catalyst.plans.logical.Command;
import org.apache.spark.sql.catalyst.plans.logical.InsertIntoStatement;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.ParsedStatement;
import org.apache.spark.sql.catalyst.plans.logical.ScriptTransformation;
import org.apache.spark.sql.catalyst.trees.TreeNode;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Questions in SQL over the tables by name: {@code bronze}, {@code silver}, {@code quarantine}, any
 * of them with {@code VERSION AS OF} or {@code TIMESTAMP AS OF}, and {@code gold.*}. Nothing but a
 * query is run.
 */
public final class Query {
  private static final String GOLD = "gold";

  private final SparkSession session;
  private final Configuration configuration;

  /** Over a lake, and over gold where the configuration says where it is. */
  public Query(Lake lake, Configuration configuration) {
    this.session = lake.session().newSession();
    this.configuration = configuration;
    for (TableDefinition definition : TableDefinition.ALL) {
      LakeTable table = lake.table(definition);
      if (table.exists() && !session.catalog().tableExists(definition.name())) {
        // Known to this process alone: its catalog is in memory.
        session.catalog().createTable(definition.name(), table.path(), "delta");
      }
    }
  }

  /**
   * The rows that a query asks for; nothing is read before they are.
   *
   * @throws MedallionException where it does not parse, names what is not there, or is more than a
   *     query
   */
  public Dataset<Row> rows(String sql) {
    LogicalPlan plan = parse(sql);
    requireQuery(plan);
    tables(plan).stream()
        .filter(name -> name.size() == 2 && name.get(0).equals(GOLD))
        .map(name -> name.get(1))
        .forEach(this::registerGold);
    try {
      Dataset<Row> rows = session.sql(sql);
      requireHarmless(rows.queryExecution().analyzed());
      return rows;
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      // Scala throws it undeclared.
      if (e instanceof AnalysisException wrong) {
        throw invalid(wrong);
      }
      throw new IllegalStateException(e);
    }
  }

  private LogicalPlan parse(String sql) {
    try {
      return ((org.apache.spark.sql.classic.SparkSession) session)
          .sessionState()
          .sqlParser()
          .parsePlan(sql);
    } catch (ParseException e) {
      throw invalid(e);
    }
  }

  private void registerGold(String table) {
    if (configuration.find(Keys.POSTGRES_URL).isEmpty()) {
      throw new MedallionException(
          ErrorCode.CONFIG_MISSING,
          "The query asks for gold.%s, and postgres.url is not set".formatted(table),
          "Gold is in Postgres.",
          "Give postgres.url and the reader's password; `medallion config` shows what is in force.");
    }
    GoldTables.register(session, configuration, table);
  }

  private static void requireQuery(LogicalPlan plan) {
    boolean more =
        everything(plan)
            .anyMatch(
                node ->
                    node instanceof Command
                        || node instanceof ParsedStatement
                        || node instanceof InsertIntoStatement
                        || node instanceof ScriptTransformation);
    if (more) {
      throw refused("It would do more than read");
    }
  }

  /** Some functions run whatever Java code they name. */
  private static void requireHarmless(LogicalPlan plan) {
    boolean calls =
        everything(plan).anyMatch(node -> node instanceof CallMethodViaReflection)
            || everything(plan).anyMatch(node -> node instanceof Command);
    if (calls) {
      throw refused("It would run code");
    }
  }

  private static MedallionException refused(String why) {
    return new MedallionException(
        ErrorCode.QUERY_REFUSED,
        "This is not a query",
        why + "; the tables are written by the layers alone.",
        "Ask by SELECT, WITH or VALUES.");
  }

  private static MedallionException invalid(AnalysisException e) {
    String message = e.getSimpleMessage();
    List<String> lines = message.lines().filter(line -> !line.isBlank()).toList();
    return new MedallionException(
        ErrorCode.QUERY_INVALID,
        "The query cannot be run",
        String.join("\n          ", lines),
        "The tables are bronze, silver, quarantine and gold.NAME; docs/tables.md has their columns.",
        e);
  }

  /** The names of the tables that a parsed query asks for, those of its common expressions too. */
  private static Set<List<String>> tables(LogicalPlan plan) {
    Set<List<String>> names = new LinkedHashSet<>();
    everything(plan)
        .filter(UnresolvedRelation.class::isInstance)
        .map(UnresolvedRelation.class::cast)
        .map(
            relation ->
                CollectionConverters.asJava(relation.multipartIdentifier()).stream()
                    .map(part -> part.toLowerCase(Locale.ROOT))
                    .toList())
        .forEach(names::add);
    return names;
  }

  /** Every node of a plan, of its subqueries and of its expressions. */
  private static Stream<TreeNode<?>> everything(TreeNode<?> node) {
    List<TreeNode<?>> below = new ArrayList<>();
    CollectionConverters.asJava(node.children()).forEach(child -> below.add((TreeNode<?>) child));
    CollectionConverters.asJava(node.innerChildren())
        .forEach(child -> below.add((TreeNode<?>) child));
    if (node instanceof LogicalPlan plan) {
      CollectionConverters.asJava(plan.expressions()).forEach(below::add);
    }
    if (node instanceof org.apache.spark.sql.catalyst.expressions.PlanExpression<?> subquery) {
      below.add((TreeNode<?>) subquery.plan());
    }
    return Stream.concat(Stream.of(node), below.stream().flatMap(Query::everything));
  }
}
