package io.medallion.cli.prompt;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collection;
import java.util.Optional;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.completer.StringsCompleter;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/** Reads statements that a person types. */
public final class Prompt implements AutoCloseable {
  private static final String FIRST = "medallion> ";
  private static final String FURTHER = "      ...> ";

  private final Terminal terminal;
  private final LineReader reader;

  private Prompt(Terminal terminal, LineReader reader) {
    this.terminal = terminal;
    this.reader = reader;
  }

  /**
   * At this process's terminal.
   *
   * @param history where lines are kept from one time to the next, readable by its owner alone
   * @param words that the tab key completes, whatever their case
   */
  public static Prompt open(Path history, Collection<String> words) throws IOException {
    return at(TerminalBuilder.builder().system(true).build(), history, words);
  }

  static Prompt at(Terminal terminal, Path history, Collection<String> words) throws IOException {
    makePrivate(history);
    LineReader reader =
        LineReaderBuilder.builder()
            .appName("medallion")
            .terminal(terminal)
            .parser(new StatementParser())
            .completer(new StringsCompleter(words))
            .option(LineReader.Option.CASE_INSENSITIVE, true)
            .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
            .variable(LineReader.HISTORY_FILE, history)
            .variable(LineReader.SECONDARY_PROMPT_PATTERN, FURTHER)
            .build();
    return new Prompt(terminal, reader);
  }

  private static void makePrivate(Path history) throws IOException {
    if (!Files.exists(history)) {
      if (history.getFileSystem().supportedFileAttributeViews().contains("posix")) {
        Files.createFile(
            history,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      } else {
        Files.createFile(history);
      }
    }
  }

  /**
   * The next statement, without its semicolon, or one of the words {@code help}; waits for it.
   * Ctrl-C forgets what has been typed of one.
   *
   * @return empty when there are no more: after Ctrl-D, {@code quit} or {@code exit}
   */
  public Optional<String> next() {
    while (true) {
      try {
        String text = reader.readLine(FIRST).strip().replaceFirst(";+$", "").strip();
        if (text.equals("quit") || text.equals("exit")) {
          return Optional.empty();
        }
        if (!text.isEmpty()) {
          return Optional.of(text);
        }
      } catch (UserInterruptException e) {
        // The line is forgotten; the next one begins.
      } catch (EndOfFileException e) {
        return Optional.empty();
      }
    }
  }

  @Override
  public void close() throws IOException {
    reader.getHistory().save();
    terminal.close();
  }
}
