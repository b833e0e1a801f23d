package io.medallion.peer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.StatementSet;
import org.apache.flink.table.api.TableEnvironment;

/**
 * Keeps page views, active users and sessions in Postgres as Flink SQL does it, from the topic that
 * Medallion reads: {@code job.sql}, in this process. It ends where it is told to end with what is
 * in the topic.
 */
public final class FlinkPeer {
  private static final String JOB = "job.sql";

  private FlinkPeer() {}

  /**
   * Runs the job.
   *
   * @param arguments what {@code job.sql} names in braces, each as {@code name=value}, and {@code
   *     checkpoints}, a folder
   */
  public static void main(String[] arguments)
      throws IOException, ExecutionException, InterruptedException {
    Map<String, String> values =
        Arrays.stream(arguments)
            .map(argument -> argument.split("=", 2))
            .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
    Configuration configuration =
        Configuration.fromMap(
            Map.ofEntries(
                Map.entry("execution.target", "local"),
                Map.entry("parallelism.default", "2"),
                Map.entry("execution.checkpointing.interval", "10 s"),
                Map.entry("execution.checkpointing.mode", "EXACTLY_ONCE"),
                Map.entry("execution.checkpointing.dir", values.get("checkpoints")),
                Map.entry("table.local-time-zone", "UTC"),
                Map.entry("table.exec.mini-batch.enabled", "true"),
                Map.entry("table.exec.mini-batch.allow-latency", "200 ms"),
                Map.entry("table.exec.mini-batch.size", "5000"),
                // A window comes once: no two rows of a key, and nothing to keep for it.
                Map.entry("table.exec.sink.require-on-conflict", "false"),
                Map.entry("table.exec.sink.upsert-materialize", "NONE")));
    TableEnvironment tables =
        TableEnvironment.create(
            EnvironmentSettings.newInstance()
                .inStreamingMode()
                .withConfiguration(configuration)
                .build());
    StatementSet job = tables.createStatementSet();
    for (String statement : statements(values)) {
      if (statement.contains("INSERT INTO")) {
        job.addInsertSql(statement);
      } else {
        tables.executeSql(statement).await();
      }
    }
    job.execute().await();
  }

  private static List<String> statements(Map<String, String> values) throws IOException {
    String text;
    try (InputStream in = Objects.requireNonNull(FlinkPeer.class.getResourceAsStream(JOB))) {
      text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    for (Map.Entry<String, String> value : values.entrySet()) {
      text = text.replace("{" + value.getKey() + "}", value.getValue().replace("'", "''"));
    }
    return Arrays.stream(text.split(";\\s*\n")).filter(s -> !s.isBlank()).toList();
  }
}
