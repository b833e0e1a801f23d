package io.medallion.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** Every command of the program, whichever module brings it. */
class EveryCommandTest {
  /** In a block of code up to a comment or the line's end, in a sentence up to the backtick. */
  private static final Pattern COMMAND = Pattern.compile("\\./medallion((?: +[^\\s#`]+)*)");

  @Test
  void theHelpNamesEachAndEachHasAnExample() {
    Map<String, CommandLine> commands = commandLine().getSubcommands();
    commands.remove("help");
    assertThat(commands).containsKeys("bronze", "bench");
    commands.forEach(
        (name, command) -> {
          assertThat(Medallion.help()).containsPattern("(?m)^  " + name + " +\\S");
          assertThat(command.getUsageMessage()).contains("Example:", "medallion " + name);
        });
  }

  @Test
  void everyCommandOfTheReadmeParses() throws IOException {
    List<String> commands = commands();
    assertThat(commands).hasSizeGreaterThan(8);
    for (String command : commands) {
      assertThatCode(() -> parse(command)).as("./medallion %s", command).doesNotThrowAnyException();
    }
  }

  @Test
  void theReadmeShowsEveryCommand() throws IOException {
    TreeSet<String> shown = new TreeSet<>();
    commands().forEach(command -> shown.add(command.split(" ", 2)[0]));
    TreeSet<String> known = new TreeSet<>(commandLine().getSubcommands().keySet());
    known.remove("help");
    assertThat(shown).isEqualTo(known);
  }

  @Test
  void everyCommandInTheBlocksOfTheDocsParses() throws IOException {
    List<String> commands = new ArrayList<>();
    try (Stream<Path> docs = Files.list(Path.of("../../docs"))) {
      for (Path page : docs.filter(doc -> doc.toString().endsWith(".md")).toList()) {
        COMMAND
            .matcher(
                Files.readString(page)
                    .lines()
                    .filter(line -> line.startsWith("    ./medallion"))
                    .collect(Collectors.joining("\n")))
            .results()
            .map(match -> match.group(1).strip())
            .forEach(commands::add);
      }
    }
    assertThat(commands).hasSizeGreaterThan(8);
    for (String command : commands) {
      assertThatCode(() -> parse(command)).as("./medallion %s", command).doesNotThrowAnyException();
    }
  }

  private static List<String> commands() throws IOException {
    String readme = Files.readString(Path.of("../README.md")).replace("\\\n", "");
    return COMMAND
        .matcher(readme)
        .results()
        .map((MatchResult match) -> match.group(1).strip())
        .filter(command -> !command.isEmpty())
        .toList();
  }

  private static void parse(String command) {
    List<String> args = SettingFlags.joinOpenSettings(List.of(command.split(" +", -1)));
    commandLine().parseArgs(args.toArray(String[]::new));
  }

  private static CommandLine commandLine() {
    PrintWriter nowhere = new PrintWriter(new StringWriter());
    return Medallion.commandLine(
        new Surroundings(Path.of("").toAbsolutePath(), Map.of(), nowhere, nowhere, false));
  }
}
