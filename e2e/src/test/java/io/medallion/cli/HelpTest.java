package io.medallion.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.common.error.ExitCode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** What every command says of itself and of a wrong line, in a window of 80 columns. */
class HelpTest {
  private static final String EXAMPLE = "Example:";

  /** A word of a line, in quotes or not. */
  private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");

  private static final Pattern CLASS_NAME =
      Pattern.compile("\\b(java|io\\.medallion|picocli|org)\\.[\\w.]*[A-Z]\\w+|Exception\\b");

  /** Those whose values are texts or files, of which any may be right. */
  private static final Set<Class<?>> OPEN =
      Set.of(String.class, String[].class, Path.class, List.class);

  @TempDir private Path home;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  /** The names of every command, of benchmarks too, as one would type them. */
  static Stream<List<String>> commands() {
    List<List<String>> lines = new ArrayList<>();
    collect(Medallion.commandLine(context(Path.of(""), new StringWriter())), List.of(), lines);
    return lines.stream();
  }

  private static void collect(CommandLine line, List<String> path, List<List<String>> lines) {
    line.getSubcommands()
        .forEach(
            (name, sub) -> {
              if (!name.equals("help")) {
                List<String> names = new ArrayList<>(path);
                names.add(name);
                lines.add(List.copyOf(names));
                collect(sub, names, lines);
              }
            });
  }

  @ParameterizedTest
  @MethodSource("commands")
  void helpFitsEightyColumnsAndEndsWithAnExample(List<String> command) {
    assertThat(run(with(command, "--help"))).isEqualTo(ExitCode.OK);
    List<String> lines = out.toString().lines().toList();
    assertThat(lines).allMatch(line -> line.length() <= Medallion.HELP_WIDTH);
    assertThat(lines.get(0)).startsWith("Usage: medallion " + String.join(" ", command));
    assertThat(lines).contains(EXAMPLE);
    assertThat(out.toString()).doesNotContain("null").doesNotContainPattern(CLASS_NAME);
    assertThat(err.toString()).isEmpty();
  }

  /** A line that breaks in the middle of a sentence goes to the edge: nobody broke it by hand. */
  @ParameterizedTest
  @MethodSource("commands")
  void whatAnOptionIsForIsASentenceThatFillsItsLines(List<String> command) {
    for (ArgSpec argument : shown(command)) {
      assertThat(argument.description()).as(argument.toString()).hasSize(1);
      assertThat(argument.description()[0]).as(argument.toString()).matches("(?s)[A-Z-].*\\.");
    }
    for (String part : line(command).getCommandSpec().usageMessage().description()) {
      assertThat(part).matches("(?s).*\\.");
    }
  }

  @ParameterizedTest
  @MethodSource("commands")
  void anOptionThatHasADefaultNamesIt(List<String> command) {
    for (ArgSpec argument : shown(command)) {
      boolean hasOne = argument.defaultValue() != null && !argument.defaultValue().isEmpty();
      if (hasOne && argument.arity().max() > 0) {
        assertThat(argument.description()[0])
            .as("the default of %s", argument)
            .containsAnyOf("default: ", "Default: ");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("commands")
  void itsExamplesAreLinesThatItTakes(List<String> command) {
    List<String> footer = Arrays.asList(line(command).getCommandSpec().usageMessage().footer());
    List<String> examples =
        footer.stream().filter(line -> line.matches("  .*\\bmedallion .*")).toList();
    assertThat(examples).isNotEmpty();
    for (String example : examples) {
      if (!example.contains("{")) {
        CommandLine root = Medallion.commandLine(context(home, err));
        List<String> words = words(example);
        root.parseArgs(SettingFlags.joinOpenSettings(words).toArray(String[]::new));
      }
    }
  }

  /** The words behind {@code medallion}, up to a comment or what the shell does with the output. */
  private static List<String> words(String example) {
    String line =
        example
            .substring(example.indexOf("medallion ") + "medallion ".length())
            .replaceFirst(" +(#|>|\\||\\)).*", "");
    return WORD.matcher(line)
        .results()
        .map((MatchResult word) -> word.group(1) == null ? word.group(2) : word.group(1))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void anUnknownOptionAndAWrongValueEndWithTwoInPlainWords(List<String> command) {
    List<List<String>> wrong = new ArrayList<>(List.of(with(command, "--no-such-option")));
    for (ArgSpec argument : shown(command)) {
      if (!OPEN.contains(argument.type()) && argument.arity().max() > 0) {
        wrong.add(
            argument instanceof OptionSpec option
                ? with(command, option.longestName() + "=so?")
                : with(command, words((PositionalParamSpec) argument)));
      }
    }
    for (List<String> line : wrong) {
      err.getBuffer().setLength(0);
      assertThat(run(line)).as(line.toString()).isEqualTo(ExitCode.USAGE);
      assertThat(err.toString())
          .as(line.toString())
          .startsWith("error[")
          .contains("remedy:", "--help")
          .doesNotContainPattern(CLASS_NAME);
    }
    assertThat(out.toString()).isEmpty();
  }

  private static String[] words(PositionalParamSpec parameter) {
    String[] words = new String[parameter.index().min() + 1];
    Arrays.fill(words, "so?");
    return words;
  }

  @Test
  void theFirstPageHasEveryCommandAndFitsAsWell() {
    assertThat(run(List.of())).isEqualTo(ExitCode.OK);
    assertThat(out.toString().lines()).allMatch(line -> line.length() <= Medallion.HELP_WIDTH);
    commands()
        .filter(command -> command.size() == 1)
        .forEach(command -> assertThat(out.toString()).contains("\n  " + command.get(0) + " "));
  }

  private List<ArgSpec> shown(List<String> command) {
    return line(command).getCommandSpec().args().stream()
        .filter(argument -> !argument.hidden())
        .toList();
  }

  private CommandLine line(List<String> command) {
    CommandLine line = Medallion.commandLine(context(home, err));
    for (String name : command) {
      line = line.getSubcommands().get(name);
    }
    return line;
  }

  private static List<String> with(List<String> command, String... more) {
    List<String> line = new ArrayList<>(command);
    line.addAll(List.of(more));
    return line;
  }

  private int run(List<String> line) {
    CommandContext context =
        new CommandContext(
            home, Map.of(), new PrintWriter(out, true), new PrintWriter(err, true), false);
    return Medallion.run(context, line.toArray(String[]::new));
  }

  private static CommandContext context(Path home, StringWriter said) {
    return new CommandContext(
        home, Map.of(), new PrintWriter(said, true), new PrintWriter(said, true), false);
  }
}
