package io.medallion.lakehouse.session;

import java.util.function.UnaryOperator;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.SparkSession;

/** Who works for a session: this process, or the executors of a cluster. */
public final class Workers {
  /** More than that nobody waits for: some clusters name ten thousand executors as no limit. */
  private static final int MOST_EXPECTED = 512;

  private Workers() {}

  /**
   * How many tasks they do at a time, those among them that have been asked for and are to come.
   */
  public static int cores(SparkSession session) {
    return cores(session.sparkContext());
  }

  static int cores(SparkContext context) {
    return cores(
        key -> context.conf().contains(key) ? context.conf().get(key) : null,
        context.defaultParallelism());
  }

  /**
   * A cluster gives its executors one after the other, and a layer begins before it has all.
   *
   * @param setting Spark's settings, null for those that are not set
   * @param known what Spark takes for the number of cores now
   */
  static int cores(UnaryOperator<String> setting, int known) {
    if (setting.apply("spark.default.parallelism") != null
        || LakeSession.isOnThisMachine(setting.apply("spark.master"))) {
      return known;
    }
    int each = number(setting, "spark.executor.cores", 1);
    int executors =
        Math.max(
            number(setting, "spark.executor.instances", 0),
            "true".equals(setting.apply("spark.dynamicAllocation.enabled"))
                ? number(setting, "spark.dynamicAllocation.maxExecutors", 0)
                : 0);
    int most = number(setting, "spark.cores.max", Integer.MAX_VALUE);
    long asked =
        executors == 0 && most < Integer.MAX_VALUE ? most : Math.min((long) executors * each, most);
    return Math.max(known, (int) Math.min(asked, MOST_EXPECTED));
  }

  private static int number(UnaryOperator<String> setting, String key, int otherwise) {
    String text = setting.apply(key);
    return text == null ? otherwise : Integer.parseInt(text.strip());
  }

  /** The heap of all processes that hold rows, bytes. */
  public static long heapBytes(SparkSession session) {
    SparkContext context = session.sparkContext();
    if (context.isLocal()) {
      return Runtime.getRuntime().maxMemory();
    }
    // The driver is one of them, and holds no rows.
    int executors = Math.max(1, context.getExecutorMemoryStatus().size() - 1);
    return executors * (context.conf().getSizeAsMb("spark.executor.memory", "1g") << 20);
  }
}
