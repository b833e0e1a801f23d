package io.medallion.cli;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Every command of the program, whichever module brings it. */
class EveryCommandTest {
  private static final Path HOUSE = Path.of("..");

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

  /** What is wrong with a value is said without the names that Java has for it. */
  @Test
  void aWrongValueIsRefusedInPlainWords() {
    int refused = 0;
    for (CommandLine command : all(commandLine())) {
      for (OptionSpec option : command.getCommandSpec().options()) {
        if (option.hidden() || option.arity().max() == 0) {
          continue;
        }
        try {
          List<String> line =
              new ArrayList<>(List.of(command.getCommandSpec().qualifiedName().split(" ")));
          line.addAll(List.of(option.longestName(), "no-such-value"));
          commandLine().parseArgs(line.subList(1, line.size()).toArray(String[]::new));
        } catch (CommandLine.ParameterException e) {
          assertThat(e.getMessage())
              .as(command.getCommandName())
              .doesNotContain("Exception", "LocalDate", " int", " long", " double", "java.");
          refused++;
        }
      }
    }
    assertThat(refused).isGreaterThan(20);
  }

  private static List<CommandLine> all(CommandLine command) {
    List<CommandLine> found = new ArrayList<>(List.of(command));
    command.getSubcommands().values().forEach(sub -> found.addAll(all(sub)));
    return found;
  }

  @Test
  void everyCommandOfThePagesParses() throws IOException {
    int commands = 0;
    List<String> broken = new ArrayList<>();
    for (Path page : pages()) {
      for (String command : commands(page)) {
        try {
          parse(command);
        } catch (CommandLine.ParameterException e) {
          broken.add("%s: ./medallion %s: %s".formatted(page, command, e.getMessage()));
        }
        commands++;
      }
    }
    assertThat(broken).isEmpty();
    assertThat(commands).isGreaterThan(50);
  }

  @Test
  void thePagesToStartWithShowEveryCommand() throws IOException {
    TreeSet<String> shown = new TreeSet<>();
    for (String page : List.of("README.md", "docs/quickstart.md", "docs/operating.md")) {
      commands(HOUSE.resolve(page)).forEach(command -> shown.add(command.split(" ", 2)[0]));
    }
    TreeSet<String> known = new TreeSet<>(commandLine().getSubcommands().keySet());
    known.remove("help");
    assertThat(shown).isEqualTo(known);
  }

  private static List<Path> pages() throws IOException {
    try (Stream<Path> docs = Files.walk(HOUSE.resolve("docs"))) {
      return Stream.concat(
              Stream.of(HOUSE.resolve("README.md"), HOUSE.resolve("CONTRIBUTING.md")),
              docs.filter(page -> page.toString().endsWith(".md")).sorted())
          .toList();
    }
  }

  private static List<String> commands(Path page) throws IOException {
    return COMMAND
        .matcher(Files.readString(page).replace("\\\n", ""))
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
        new CommandContext(Path.of("").toAbsolutePath(), Map.of(), nowhere, nowhere, false));
  }
}
