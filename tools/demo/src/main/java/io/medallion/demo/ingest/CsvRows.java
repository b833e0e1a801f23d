package io.medallion.demo.ingest;

import com.univocity.parsers.common.TextParsingException;
import com.univocity.parsers.csv.CsvParser;
import com.univocity.parsers.csv.CsvParserSettings;
import com.univocity.parsers.csv.UnescapedQuoteHandling;
import java.io.IOException;
import java.io.InputStream;

/**
 * Reads CSV (RFC 4180) row by row. Blanks around cells and quotes are no part of them; blank lines
 * are left out. Holds one row at a time.
 *
 * <p>A row whose quotes are not in order is given as it is, up to the end of the line where that
 * was found. A quote that is never closed would swallow the rest of the file: there the row is the
 * line that it began on, and reading goes on behind that.
 */
final class CsvRows {
  static final int MOST_CELLS = 20_000;

  private static final int BUFFER = 1 << 15;

  /**
   * A row.
   *
   * @param line its bytes
   * @param cells bytes as characters, null if empty; null if the row has trouble
   * @param trouble why its cells cannot be told; null if they can
   */
  @SuppressWarnings("ArrayRecordComponent") // Compared by nobody.
  record Row(Line line, String[] cells, String trouble) {}

  private final int limit;
  private final ByteReader bytes;
  private final CsvParser parser;
  private long parserFrom;
  private long number;

  /**
   * @param limit the longest row in bytes
   * @param number of the first line
   */
  CsvRows(InputStream in, char delimiter, int limit, long number) {
    this.limit = limit;
    this.number = number;
    bytes = new ByteReader(in, limit);
    parser = new CsvParser(settings(delimiter));
    begin();
  }

  private static CsvParserSettings settings(char delimiter) {
    CsvParserSettings settings = new CsvParserSettings();
    settings.setReadInputOnSeparateThread(false);
    settings.setAutoConfigurationEnabled(false);
    settings.setInputBufferSize(BUFFER);
    settings.setMaxColumns(MOST_CELLS);
    // The reader below bounds a row as a whole.
    settings.setMaxCharsPerColumn(-1);
    settings.setSkipEmptyLines(false);
    settings.setCommentProcessingEnabled(false);
    settings.setSkipBitsAsWhitespace(false);
    settings.setNormalizeLineEndingsWithinQuotes(false);
    settings.setUnescapedQuoteHandling(UnescapedQuoteHandling.RAISE_ERROR);
    settings.setErrorContentLength(0);
    settings.getFormat().setLineSeparator("\n");
    settings.getFormat().setNormalizedNewline('\n');
    settings.getFormat().setDelimiter(delimiter);
    return settings;
  }

  /** The next row; null at the end. */
  Row next() throws IOException {
    while (true) {
      Row row = row();
      if (row == null || row.line().isTooLong() || !Line.isBlank(row.line().bytes())) {
        return row;
      }
    }
  }

  private Row row() throws IOException {
    String[] cells;
    try {
      cells = parser.parseNext();
    } catch (TextParsingException e) {
      return troubled(e);
    }
    if (cells == null || isGuard(cells)) {
      return null;
    }
    if (bytes.isAtEnd() && holdsGuard(cells)) {
      return lineAlone("a quote is opened and never closed");
    }
    long until = parserFrom + parser.getContext().currentChar();
    return new Row(taken((int) (until - bytes.startAt())), cells, null);
  }

  private static boolean isGuard(String[] cells) {
    return cells.length == 1
        && cells[0] != null
        && cells[0].length() == 1
        && cells[0].charAt(0) == ByteReader.GUARD;
  }

  private static boolean holdsGuard(String[] cells) {
    String last = cells[cells.length - 1];
    return last != null && last.indexOf(ByteReader.GUARD) >= 0;
  }

  private Row troubled(TextParsingException e) throws IOException {
    if (bytes.failure() != null) {
      throw bytes.failure();
    }
    if (bytes.isOverlong()) {
      int lineEnd = bytes.lineEnd(0);
      return lineEnd < 0 || lineEnd > limit
          ? tooLong()
          : lineAlone("a quote is opened and not closed within %,d bytes".formatted(limit));
    }
    boolean tooMany = e.getCause() instanceof ArrayIndexOutOfBoundsException;
    // The parser has looked at one character behind the quote.
    int foundAt = (int) (parserFrom + e.getCharIndex() - bytes.startAt()) - 1;
    int lineEnd = bytes.lineEndBehind(foundAt);
    if (lineEnd < 0 && bytes.available() > limit) {
      return tooLong();
    }
    return without(
        lineEnd < 0 ? bytes.available() : lineEnd + 1,
        tooMany
            ? "it has more than %,d cells".formatted(MOST_CELLS)
            : "a quote inside a quoted cell is not doubled, or something follows the closing one");
  }

  private Row lineAlone(String trouble) {
    int lineEnd = bytes.lineEnd(0);
    return without(lineEnd < 0 ? bytes.available() : lineEnd + 1, trouble);
  }

  private Row without(int length, String trouble) {
    Row row = new Row(taken(length), null, trouble);
    begin();
    return row;
  }

  private Row tooLong() throws IOException {
    long length = bytes.passLine();
    Row row = new Row(new Line(number++, null, length, true), null, "it is too long");
    begin();
    return row;
  }

  private void begin() {
    bytes.rewind();
    parserFrom = bytes.startAt();
    parser.beginParsing(bytes);
  }

  /** The row of so many bytes, its line end among them. */
  private Line taken(int length) {
    long first = number;
    number += bytes.lineEnds(length);
    boolean isEnded = bytes.endsWith(length, '\n');
    int until = isEnded ? length - 1 : Math.min(length, bytes.available());
    until -= bytes.endsWith(until, '\r') ? 1 : 0;
    byte[] row = bytes.bytes(until);
    bytes.pass(length);
    return new Line(first, row, until, isEnded);
  }
}
