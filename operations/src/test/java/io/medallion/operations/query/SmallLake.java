package io.medallion.operations.query;

import io.medallion.common.config.Configuration;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.TableState;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.session.LakeSession;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Date;
import java.sql.Timestamp;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;

/**
 * A lake with a record in bronze, its other tables empty, and a folder next to it with a secret.
 */
public final class SmallLake implements AutoCloseable {
  /** What stands in a file next to the lake. */
  public static final String SECRET = "correct horse battery staple";

  private Path folder;
  private SparkSession spark;
  private Configuration configuration;
  private Lake lake;

  /** Makes it, with a session of Spark. */
  public void start() throws IOException {
    folder = Files.createTempDirectory("small-lake");
    configuration =
        Configuration.builder()
            .flag("lake.path", path("lake"))
            .flag("spark.master", "local[2]")
            .flag("spark.sql.shuffle.partitions", "1")
            // A few rows are not worth compiling a class for.
            .flag("spark.sql.codegen.wholeStage", "false")
            .flag("spark.sql.codegen.factoryMode", "NO_CODEGEN")
            .flag("spark.sql.warehouse.dir", path("warehouse"))
            .build();
    spark = LakeSession.create("SmallLake", configuration);
    lake = Lake.open(spark, configuration);
    for (TableDefinition definition : TableDefinition.ALL) {
      lake.createTable(definition);
    }
    land(1);
    Files.createDirectories(folder.resolve("outside"));
    Files.createDirectories(folder.resolve("warehouse"));
    Files.writeString(folder.resolve("outside/passwords"), SECRET);
    spark.range(3).write().format("delta").save(path("outside/table"));
  }

  /** Commits a record to bronze. */
  public void land(long seq) {
    Timestamp time = Timestamp.valueOf("2026-03-01 12:00:00");
    Row row =
        RowFactory.create(
            null,
            "{}".getBytes(StandardCharsets.UTF_8),
            null,
            0,
            "t",
            0,
            seq,
            time,
            1,
            seq,
            time,
            Date.valueOf("2026-03-01"));
    lake.table(TableDefinition.BRONZE)
        .begin(spark)
        .append(spark.createDataFrame(List.of(row), TableDefinition.BRONZE.schema()))
        .set(TableState.SEQ, seq)
        .commit();
  }

  /** In the session that made it. */
  public Lake lake() {
    return lake;
  }

  /** By which it was made. */
  public Configuration configuration() {
    return configuration;
  }

  /** Of a file next to the lake, or of the lake itself. */
  public String path(String below) {
    return folder.resolve(below).toString();
  }

  /** A statement about this lake. */
  public String placed(String sql) {
    return sql.replace("${lake}", path("lake")).replace("${outside}", path("outside"));
  }

  /**
   * Every file of lake, warehouse and what is next to them, and every name in the working folder.
   */
  public Map<String, String> bytes() throws IOException {
    Map<String, String> bytes = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        bytes.put(
            file.toString(),
            Files.isDirectory(file) ? "" : HexFormat.of().formatHex(Files.readAllBytes(file)));
      }
    }
    try (Stream<Path> files = Files.list(Path.of(""))) {
      files.forEach(file -> bytes.put("./" + file, ""));
    }
    return bytes;
  }

  @Override
  public void close() throws IOException {
    spark.stop();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
