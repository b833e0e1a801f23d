package io.medallion.demo.ingest;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** Tells how a file is packed, by its first bytes, and unpacks gzip. */
final class Packing {
  /** A way of packing that is not taken, and how else. */
  private record Foreign(String magic, String name, String remedy) {}

  private static final int LONGEST_MAGIC = 6;
  private static final byte[] GZIP = {0x1f, (byte) 0x8b};
  private static final List<Foreign> FOREIGN =
      List.of(
          new Foreign("504b0304", "a zip archive or an Excel workbook", piped("unzip -p")),
          new Foreign("fd377a585a00", "packed with xz", piped("xz -dc")),
          new Foreign("425a68", "packed with bzip2", piped("bzip2 -dc")),
          new Foreign("28b52ffd", "packed with zstd", piped("zstd -dc")),
          new Foreign("04224d18", "packed with lz4", piped("lz4 -dc")),
          new Foreign("377abcaf271c", "a 7-Zip archive", piped("7z x -so")),
          new Foreign(
              "50415231",
              "a Parquet file",
              "Write it as CSV or JSON lines first, such as by DuckDB:"
                  + " duckdb -c \"COPY (FROM 'FILE') TO 'FILE.csv'\""),
          new Foreign("4f626a01", "an Avro file", "Write it as CSV or JSON lines."));

  private Packing() {}

  /** What the file holds, unpacked. */
  static InputStream unpack(PlacedInput file) throws IOException {
    byte[] start = file.peek(LONGEST_MAGIC);
    refuseForeign(start);
    if (!isGzip(start)) {
      return file;
    }
    PlacedInput unpacked = new PlacedInput(new GzipMembers(file));
    byte[] inner = unpacked.peek(LONGEST_MAGIC);
    refuseForeign(inner);
    if (isGzip(inner)) {
      throw new SpoiledFile("It is packed with gzip twice.", piped("gzip -dc"));
    }
    return unpacked;
  }

  private static boolean isGzip(byte[] start) {
    return start.length >= GZIP.length && Arrays.equals(start, 0, 2, GZIP, 0, 2);
  }

  private static void refuseForeign(byte[] start) throws SpoiledFile {
    String hex = HexFormat.of().formatHex(start);
    for (Foreign foreign : FOREIGN) {
      if (hex.startsWith(foreign.magic())) {
        throw new SpoiledFile("It is " + foreign.name() + ".", foreign.remedy());
      }
    }
  }

  private static String piped(String program) {
    return "Unpack it on the way: %s FILE | medallion ingest -".formatted(program);
  }
}
