package io.medallion.demo.ingest;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Pieces of a text, by its bytes, that something else is put in the place of. */
final class Edits {
  /** An insertion comes before what is put in the place of the byte that it stands before. */
  private static final Comparator<Edit> ORDER =
      Comparator.comparingInt(Edit::from).thenComparingInt(Edit::until);

  @SuppressWarnings("ArrayRecordComponent") // Compared by nobody.
  private record Edit(int from, int until, byte[] text) {}

  private final List<Edit> edits = new ArrayList<>();

  void insert(int at, String text) {
    replace(at, at, text);
  }

  void replace(int from, int until, String text) {
    edits.add(new Edit(from, until, text.getBytes(StandardCharsets.UTF_8)));
  }

  /** The text with what is put in; itself if that is nothing. */
  byte[] in(byte[] text) {
    if (edits.isEmpty()) {
      return text;
    }
    edits.sort(ORDER);
    ByteArrayOutputStream out = new ByteArrayOutputStream(text.length + 64);
    int at = 0;
    for (Edit edit : edits) {
      out.write(text, at, edit.from() - at);
      out.writeBytes(edit.text());
      at = edit.until();
    }
    out.write(text, at, text.length - at);
    return out.toByteArray();
  }
}
