package io.medallion.silver.enrich;

import com.maxmind.db.Metadata;
import com.maxmind.db.Reader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;

/**
 * The bytes of a whole database that can change without anyone noticing: those of texts, numbers
 * and pointers, and the tree's records that lead to data, to nothing, or to a node that others lead
 * to, too, which is how IPv4 is found under several IPv6 networks.
 */
final class MmdbContent {
  private final byte[] file;
  private final BitSet content = new BitSet();

  private MmdbContent(byte[] file) {
    this.file = file;
  }

  static BitSet of(byte[] file) throws IOException {
    MmdbContent content = new MmdbContent(file);
    Metadata metadata;
    try (Reader reader = new Reader(new ByteArrayInputStream(file))) {
      metadata = reader.getMetadata();
    }
    if (metadata.recordSize() != 24) {
      throw new IllegalArgumentException("records of " + metadata.recordSize() + " bits");
    }
    int nodes = (int) metadata.nodeCount();
    int tree = nodes * 6;
    int[] ways = new int[1 << 24];
    for (int at = 0; at < tree; at += 3) {
      ways[content.record(at)]++;
    }
    for (int at = 0; at < tree; at += 3) {
      if (content.record(at) >= nodes || ways[content.record(at)] > 1) {
        content.content.set(at, at + 3);
      }
    }
    int end = new String(file, StandardCharsets.ISO_8859_1).lastIndexOf("\u00ab\u00cd\u00efMax");
    content.values(tree + 16, end);
    content.values(end + 14, file.length);
    return content.content;
  }

  private int record(int at) {
    return (file[at] & 0xFF) << 16 | (file[at + 1] & 0xFF) << 8 | (file[at + 2] & 0xFF);
  }

  private void values(int from, int until) {
    for (int at = from; at < until; ) {
      at = value(at);
    }
  }

  /** Values lie one behind the other: what a map holds needs no looking for. */
  private int value(int from) {
    int at = from + 1;
    int type = (file[from] & 0xFF) >> 5;
    int size = file[from] & 31;
    if (type == 1) {
      content.set(from, at + 1 + (size >> 3));
      return at + 1 + (size >> 3);
    }
    if (type == 0) {
      type = file[at++] + 7;
    }
    if (size == 29) {
      size = 29 + (file[at++] & 0xFF);
    }
    if (type == 7 || type == 11) {
      return at;
    }
    content.set(at, at + size);
    return at + size;
  }
}
