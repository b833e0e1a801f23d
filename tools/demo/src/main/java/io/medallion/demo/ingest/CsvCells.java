package io.medallion.demo.ingest;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Cuts a CSV record into its cells (RFC 4180). */
final class CsvCells {
  private CsvCells() {}

  /** The cells, or empty where the record is no UTF-8 or a quote does not close at a cell's end. */
  static Optional<List<String>> of(byte[] line, char delimiter) {
    return decode(line).flatMap(text -> cells(text, delimiter));
  }

  private static Optional<String> decode(byte[] line) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(line))
              .toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  private static Optional<List<String>> cells(String text, char delimiter) {
    List<String> cells = new ArrayList<>();
    int at = 0;
    while (true) {
      boolean quoted = at < text.length() && text.charAt(at) == '"';
      int cellEnd = quoted ? closingQuote(text, at) + 1 : text.indexOf(delimiter, at);
      if (quoted && cellEnd == 0) {
        return Optional.empty();
      }
      int until = cellEnd < 0 ? text.length() : cellEnd;
      cells.add(
          quoted
              ? text.substring(at + 1, until - 1).replace("\"\"", "\"")
              : text.substring(at, until));
      if (until == text.length()) {
        return Optional.of(cells);
      }
      if (text.charAt(until) != delimiter) {
        return Optional.empty();
      }
      at = until + 1;
    }
  }

  /** Where the quote that opens at a position is closed; -1 where it is not. */
  private static int closingQuote(String text, int open) {
    int at = open + 1;
    while (true) {
      int quote = text.indexOf('"', at);
      if (quote < 0) {
        return -1;
      }
      if (quote + 1 < text.length() && text.charAt(quote + 1) == '"') {
        at = quote + 2;
      } else {
        return quote;
      }
    }
  }
}
