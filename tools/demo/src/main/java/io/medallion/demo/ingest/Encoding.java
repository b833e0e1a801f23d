package io.medallion.demo.ingest;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.commons.io.input.ReaderInputStream;

/** Makes UTF-8 of a text: by its byte order mark, or by what the user says it is. */
final class Encoding {
  private record Mark(List<Integer> bytes, Charset charset) {
    boolean begins(byte[] start) {
      for (int i = 0; i < bytes.size(); i++) {
        if (i >= start.length || (start[i] & 0xFF) != bytes.get(i)) {
          return false;
        }
      }
      return true;
    }
  }

  private static final int LONGEST_MARK = 4;

  /** The longer ones first: UTF-32's begins like UTF-16's. */
  private static final List<Mark> STATE =
      List.of(
          new Mark(List.of(0xFF, 0xFE, 0, 0), Charset.forName("UTF-32LE")),
          new Mark(List.of(0, 0, 0xFE, 0xFF), Charset.forName("UTF-32BE")),
          new Mark(List.of(0xEF, 0xBB, 0xBF), StandardCharsets.UTF_8),
          new Mark(List.of(0xFF, 0xFE), StandardCharsets.UTF_16LE),
          new Mark(List.of(0xFE, 0xFF), StandardCharsets.UTF_16BE));

  private Encoding() {}

  /**
   * The text in UTF-8, without its byte order mark. What claims to be UTF-8 is not looked at.
   *
   * @param given what it is if no mark says otherwise
   */
  static PlacedInput utf8(InputStream in, Charset given) throws IOException {
    PlacedInput text = in instanceof PlacedInput placed ? placed : new PlacedInput(in);
    byte[] start = text.peek(LONGEST_MARK);
    for (Mark mark : STATE) {
      if (mark.begins(start)) {
        text.skipNBytes(mark.bytes().size());
        return transcoded(text, mark.charset());
      }
    }
    if (given.equals(StandardCharsets.UTF_8)) {
      refuseUnmarked(start);
    }
    return transcoded(text, given);
  }

  private static PlacedInput transcoded(PlacedInput text, Charset charset) throws IOException {
    if (charset.equals(StandardCharsets.UTF_8)) {
      return text;
    }
    return new PlacedInput(
        ReaderInputStream.builder()
            .setReader(
                new InputStreamReader(
                    text,
                    charset
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT)))
            .setCharset(StandardCharsets.UTF_8)
            .get());
  }

  private static void refuseUnmarked(byte[] start) throws SpoiledFile {
    for (int i = 0; i < start.length; i++) {
      if (start[i] == 0) {
        throw new SpoiledFile(
            "Its byte %d is 0: it looks like UTF-16 without a byte order mark.".formatted(i),
            "Say which it is: --encoding %s".formatted(i % 2 == 0 ? "UTF-16BE" : "UTF-16LE"));
      }
    }
  }
}
