package io.medallion.demo.ingest;

import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/**
 * A file of events, plain or packed with gzip, CSV with a header or JSON lines: it is looked into,
 * not at its name. Holds one line at a time.
 */
final class EventFile implements AutoCloseable {
  /** As much as a broker takes in a record by its own default, and some bytes for an id. */
  static final int LONGEST_LINE = 1_000_000;

  private static final int GZIP_MAGIC = 0x1f8b;
  private static final char[] DELIMITERS = {',', ';', '\t', '|'};

  private final Path path;
  private final Counting counting;
  private final LineReader reader;
  private final LineMapper mapper;
  private final byte delimiter;

  private EventFile(
      Path path, Counting counting, LineReader reader, LineMapper mapper, byte delimiter) {
    this.path = path;
    this.counting = counting;
    this.reader = reader;
    this.mapper = mapper;
    this.delimiter = delimiter;
  }

  /**
   * Opens a file and reads its header.
   *
   * @param columns the contract's field by a column's or key's own name
   * @throws MedallionException where it cannot be read or has no header
   */
  static EventFile open(Path path, Map<String, String> columns) {
    Counting counting = null;
    try {
      counting = new Counting(Files.newInputStream(path));
      LineReader reader = new LineReader(unpacked(counting), LONGEST_LINE);
      return open(path, counting, reader, columns);
    } catch (IOException | RuntimeException e) {
      closeQuietly(counting);
      throw e instanceof MedallionException known ? known : unreadable(path, e.toString(), e);
    }
  }

  private static EventFile open(
      Path path, Counting counting, LineReader reader, Map<String, String> columns)
      throws IOException {
    LineId ids = new LineId();
    if (reader.peek() == '{') {
      return new EventFile(path, counting, reader, new JsonLineMapper(columns, ids), (byte) 0);
    }
    byte[] header = reader.line();
    if (header == null) {
      return new EventFile(path, counting, reader, Outgoing::raw, (byte) 0);
    }
    char delimiter = delimiter(header);
    CsvMapper mapper =
        CsvMapper.withHeader(header, delimiter, columns, ids)
            .orElseThrow(() -> unreadable(path, "Its first line is no header of columns.", null));
    columns.forEach(
        (column, field) -> {
          if (!mapper.names().contains(field)) {
            throw unreadable(path, "It has no column " + column + ", which is mapped.", null);
          }
        });
    return new EventFile(path, counting, reader, mapper, (byte) delimiter);
  }

  /** The next record; null at the end. */
  Outgoing next() {
    try {
      byte[] line = delimiter == 0 ? reader.line() : reader.csvRecord(delimiter);
      return line == null ? null : mapper.map(line);
    } catch (EOFException e) {
      throw unreadable(path, "It is packed and ends too early.", e);
    } catch (IOException e) {
      throw unreadable(path, e.toString(), e);
    }
  }

  /** Bytes of the file read so far. */
  long bytesRead() {
    return counting.count;
  }

  @Override
  public void close() {
    closeQuietly(counting);
  }

  private static InputStream unpacked(InputStream raw) throws IOException {
    BufferedInputStream in = new BufferedInputStream(raw, 1 << 16);
    in.mark(2);
    int magic = in.read() << 8 | in.read();
    in.reset();
    return magic == GZIP_MAGIC ? new GZIPInputStream(in, 1 << 16) : in;
  }

  /** The one that the header has most of. */
  private static char delimiter(byte[] header) {
    String text = new String(header, StandardCharsets.UTF_8);
    char best = DELIMITERS[0];
    long most = 0;
    for (char candidate : DELIMITERS) {
      long count = text.chars().filter(c -> c == candidate).count();
      if (count > most) {
        best = candidate;
        most = count;
      }
    }
    return best;
  }

  private static MedallionException unreadable(Path path, String reason, Exception cause) {
    return new MedallionException(
        ErrorCode.INGEST_FILE_UNREADABLE,
        path + " cannot be ingested",
        reason,
        "Give a readable file of JSON lines, or CSV with a header; plain or gzip.",
        cause);
  }

  private static void closeQuietly(InputStream in) {
    try {
      if (in != null) {
        in.close();
      }
    } catch (IOException e) {
      // Nothing was written.
    }
  }

  private static final class Counting extends FilterInputStream {
    private long count;

    Counting(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int read = super.read();
      count += read < 0 ? 0 : 1;
      return read;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int read = super.read(bytes, offset, length);
      count += Math.max(0, read);
      return read;
    }
  }
}
