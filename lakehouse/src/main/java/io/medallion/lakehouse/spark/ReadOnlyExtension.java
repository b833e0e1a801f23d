package io.medallion.lakehouse.spark;

import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.SparkSessionExtensions;
import org.apache.spark.sql.catalyst.plans.logical.Command;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.rules.Rule;
import org.apache.spark.sql.execution.datasources.LogicalRelation$;
import org.apache.spark.sql.execution.datasources.v2.DataSourceV2Relation;
import scala.Option;
import scala.runtime.AbstractFunction1;
import scala.runtime.AbstractPartialFunction;
import scala.runtime.BoxedUnit;

/**
 * Sessions that only read run no command: Spark asks this of every plan that it has analysed,
 * before anything is executed. What {@code EXECUTE IMMEDIATE}, a script or a program hands in is
 * such a plan too. A {@link FilesTable} is planned as the relation of files that it is.
 */
public final class ReadOnlyExtension extends AbstractFunction1<SparkSessionExtensions, BoxedUnit> {
  /** The setting of a session that only reads. */
  public static final String ON = "medallion.read-only";

  /** Called by Spark, which names this class in {@code spark.sql.extensions}. */
  public ReadOnlyExtension() {}

  @Override
  public BoxedUnit apply(SparkSessionExtensions extensions) {
    extensions.injectCheckRule(session -> plan -> check(session, plan));
    extensions.injectResolutionRule(FilesOfTables::new);
    return BoxedUnit.UNIT;
  }

  private static final class FilesOfTables extends Rule<LogicalPlan> {
    private final SparkSession session;

    FilesOfTables(SparkSession session) {
      this.session = session;
    }

    @Override
    public LogicalPlan apply(LogicalPlan plan) {
      return plan.resolveOperatorsUp(
          new AbstractPartialFunction<>() {
            @Override
            public boolean isDefinedAt(LogicalPlan node) {
              return node instanceof DataSourceV2Relation relation
                  && relation.table() instanceof FilesTable;
            }

            @Override
            public LogicalPlan apply(LogicalPlan node) {
              DataSourceV2Relation relation = (DataSourceV2Relation) node;
              return LogicalRelation$.MODULE$.apply(
                  ((FilesTable) relation.table()).relation(session),
                  relation.output(),
                  Option.empty(),
                  false,
                  Option.empty());
            }
          });
    }
  }

  private static BoxedUnit check(SparkSession session, LogicalPlan plan) {
    if (session.conf().getOption(ON).isDefined() && plan.exists(Command.class::isInstance)) {
      throw new UnsupportedOperationException(
          "This session reads, it runs no command: " + plan.nodeName());
    }
    return BoxedUnit.UNIT;
  }
}
