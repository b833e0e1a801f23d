package io.medallion.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.medallion.e2e.faults.Program;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a newcomer does first, by the launcher: a demo in a real terminal, and its parts. */
@Tag("full")
class TerminalIT {
  private static final Duration LONG = Duration.ofMinutes(4);
  private static final Pattern BROKER = Pattern.compile("Kafka +127\\.0\\.0\\.1:(\\d+)");
  private static final Pattern KCAT = Pattern.compile("(?m)^kcat (-b 127\\.0\\.0\\.1:)9092( .*)$");

  @TempDir private static Path home;
  private static Installation installation;

  @BeforeAll
  static void layOut() throws Exception {
    installation = Installation.in(home);
  }

  @Test
  void aDemoFitsItsWindowAndSaysWhatGoesOn() throws Exception {
    Path tmux = Program.find("tmux");
    try (Terminal terminal = Terminal.open(tmux, home, 100, 30)) {
      terminal.run(
          installation.command(
              Path.of(System.getProperty("java.home")), Map.of(), "demo", "--rate", "300"));
      await().atMost(LONG).until(() -> terminal.screen().contains("Live page http"));
      assertThat(terminal.screen()).startsWith("Starting Kafka, Postgres and Spark.");
      await()
          .atMost(LONG)
          .alias("what there is already is shown while Spark starts")
          .until(() -> terminal.screen().contains("Medallion demo,"));
      String banner = terminal.screen();
      await().atMost(LONG).until(() -> terminal.screen().contains("Page views, 5 minutes"));
      assertNoDebris(terminal);

      for (int columns : List.of(60, 132, 45)) {
        terminal.resize(columns, 30);
        await().atMost(LONG).untilAsserted(() -> assertNoDebris(terminal));
      }
      terminal.resize(150, 40);
      await()
          .atMost(LONG)
          .untilAsserted(
              () -> {
                assertNoDebris(terminal);
                assertThat(terminal.screen()).as("all of it is there").doesNotContain("\u2026");
                assertThat(terminal.lines()).anyMatch(line -> line.length() > 80);
              });
      theReadmesKcatLineReadsTheEnrichedTopic(banner);
      theReaderIsAskedByPsql();
      whatIsLongFitsTheWindow();
      withoutPostgresNumbersAreNotSaidToBeMissing(terminal);

      terminal.keys("C-c");
      await()
          .atMost(LONG)
          .untilAsserted(
              () ->
                  assertThat(terminal.screen())
                      .contains("Stopping; the same command goes on with the same data.")
                      .contains("The simulator sent"));
      await().atMost(LONG).until(terminal::isOver);
    }
  }

  /** Each line of the frame is there once, and none reaches beyond the window's edge. */
  private static void assertNoDebris(Terminal terminal) throws Exception {
    List<String> lines = terminal.lines();
    for (String label :
        List.of("Medallion demo,", "Page views,", "Active users,", "Sessions ", "Simulator ")) {
      assertThat(lines.stream().filter(line -> line.startsWith(label)))
          .as("%s in%n%s", label, String.join("\n", lines))
          .hasSize(1);
    }
    assertThat(lines).as("a number that is cut").noneMatch(line -> line.matches(".*[\\d,]\u2026"));
  }

  /** Columns that have no room are in lines of their own; no line is folded by the terminal. */
  private static void whatIsLongFitsTheWindow() throws Exception {
    Installation.Said session =
        installation.run(
            "query",
            "select session_start, site, visitor from gold.sessions where events > 2 limit 1",
            "--format",
            "csv");
    assertThat(session.code()).as(session.err()).isZero();
    String[] key = session.out().lines().toList().get(1).split(",", -1);
    Path folder = Files.createDirectories(home.resolve("narrow"));
    try (Terminal terminal = Terminal.open(Program.find("tmux"), folder, 80, 120)) {
      for (String[] command :
          new String[][] {
            {"explain", "sessions", key[0], key[1], key[2]},
            {"diff", "silver", "1", "2"},
            {"history", "silver"}
          }) {
        terminal.run(
            installation.command(Path.of(System.getProperty("java.home")), Map.of(), command));
        await().atMost(LONG).until(terminal::isOver);
        List<String> lines = terminal.linesAsPrinted();
        assertThat(lines).as(command[0]).hasSizeGreaterThan(4);
        assertThat(lines)
            .as(command[0])
            .noneMatch(line -> line.length() > 80 && line.strip().contains(" "));
      }
    }
  }

  private static void theReadmesKcatLineReadsTheEnrichedTopic(String banner) throws Exception {
    Matcher line = KCAT.matcher(Files.readString(Compose.ROOT.resolve("docs/quickstart.md")));
    assertThat(line.find()).isTrue();
    Program.find("kcat");
    // Where another program has the port, the demo has said which it took.
    Matcher broker = BROKER.matcher(banner);
    assertThat(broker.find()).as(banner).isTrue();
    String said =
        Program.run(
            home,
            Path.of("/bin/bash"),
            "-c",
            "timeout 60 kcat %s%s%s -c 3".formatted(line.group(1), broker.group(1), line.group(2)));
    assertThat(said).contains("\"event_id\"");
  }

  private static void theReaderIsAskedByPsql() throws Exception {
    Program.find("psql");
    Installation.Said said =
        installation.run(
            "psql", "--", "-At", "-c", "SELECT current_user, sum(views) > 0 FROM gold.page_views");
    assertThat(said.out()).as(said.err()).isEqualTo("medallion_reader|t\n");
    assertThat(installation.run("psql", "--", "-c", "SELEC 1").code()).isEqualTo(1);
  }

  private static void withoutPostgresNumbersAreNotSaidToBeMissing(Terminal terminal)
      throws Exception {
    Path pid = installation.home().resolve("data/demo/postgres/data/postmaster.pid");
    ProcessHandle server =
        ProcessHandle.of(Long.parseLong(Files.readAllLines(pid).get(0).strip())).orElseThrow();
    server.destroyForcibly();
    await().atMost(LONG).until(() -> terminal.screen().contains("Gold's numbers are not known: "));
    assertThat(terminal.screen()).doesNotContain("Gold has no numbers yet");
  }

  @Test
  void servicesSayWhereTheyAreAndThatTheyStop() throws Exception {
    Path out = home.resolve("services.out");
    Process services =
        installation
            .command(Path.of(System.getProperty("java.home")), Map.of(), "services")
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    try {
      await().atMost(LONG).until(() -> Files.readString(out).contains("Ctrl-C stops them."));
      assertThat(Files.readString(out))
          .startsWith("Starting Kafka and Postgres on " + installation.home())
          .contains("  Kafka     127.0.0.1:", "  Postgres  jdbc:postgresql://", "`medallion psql`");
      for (String layer : List.of("bronze", "silver", "gold")) {
        onceSaysWhatItDoesAndWhatWasDone(layer);
      }
      theDoctorFindsNothingWrong();
      aPromptCompletesRemembersAndSaysWhatIsWrong();
      moreRowsThanTheLimitAreSaid();
      aPipedStatementIsTakenAndNullIsNoEmptyText();
      services.destroy();
      assertThat(services.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(Files.readString(out)).endsWith("Stopping; the data stays.\nStopped.\n");
    } finally {
      services.destroyForcibly().waitFor();
    }
  }

  private static void onceSaysWhatItDoesAndWhatWasDone(String layer) throws Exception {
    if (layer.equals("bronze")) {
      assertThat(installation.run("simulate", "--count", "500", "--rate", "0").code()).isZero();
    }
    Installation.Said said = installation.run(layer, "--once");
    assertThat(said.code()).as(said.err()).isZero();
    assertThat(said.err()).startsWith(layer + " takes what ");
    assertThat(said.out()).matches(layer + " is done: [1-9][\\d,]* .*, in .*\n");
    assertThat(installation.run(layer, "--once").out()).startsWith(layer + " is done: 0 ");
  }

  private static void theDoctorFindsNothingWrong() throws Exception {
    Installation.Said said = installation.run("doctor");
    assertThat(said.code()).as(said.out()).isZero();
    assertThat(said.out())
        .contains("Java", "memory", "lake", "is that of running services", "Kafka", "Postgres")
        .endsWith("Nothing is wrong.\n");
    Installation.Said wrong =
        installation.run("doctor", "--lake.path=/dev/null/lake", "--kafka.topics=none");
    assertThat(wrong.code()).isEqualTo(1);
    assertThat(wrong.out()).contains("wrong  lake", "-> ").endsWith("One thing is wrong.\n");
  }

  private static void aPromptCompletesRemembersAndSaysWhatIsWrong() throws Exception {
    try (Terminal terminal = Terminal.open(Program.find("tmux"), home, 100, 40)) {
      terminal.run(
          installation.command(Path.of(System.getProperty("java.home")), Map.of(), "query"));
      await().atMost(LONG).until(() -> terminal.screen().contains("medallion>"));
      terminal.keys("select sum(views) as seen from gold.page_vie", "Tab");
      await().atMost(LONG).until(() -> terminal.screen().contains("from gold.page_view"));
      terminal.keys("C-u");
      terminal.keys("select 6 *", "Enter");
      await().atMost(LONG).until(() -> terminal.screen().contains("...>"));
      terminal.keys("7 as answer;", "Enter");
      await()
          .atMost(LONG)
          .until(() -> terminal.lines().stream().anyMatch(line -> line.strip().equals("42")));
      await().atMost(LONG).until(() -> terminal.screen().contains("(1 row)"));
      terminal.keys("select * from sliver;", "Enter");
      await().atMost(LONG).until(() -> terminal.screen().contains("Did you mean silver?"));
      terminal.keys("select evnt_type from silver;", "Enter");
      await().atMost(LONG).until(() -> terminal.screen().contains("`event_type`"));
      terminal.keys("Up", "Up", "Up");
      await().atMost(LONG).until(() -> terminal.screen().contains("answer;\n"));
      terminal.keys("C-c", "quit", "Enter");
      await().atMost(LONG).until(terminal::isOver);
    }
    assertThat(Files.readString(installation.home().resolve("data/query-history")))
        .contains("from sliver;");
  }

  private static void aPipedStatementIsTakenAndNullIsNoEmptyText() throws Exception {
    Path sql = Files.writeString(home.resolve("question.sql"), "select null as a,\n'' as b;\n");
    Path out = home.resolve("answer.csv");
    int code =
        installation
            .command(Path.of(System.getProperty("java.home")), Map.of(), "query", "--format", "csv")
            .redirectInput(sql.toFile())
            .redirectOutput(out.toFile())
            .start()
            .waitFor();
    assertThat(code).isZero();
    assertThat(Files.readString(out)).isEqualTo("a,b\n,\"\"\n");
    assertThat(installation.run("query", "select null as a, '' as b").out()).contains("\nNULL");
    Installation.Said nothing = installation.run("query");
    assertThat(nothing.code()).isEqualTo(2);
    assertThat(nothing.err()).contains("There is no query");
  }

  private static void moreRowsThanTheLimitAreSaid() throws Exception {
    for (String format : List.of("table", "csv", "json")) {
      Installation.Said said =
          installation.run(
              "query", "select event_id from silver", "--limit", "3", "--format", format);
      assertThat(said.code()).as(said.err()).isZero();
      assertThat(said.out() + said.err()).contains("(the first 3 rows; --limit for more)");
      assertThat(said.out()).doesNotContain("\u001b");
    }
  }

  @Test
  void coloursAreForTerminalsAndForThoseWhoWantThem() throws Exception {
    try (Terminal terminal = Terminal.open(Program.find("tmux"), home, 80, 50)) {
      for (Map<String, String> environment :
          List.of(Map.<String, String>of(), Map.of("NO_COLOR", "1"))) {
        terminal.run(
            installation.command(
                Path.of(System.getProperty("java.home")), environment, "query", "--help"));
        await().atMost(LONG).until(terminal::isOver);
        assertThat(terminal.screen()).contains("Asks bronze, silver");
        assertThat(terminal.coloured())
            .as("colours with %s:%n%s", environment, terminal.escapes())
            .isEqualTo(environment.isEmpty());
      }
    }
    assertThat(installation.run("query", "--help").out()).doesNotContain("\u001b");
  }

  /** Within seconds, and by cause: nobody waits for a broker that cannot come. */
  @Test
  void aPortThatIsTakenIsSaidAtOnce() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      for (String option : List.of("--kafka-port", "--postgres-port")) {
        long begun = System.nanoTime();
        Installation.Said said =
            installation.run(
                "services",
                "--data-dir",
                home.resolve("taken").toString(),
                option,
                Integer.toString(taken.getLocalPort()));
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(30));
        assertThat(said.code()).isEqualTo(2);
        assertThat(said.err())
            .contains(": Port %d, where ".formatted(taken.getLocalPort()))
            .contains("Another program of this machine listens there.");
      }
    }
  }

  /** A window of tmux, which is a terminal to what runs in it. */
  private record Terminal(Path tmux, Path socket) implements AutoCloseable {
    static Terminal open(Path tmux, Path folder, int columns, int rows) throws Exception {
      Terminal terminal = new Terminal(tmux, folder.resolve("tmux"));
      terminal.tmux(
          "-f", "/dev/null", "new-session", "-d", "-x", "" + columns, "-y", "" + rows, "sleep 600");
      terminal.tmux("set-option", "-g", "remain-on-exit", "on");
      terminal.tmux("set-option", "-g", "window-size", "manual");
      return terminal;
    }

    void run(ProcessBuilder command) throws Exception {
      StringBuilder line = new StringBuilder("exec env -i");
      command.environment().put("TERM", "screen-256color");
      command.environment().put("LC_ALL", "C.UTF-8");
      command.environment().forEach((name, value) -> line.append(quoted(name + "=" + value)));
      command.command().forEach(word -> line.append(quoted(word)));
      tmux("respawn-pane", "-k", line.toString());
    }

    private static String quoted(String word) {
      return " '" + word.replace("'", "'\\''") + "'";
    }

    void resize(int columns, int rows) throws Exception {
      tmux("resize-window", "-x", "" + columns, "-y", "" + rows);
    }

    /** Types words, or keys that tmux knows by a name. */
    void keys(String... keys) throws Exception {
      for (String key : keys) {
        // A semicolon at the end of an argument would end tmux's command.
        tmux("send-keys", key.replaceFirst(";$", "\\\\;"));
      }
    }

    /** Whether what is seen is more than plain text. */
    boolean coloured() throws Exception {
      return escapes().contains("\u001b[");
    }

    String escapes() throws Exception {
      return tmux("capture-pane", "-p", "-e");
    }

    boolean isOver() throws Exception {
      return tmux("list-panes", "-F", "#{pane_dead}").strip().equals("1");
    }

    /** The lines of what a person sees, whole where the terminal has folded them. */
    List<String> linesAsPrinted() throws Exception {
      return tmux("capture-pane", "-p", "-J").lines().filter(line -> !line.isBlank()).toList();
    }

    /** What a person sees, line by line. */
    List<String> lines() throws Exception {
      return screen().lines().toList();
    }

    String screen() throws Exception {
      return tmux("capture-pane", "-p");
    }

    private String tmux(String... arguments) throws IOException {
      String[] all = new String[arguments.length + 2];
      all[0] = "-S";
      all[1] = socket.toString();
      System.arraycopy(arguments, 0, all, 2, arguments.length);
      ProcessBuilder builder = new ProcessBuilder(tmux.toString()).redirectErrorStream(true);
      builder.command().addAll(List.of(all));
      builder.environment().put("LC_ALL", "C.UTF-8");
      builder.environment().remove("TMUX");
      Process process = builder.start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.onExit().join().exitValue()).as(said).isZero();
      return said;
    }

    @Override
    public void close() throws IOException {
      tmux("kill-server");
    }
  }
}
