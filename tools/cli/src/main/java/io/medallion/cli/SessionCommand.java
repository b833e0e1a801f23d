package io.medallion.cli;

import io.medallion.common.config.Configuration;
import io.medallion.lakehouse.session.LakeSession;
import java.io.IOException;
import org.apache.spark.sql.SparkSession;

/** A look for which Spark is asked. */
abstract class SessionCommand extends LookCommand {
  /**
   * @param name of its log, and of what Spark shows of it
   */
  SessionCommand(CommandContext context, String name) {
    super(context, name);
  }

  @Override
  final int run(Configuration configuration) throws IOException, InterruptedException {
    try (SparkSession session = session("medallion-" + name(), configuration)) {
      return run(session, configuration);
    }
  }

  /** One that only reads, unless the command writes. */
  SparkSession session(String application, Configuration configuration) {
    return LakeSession.reader(application, configuration);
  }

  /**
   * Does what it is for.
   *
   * @return the exit code
   */
  abstract int run(SparkSession session, Configuration configuration)
      throws IOException, InterruptedException;
}
