package io.medallion.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.common.error.ExitCode;
import io.medallion.e2e.faults.Program;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the shells make of the script that they complete by. */
class CompletionTest {
  @TempDir private Path home;
  private Path script;

  @BeforeEach
  void write() throws Exception {
    StringWriter out = new StringWriter();
    CommandContext context =
        new CommandContext(
            home, Map.of(), new PrintWriter(out, true), new PrintWriter(out, true), false);
    assertThat(Medallion.run(context, "completion", "bash")).isEqualTo(ExitCode.OK);
    script = Files.writeString(home.resolve("completion"), out.toString());
  }

  @Test
  void bashCompletesCommandsSubcommandsAndOptions() throws Exception {
    assertThat(completed("medallion que")).containsExactly("query");
    assertThat(completed("medallion quarantine re")).containsExactly("replay");
    assertThat(completed("medallion query --for")).containsExactly("--format");
    assertThat(completed("medallion bench dr")).containsExactly("drain");
    assertThat(completed("medallion completion z")).containsExactly("zsh");
  }

  private String[] completed(String line) throws Exception {
    String words = line.replace(" ", "' '");
    String said =
        Program.run(
            home,
            Program.find("bash"),
            "--norc",
            "-c",
            """
            source '%s'
            COMP_WORDS=('%s')
            COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 ))
            # Outside of a line that is edited bash says that there is nothing to set options of.
            _complete_medallion 2> /dev/null
            printf '%%s\\n' "${COMPREPLY[@]}"
            """
                .formatted(script, words));
    return said.lines().map(String::strip).distinct().toArray(String[]::new);
  }

  @Test
  void zshTakesTheSameScript() throws Exception {
    String said =
        Program.run(
            home,
            Program.find("zsh"),
            "-f",
            "-c",
            """
            autoload -Uz compinit
            compinit -u -d '%s/dump'
            source '%s'
            print ${_comps[medallion]}
            """
                .formatted(home, script));
    assertThat(said.strip()).contains("_bash_complete").contains("_complete_medallion");
  }
}
