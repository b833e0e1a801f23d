package io.medallion.bench;

import io.medallion.common.config.Keys;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * A Flink SQL job over the same topic: exactly-once checkpoints of its state, upserts into
 * Postgres; no table of records, no quarantine, and what is later than its watermark is left out.
 *
 * @param jars the folder that {@code tools/bench-peer} is built into
 */
record FlinkProcess(Path jars) implements Contender {
  static final String NAME = "Flink";

  private static final String JAR = "medallion-bench-peer.jar";
  private static final List<String> TABLES =
      List.of(
          "CREATE SCHEMA flink",
          "CREATE TABLE flink.page_views (site text, window_start timestamp, page text,"
              + " views bigint, PRIMARY KEY (site, window_start, page))",
          "CREATE TABLE flink.active_users (site text, window_start timestamp, users bigint,"
              + " PRIMARY KEY (site, window_start))",
          "CREATE TABLE flink.sessions (site text, visitor text, session_start timestamp,"
              + " events bigint, PRIMARY KEY (site, visitor, session_start))");

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String schema() {
    return "flink";
  }

  @Override
  public List<ProcessBuilder> following(TestBed bed, Path folder) {
    return List.of(job(bed, folder, "unbounded"));
  }

  @Override
  public List<ProcessBuilder> draining(TestBed bed, Path folder) {
    return List.of(job(bed, folder, "latest-offset"));
  }

  private ProcessBuilder job(TestBed bed, Path folder, String bounded) {
    try (Connection connection = bed.owner();
        Statement statement = connection.createStatement()) {
      for (String table : TABLES) {
        statement.execute(table);
      }
    } catch (SQLException e) {
      throw new IllegalStateException("Postgres took no tables of the peer", e);
    }
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx2g",
            "-XX:+UseParallelGC",
            "-Duser.timezone=UTC",
            "--add-opens=java.base/java.util=ALL-UNNAMED",
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--add-opens=java.base/java.time=ALL-UNNAMED",
            "-jar",
            jars.resolve(JAR).toString(),
            "servers=" + bed.configuration().get(Keys.KAFKA_BOOTSTRAP_SERVERS),
            "topic=" + bed.topic(),
            "bounded=" + bounded,
            "url=" + bed.configuration().get(Keys.POSTGRES_URL),
            "user=" + bed.configuration().get(Keys.POSTGRES_OWNER_USER),
            "password=" + bed.configuration().secret(Keys.POSTGRES_OWNER_PASSWORD).orElseThrow(),
            "checkpoints=" + folder.resolve("checkpoints").toUri())
        .directory(folder.toFile());
  }
}
