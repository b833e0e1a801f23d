package io.medallion.lakehouse.spark;

import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.SparkSessionExtensions;
import org.apache.spark.sql.catalyst.plans.logical.Command;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import scala.runtime.AbstractFunction1;
import scala.runtime.BoxedUnit;

/**
 * Sessions that only read run no command: Spark asks this of every plan that it has analysed,
 * before anything is executed. What {@code EXECUTE IMMEDIATE}, a script or a program hands in is
 * such a plan too.
 */
public final class ReadOnlyExtension extends AbstractFunction1<SparkSessionExtensions, BoxedUnit> {
  /** The setting of a session that only reads. */
  public static final String ON = "medallion.read-only";

  /** Called by Spark, which names this class in {@code spark.sql.extensions}. */
  public ReadOnlyExtension() {}

  @Override
  public BoxedUnit apply(SparkSessionExtensions extensions) {
    extensions.injectCheckRule(session -> plan -> check(session, plan));
    return BoxedUnit.UNIT;
  }

  private static BoxedUnit check(SparkSession session, LogicalPlan plan) {
    if (session.conf().getOption(ON).isDefined() && plan.exists(Command.class::isInstance)) {
      throw new UnsupportedOperationException(
          "This session reads, it runs no command: " + plan.nodeName());
    }
    return BoxedUnit.UNIT;
  }
}
