package io.medallion.silver.enrich;

import com.maxmind.db.Metadata;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Whether a MaxMind database is whole. The format has no checksum and its reader believes what it
 * meets, so that a damaged file often answers wrongly instead of failing.
 *
 * <p>Every node is walked, and the data must be records, one behind the other, to each of which the
 * tree leads. What cannot be known: that a text or a number was another one, that a pointer led to
 * another value, or a network to another record.
 */
final class GeoDatabaseCheck {
  /** Looks up one address of a record. */
  interface RecordReader {
    /** Fails if the record is not what it should be. */
    void read(InetAddress address) throws IOException;
  }

  private static final byte[] METADATA =
      "\u00ab\u00cd\u00efMaxMind.com".getBytes(StandardCharsets.ISO_8859_1);
  private static final int SEPARATOR = 16;
  private static final Instant EARLIEST_BUILD = Instant.parse("2000-01-01T00:00:00Z");

  /** By how much the clock of who built it may be ahead of ours. */
  private static final Duration CLOCKS_DIFFER = Duration.ofDays(366);

  /** The height of a node that is being walked. */
  private static final byte OPEN = -1;

  private final byte[] file;
  private final Metadata metadata;
  private final int nodes;
  private final int bits;
  private final RecordReader reader;
  private final int treeLength;
  private final MmdbValues data;

  /** Of each node the length of the longest way down from it; 0 if none was there yet. */
  private final byte[] heights;

  private final byte[] address;
  private final BitSet records = new BitSet();

  private GeoDatabaseCheck(byte[] file, Metadata metadata, RecordReader reader) throws IOException {
    this.file = file;
    this.metadata = metadata;
    this.reader = reader;
    int version = metadata.ipVersion();
    if (version != 4 && version != 6) {
      throw new IOException("its addresses are of version " + version);
    }
    this.bits = version == 4 ? 32 : 128;
    this.address = new byte[bits / 8];
    int size = metadata.recordSize();
    if (size != 24 && size != 28 && size != 32) {
      throw new IOException("its tree has records of " + size + " bits");
    }
    int dataEnd = startOfMetadata(file);
    long length = metadata.nodeCount() * size / 4;
    if (metadata.nodeCount() < 1 || length + SEPARATOR > dataEnd) {
      throw new IOException("a tree of " + metadata.nodeCount() + " nodes does not fit into it");
    }
    this.nodes = (int) metadata.nodeCount();
    this.treeLength = (int) length;
    this.heights = new byte[nodes];
    this.data = new MmdbValues(file, treeLength + SEPARATOR, dataEnd);
  }

  /**
   * Checks what a reader reads when it opens a database.
   *
   * @throws IOException with the reason if it is damaged
   */
  static void checkMetadata(byte[] file) throws IOException {
    MmdbValues values = new MmdbValues(file, startOfMetadata(file) + METADATA.length, file.length);
    if (values.map(0) != values.length()) {
      throw new IOException("something follows its metadata");
    }
  }

  /**
   * Checks a database that its reader has opened.
   *
   * @param reader is given an address of each record, once the record's bytes are known to be whole
   * @throws IOException with the reason if it is damaged
   */
  static void check(byte[] file, Metadata metadata, RecordReader reader) throws IOException {
    new GeoDatabaseCheck(file, metadata, reader).check();
  }

  private void check() throws IOException {
    Instant build = metadata.buildTime();
    if (build.isBefore(EARLIEST_BUILD) || build.isAfter(Instant.now().plus(CLOCKS_DIFFER))) {
      throw new IOException("it claims to be built at " + build);
    }
    for (int i = treeLength; i < treeLength + SEPARATOR; i++) {
      if (file[i] != 0) {
        throw new IOException("its tree does not end where its data begins");
      }
    }
    descend(0, 0);
    int lost = 0;
    for (byte height : heights) {
      lost += height == 0 ? 1 : 0;
    }
    if (lost > 0) {
      throw new IOException(lost + " nodes of its tree are under no address");
    }
    int met = 0;
    for (int place = 0; place < data.length(); place = data.map(place)) {
      if (!records.get(place)) {
        throw new IOException("the record at " + place + " of its data is under no address");
      }
      met++;
    }
    if (met < records.cardinality()) {
      throw new IOException(records.cardinality() - met + " records are inside of others");
    }
  }

  /** The last place where it may begin, which is where its reader looks. */
  private static int startOfMetadata(byte[] file) throws IOException {
    for (int at = file.length - METADATA.length; at >= 0; at--) {
      if (Arrays.equals(file, at, at + METADATA.length, METADATA, 0, METADATA.length)) {
        return at;
      }
    }
    throw new IOException("it has no metadata");
  }

  /** Walks what is below a node, once only, and returns how far down that goes. */
  private int descend(int node, int depth) throws IOException {
    if (heights[node] == OPEN) {
      throw new IOException("node " + node + " of its tree is below itself");
    }
    int known = heights[node] & 0xFF;
    if (depth + Math.max(known, 1) > bits) {
      throw new IOException("its tree is deeper than an address has bits");
    }
    if (known > 0) {
      return known;
    }
    heights[node] = OPEN;
    int left = below(node, 0, depth);
    address[depth / 8] |= (byte) (0x80 >>> depth % 8);
    int right = below(node, 1, depth);
    address[depth / 8] &= (byte) ~(0x80 >>> depth % 8);
    int height = 1 + Math.max(left, right);
    heights[node] = (byte) height;
    return height;
  }

  private int below(int node, int side, int depth) throws IOException {
    long record = record(node, side);
    if (record < nodes) {
      return descend((int) record, depth + 1);
    }
    if (record > nodes) {
      checkRecord(node, record - nodes - SEPARATOR);
    }
    return 0;
  }

  private void checkRecord(int node, long place) throws IOException {
    if (place < 0 || place >= data.length()) {
      throw new IOException("node " + node + " of its tree points out of the data");
    }
    if (!records.get((int) place)) {
      records.set((int) place);
      data.map((int) place);
      reader.read(InetAddress.getByAddress(address.clone()));
    }
  }

  /** What one side of a node points to. */
  private long record(int node, int side) {
    int size = metadata.recordSize() / 4;
    int at = node * size + side * (size == 7 ? 4 : size / 2);
    return switch (size) {
      case 6 -> unsigned(at, 3);
      case 8 -> unsigned(at, 4);
      default -> {
        // The highest four bits of both are in the byte between them.
        int middle = file[node * size + 3] & 0xFF;
        yield unsigned(at, 3) | (long) (side == 0 ? middle >>> 4 : middle & 15) << 24;
      }
    };
  }

  private long unsigned(int at, int bytes) {
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value = value << 8 | (file[at + i] & 0xFF);
    }
    return value;
  }
}
