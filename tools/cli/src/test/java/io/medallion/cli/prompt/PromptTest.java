package io.medallion.cli.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jline.terminal.impl.DumbTerminal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is made of typed lines; keys and the window are TerminalIT's matter. */
class PromptTest {
  @TempDir Path folder;

  @Test
  void aStatementGoesOnUpToItsSemicolonAndQuitEnds() throws Exception {
    assertThat(typed("select 1\n  + 1;\n\n;\nselect ';' ;\nhelp\nquit\nselect 2;\n"))
        .containsExactly("select 1\n  + 1", "select ';'", "help");
  }

  @Test
  void quotesBackslashesAndExclamationMarksAreThoseOfTheStatement() throws Exception {
    assertThat(typed("select '!x' as \"a\", '\\\\d', 'it''s';\n"))
        .containsExactly("select '!x' as \"a\", '\\\\d', 'it''s'");
  }

  @Test
  void whatWasTypedIsThereTheNextTimeForItsOwnerAlone() throws Exception {
    typed("select 1;\nquit\n");
    typed("select 2;\nquit\n");
    Path history = folder.resolve("history");
    assertThat(Files.readString(history)).contains("select 1;", "select 2;");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(history)))
        .isEqualTo("rw-------");
  }

  private List<String> typed(String text) throws IOException {
    DumbTerminal terminal =
        new DumbTerminal(
            new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)),
            new ByteArrayOutputStream());
    List<String> statements = new ArrayList<>();
    try (Prompt prompt = Prompt.at(terminal, folder.resolve("history"), List.of("select"))) {
      for (Optional<String> one = prompt.next(); one.isPresent(); one = prompt.next()) {
        statements.add(one.get());
      }
    }
    return statements;
  }
}
