package io.medallion.cli.prompt;

import java.util.Set;
import org.jline.reader.EOFError;
import org.jline.reader.ParsedLine;
import org.jline.reader.impl.DefaultParser;

/** A statement goes on over as many lines as it takes, up to a semicolon. */
final class StatementParser extends DefaultParser {
  /** What is no statement, and ends with its line. */
  static final Set<String> WORDS = Set.of("quit", "exit", "help");

  private static final String BETWEEN_WORDS = "(),=<>+-*/;";

  StatementParser() {
    // Quotes and backslashes are SQL's matter.
    setQuoteChars(new char[0]);
    setEscapeChars(new char[0]);
  }

  @Override
  public ParsedLine parse(String line, int cursor, ParseContext context) {
    if (context == ParseContext.ACCEPT_LINE && !isWhole(line)) {
      throw new EOFError(-1, cursor, "The statement goes on", ";");
    }
    return super.parse(line, cursor, context);
  }

  private static boolean isWhole(String line) {
    String text = line.strip();
    return text.isEmpty() || text.endsWith(";") || WORDS.contains(text);
  }

  @Override
  public boolean isDelimiterChar(CharSequence buffer, int at) {
    return super.isDelimiterChar(buffer, at) || BETWEEN_WORDS.indexOf(buffer.charAt(at)) >= 0;
  }
}
