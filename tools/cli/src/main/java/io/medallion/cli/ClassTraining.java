package io.medallion.cli;

import io.medallion.common.config.Configuration;
import io.medallion.lakehouse.Lake;
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
import org.apache.spark.sql.SparkSession;

/**
 * Does once what most commands do, on a lake of its own that it removes: the launcher runs it when
 * it makes its archive of classes, into which go those that this has loaded.
 */
final class ClassTraining {
  /** Where nobody listens: what asks there has loaded its classes before it hears so. */
  private static final String NOBODY = "127.0.0.1:1";

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
