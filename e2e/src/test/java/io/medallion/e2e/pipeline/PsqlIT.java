package io.medallion.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.common.config.Keys;
import io.medallion.demo.traffic.Simulator;
import io.medallion.demo.traffic.TrafficReport;
import io.medallion.demo.traffic.TrafficSettings;
import io.medallion.e2e.faults.Program;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What people do by psql, as docs/deploy.md and the files in sql/ have it, on a server of their
 * own.
 */
@Tag("full")
class PsqlIT {
  private static final Path HOUSE = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern ROLES =
      Pattern.compile("```bash\\n(psql -d clickstream .*?)```", Pattern.DOTALL);

  @TempDir Path folder;

  @BeforeAll
  static void program() {
    Program.find("psql");
  }

  @Test
  void rolesAreMadeGoldRunsAsThemAndQuestionsAreAnswered() throws Exception {
    try (EmbeddedPostgres server = EmbeddedPostgres.start()) {
      psql(server, "postgres", "psql -c 'CREATE DATABASE clickstream'");
      rolesWithoutPasswordsAreOneError(server);
      Matcher roles = ROLES.matcher(Files.readString(HOUSE.resolve("docs/deploy.md")));
      assertThat(roles.find()).isTrue();
      psql(server, "postgres", roles.group(1));
      // Again, as one does if it was cut off.
      psql(server, "postgres", roles.group(1));
      assertThat(
              psql(
                  server,
                  "postgres",
                  "psql -At -c \"SELECT rolname, left(rolpassword, 5) FROM pg_authid WHERE rolname"
                      + " LIKE 'medallion%' ORDER BY 1\""))
          .isEqualTo("medallion_owner|SCRAM\nmedallion_reader|SCRAM\nmedallion_writer|SCRAM\n");
      askTheReaderForItsPassword(server);
      for (String write : List.of("SELECT lo_create(0)", "CREATE TEMP TABLE mine (a int)")) {
        psql(server, "medallion_reader", "! psql -d clickstream -c '" + write + "'");
      }
      merged(server);
      String settings =
          "psql -At -d clickstream -c 'SHOW work_mem' -c 'SHOW jit' -c 'SHOW statement_timeout'";
      assertThat(psql(server, "medallion_reader", settings)).isEqualTo("64MB\noff\n1min\n");
      String answers =
          psql(
              server,
              "medallion_reader",
              "psql -At -d clickstream -v ON_ERROR_STOP=1 -f sql/examples/questions.sql");
      assertThat(answers).contains("\nclickstream_events|/").endsWith("\n0\n");
      for (String table :
          List.of("page_view_counts", "active_users", "user_sessions", "user_events")) {
        psql(
            server,
            "medallion_reader",
            "psql -d clickstream -c 'SELECT * FROM %s LIMIT 10;'".formatted(table));
      }
    }
  }

  private static void rolesWithoutPasswordsAreOneError(EmbeddedPostgres server) throws Exception {
    String said =
        psql(
            server,
            "postgres",
            "psql -d clickstream -f sql/roles/roles.sql && exit 1 || echo \"ended with $?\"");
    assertThat(said)
        .containsOnlyOnce("ERROR:")
        .contains("wants owner_password, writer_password and reader_password")
        .endsWith("ended with 3\n");
    assertThat(
            psql(
                server,
                "postgres",
                "psql -At -c \"SELECT count(*) FROM pg_roles WHERE rolname LIKE 'medallion%'\""))
        .isEqualTo("0\n");
  }

  /** The embedded server asks nobody by itself. */
  private static void askTheReaderForItsPassword(EmbeddedPostgres server) throws Exception {
    Path hba = Path.of(psql(server, "postgres", "psql -At -d postgres -c 'SHOW hba_file'").strip());
    Files.writeString(hba, "host all medallion_reader all scram-sha-256\n" + Files.readString(hba));
    psql(server, "postgres", "psql -At -d postgres -c 'SELECT pg_reload_conf()'");
    psql(server, "medallion_reader", "! PGPASSWORD=another psql -c 'SELECT 1' clickstream");
  }

  private void merged(EmbeddedPostgres server) throws InterruptedException {
    String url = "jdbc:postgresql://localhost:%d/clickstream".formatted(server.getPort());
    try (Pipeline pipeline = Pipeline.in(folder, Map.of(Keys.POSTGRES_URL.name(), url))) {
      TrafficReport report =
          new Simulator(
                  TrafficSettings.of(pipeline.kafka())
                      .withSeed(5)
                      .withCount(4_000)
                      .withRate(0)
                      .withUsers(200)
                      .withStart(Instant.now().minusSeconds(300)))
              .run(() -> false, progress -> {});
      assertThat(report.acknowledged()).isPositive();
      pipeline.drain();
    }
  }

  /** Runs commands of a shell in the repository; what they said. */
  private static String psql(EmbeddedPostgres server, String user, String commands)
      throws IOException, InterruptedException {
    ProcessBuilder shell =
        new ProcessBuilder("bash", "-euc", commands)
            .directory(HOUSE.toFile())
            .redirectErrorStream(true);
    shell
        .environment()
        .putAll(
            Map.of(
                "PGHOST", "localhost",
                "PGPORT", String.valueOf(server.getPort()),
                "PGUSER", user,
                "PGDATABASE", "postgres",
                "OWNER_PASSWORD", "the owner's 'word'",
                "WRITER_PASSWORD", "the writer's",
                "READER_PASSWORD", "the reader's",
                "PGPASSWORD", "the reader's"));
    Process process = shell.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("%s said: %s", commands, said).isZero();
    return said;
  }
}
