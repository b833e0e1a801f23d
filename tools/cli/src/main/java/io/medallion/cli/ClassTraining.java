package io.medallion.cli;

import io.medallion.common.config.Configuration;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.TableState;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.session.LakeSession;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Does once what most commands do, on a lake of its own that it removes: the launcher runs it when
 * it makes its archive of classes, into which go those that this has loaded.
 */
final class ClassTraining {
  /** Where nobody listens: what asks there has loaded its classes before it hears so. */
  private static final String NOBODY = "127.0.0.1:1";

  private static final String EVENT =
      "{\"event_id\":\"e-1\",\"event_time\":\"2026-03-01T10:00:00Z\",\"event_type\":\"page_view\","
          + "\"session_id\":\"s-1\",\"user_id\":\"u-1\",\"page\":\"https://shop.example/\"}";

  private ClassTraining() {}

  public static void main(String[] args) throws IOException {
    Path folder = Files.createTempDirectory("medallion-classes");
    try {
      train(folder, new PrintWriter(System.out, true, StandardCharsets.UTF_8));
    } finally {
      delete(folder);
    }
    // Spark leaves threads behind that do not end by themselves.
    System.exit(0);
  }

  private static void train(Path folder, PrintWriter out) throws IOException {
    CommandContext context = new CommandContext(folder, Map.of(), out, out, false);
    LogFile.open(context.data(), "training");
    String lake = "--lake.path=" + folder.resolve("lake");
    Configuration configuration =
        Configuration.builder().flag("lake.path", folder.resolve("lake").toString()).build();
    try (SparkSession session = LakeSession.create("training", configuration)) {
      Lake made = Lake.open(session, configuration);
      TableDefinition.ALL.forEach(made::createTable);
      made.table(TableDefinition.BRONZE)
          .begin(session)
          .append(records(session))
          .set(TableState.SEQ, 1)
          .set(TableState.ROWS, 1)
          .commit();
    }
    Medallion.run(context, "silver", "--once", lake);
    Medallion.run(
        context,
        "status",
        lake,
        "--kafka.bootstrap-servers=" + NOBODY,
        "--postgres.url=jdbc:postgresql://" + NOBODY + "/nothing");
    Medallion.run(context, "history", "silver", lake);
    Medallion.run(context, "quarantine", "list", lake);
    Medallion.run(
        context, "query", "SELECT event_type, count(*) FROM silver GROUP BY 1 ORDER BY 2", lake);
    Medallion.run(context, "query", "SELECT event_id, user_id FROM silver LIMIT 5", lake);
  }

  /** One event, as bronze keeps it: what reads no row does not load what reads files. */
  private static Dataset<Row> records(SparkSession session) {
    return session
        .range(1)
        .selectExpr(
            "cast(null as binary) key",
            "cast('" + EVENT + "' as binary) value",
            "cast(null as array<struct<key: string, value: binary>>) headers",
            "0 source_epoch",
            "'clickstream' topic",
            "0 partition",
            "id offset",
            "current_timestamp() kafka_timestamp",
            "0 timestamp_type",
            "1L commit_seq",
            "current_timestamp() ingested_at",
            "current_date() ingest_date");
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      files
          .sorted(Comparator.reverseOrder())
          .forEach(
              file -> {
                try {
                  Files.delete(file);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
  }
}
