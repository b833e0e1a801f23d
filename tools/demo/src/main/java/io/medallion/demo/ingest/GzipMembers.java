package io.medallion.demo.ingest;

import java.io.IOException;
import java.io.InputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/**
 * Unpacks every member of a gzip file, one behind the other. Zeros behind the last one are padding;
 * anything else that is no member is an error: what came behind it would be lost.
 */
final class GzipMembers extends InputStream {
  private final PlacedInput file;
  private InputStream member;
  private long memberAt;

  GzipMembers(PlacedInput file) throws IOException {
    this.file = file;
    open();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    while (member != null) {
      int read = readMember(bytes, offset, length);
      if (read >= 0) {
        return read;
      }
      next();
    }
    return -1;
  }

  private int readMember(byte[] bytes, int offset, int length) throws IOException {
    try {
      return member.read(bytes, offset, length);
    } catch (IOException e) {
      throw broken(e);
    }
  }

  private void next() throws IOException {
    member = null;
    byte[] one = file.peek(1);
    if (one.length > 0 && one[0] == 0) {
      passPadding();
    } else if (one.length > 0) {
      open();
    }
  }

  private void passPadding() throws IOException {
    long at = file.position();
    for (int b = file.read(); b >= 0; b = file.read()) {
      if (b != 0) {
        throw new SpoiledFile(
            "Its gzip member ends at byte %,d, and behind zeros something stands at byte %,d."
                .formatted(at, file.position() - 1),
            remedy());
      }
    }
  }

  private void open() throws IOException {
    memberAt = file.position();
    try {
      member = new GzipCompressorInputStream(file);
    } catch (IOException e) {
      throw broken(e);
    }
  }

  private SpoiledFile broken(IOException e) {
    return new SpoiledFile(
        "Its gzip member that begins at byte %,d is broken or cut off (read up to byte %,d): %s"
            .formatted(memberAt, file.position(), e.getMessage() == null ? e : e.getMessage()),
        remedy(),
        e);
  }

  private static String remedy() {
    return "Get the file again whole (gzip -t tells); ingesting it twice doubles nothing.";
  }
}
