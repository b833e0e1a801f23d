package io.medallion.demo.ingest;

import io.medallion.common.Sha256;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.UUID;

/**
 * Derives an event's id from its line's bytes and its number among equal lines of the file, so that
 * a second ingest of the file gives the same ids. One for each file.
 */
final class LineId {
  private final MessageDigest digest = Sha256.begin();
  private final LineOccurrences occurrences = new LineOccurrences();

  /** The id of the next such line: half of a SHA-256 in the form of a UUID (version 8). */
  String next(byte[] line) {
    byte[] ofLine = digest.digest(line);
    int number = occurrences.next(ByteBuffer.wrap(ofLine).getLong());
    digest.update(ofLine);
    ByteBuffer id = ByteBuffer.wrap(digest.digest(ByteBuffer.allocate(4).putInt(number).array()));
    long high = (id.getLong() & ~0xF000L) | 0x8000L;
    long low = (id.getLong() & 0x3FFFFFFFFFFFFFFFL) | 0x8000000000000000L;
    return new UUID(high, low).toString();
  }
}
