package io.medallion.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import io.medallion.common.config.Configuration;
import io.medallion.lakehouse.session.LakeSession;
import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Option;

/** A command that asks Spark, and prints what it finds in words or as JSON. */
abstract class SessionCommand extends MedallionCommand {
  /** Names in snake case; times as ISO 8601 writes them. */
  static final ObjectMapper JSON =
      new ObjectMapper()
          .setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .registerModule(
              new SimpleModule()
                  .addSerializer(Instant.class, ToStringSerializer.instance)
                  .addSerializer(LocalDate.class, ToStringSerializer.instance)
                  .addSerializer(new BytesJson()));

  private final String name;

  @Option(names = "--json", description = "Prints JSON, one object a line.")
  private boolean json;

  /**
   * @param name of its log, and of what Spark shows of it
   */
  SessionCommand(CommandContext context, String name) {
    super(context);
    this.name = name;
  }

  @Override
  public final Integer call() throws IOException, InterruptedException {
    Configuration configuration = settings().read();
    LogFile.open(context().data(), name);
    try (SparkSession session = session("medallion-" + name, configuration)) {
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

  final boolean json() {
    return json;
  }

  final void printJson(Object value) throws IOException {
    print(JSON.writeValueAsString(value));
  }
}
