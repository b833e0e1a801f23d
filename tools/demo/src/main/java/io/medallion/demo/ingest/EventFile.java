package io.medallion.demo.ingest;

import io.medallion.common.contract.BatchRules;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.common.event.EventNames;
import io.medallion.common.event.RecordDivider;
import io.medallion.demo.ingest.CsvRows.Row;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file of events, a pipe, or standard input: plain or packed with gzip, CSV with a header, JSON
 * lines or a JSON array: it is looked into, not at its name. Holds one line at a time.
 */
final class EventFile implements AutoCloseable {
  static final Path STANDARD_INPUT = Path.of("-");

  /** A row may be longer than its event, which has no empty cells. */
  private static final int ROW_TO_EVENT = 2;

  private static final int LOOKED_AT = 1 << 16;
  private static final char[] DELIMITERS = {',', ';', '\t', '|'};

  /** By which Excel is told of a delimiter. */
  private static final Pattern SEPARATOR = Pattern.compile("(?i)\"?sep=(.)\"?\\s*");

  /** Where records come from; null at the end. */
  private interface Records {
    Outgoing next() throws IOException;
  }

  private interface Lines {
    Line next() throws IOException;
  }

  private final Path path;
  private final IngestSettings settings;
  private final boolean mayGrow;
  private final EventMaker events;
  private final JsonMapper json;
  private PlacedInput bytes;
  private PlacedInput text;
  private Records records;
  private boolean isJson;

  private EventFile(Path path, IngestSettings settings, boolean mayGrow) {
    this.path = path;
    this.settings = settings;
    this.mayGrow = mayGrow;
    this.events = new EventMaker(settings.rules());
    this.json = new JsonMapper(settings.paths(), events);
  }

  /**
   * Opens a file and reads its header.
   *
   * @param mayGrow whether someone may be writing it, so that a last line without its end is no
   *     line yet
   * @throws MedallionException if it cannot be read or has no header
   */
  static EventFile open(Path path, IngestSettings settings, boolean mayGrow) {
    EventFile file = new EventFile(path, settings, mayGrow);
    try {
      file.begin();
      return file;
    } catch (IOException | RuntimeException e) {
      file.close();
      throw file.unreadable(e);
    }
  }

  private void begin() throws IOException {
    bytes = new PlacedInput(open(path));
    text = Encoding.utf8(Packing.unpack(bytes), settings.encoding());
    String start = firstLine();
    records =
        switch (start.isBlank() ? ' ' : start.stripLeading().charAt(0)) {
          case ' ' -> () -> null;
          case '{' -> lines();
          case '[' -> elements();
          default -> rows(start);
        };
  }

  private Records lines() {
    isJson = true;
    LineReader reader = new LineReader(text, settings.rules().maxEventBytes());
    return mapped(reader::next, line -> whole(json.map(line), line));
  }

  /** Of a line that holds several events each becomes a record, with an id of its own. */
  private Records mapped(Lines lines, Function<Line, Outgoing> whole) {
    BatchRules batch = settings.rules().contract().batch();
    RecordDivider divider = batch.isDeclared() ? new RecordDivider(batch) : null;
    Queue<Outgoing> ofLine = new ArrayDeque<>();
    return () -> {
      if (ofLine.isEmpty()) {
        Line line = lines.next();
        if (line == null) {
          return null;
        }
        RecordDivider.Divided divided =
            divider == null || line.isTooLong() ? null : divider.divide(line.bytes());
        if (divided == null) {
          return whole.apply(line);
        }
        for (byte[] event : divided.events()) {
          ofLine.add(json.map(new Line(line.number(), event, event.length, true)));
        }
      }
      return ofLine.remove();
    };
  }

  /** An object that is closed is no half of one. */
  private Outgoing whole(Outgoing record, Line line) {
    return mayGrow && !line.isEnded() && record.fate() != Outgoing.Fate.EVENT
        ? Outgoing.waits(line.number(), line.length())
        : record;
  }

  private Records elements() {
    isJson = true;
    ArrayReader reader = new ArrayReader(text, settings.rules().maxEventBytes());
    return mapped(reader::next, json::map);
  }

  private Records rows(String firstLine) throws IOException {
    String header = firstLine;
    Matcher separator = SEPARATOR.matcher(firstLine.strip());
    long number = 1;
    if (separator.matches()) {
      takeFirstLine();
      number++;
      header = firstLine();
    }
    char delimiter = separator.matches() ? separator.group(1).charAt(0) : delimiter(header);
    int limit = (int) Math.min(1L << 30, (long) ROW_TO_EVENT * settings.rules().maxEventBytes());
    CsvRows rows = new CsvRows(text, delimiter, limit, number);
    Row first = rows.next();
    if (first == null) {
      return () -> null;
    }
    if (mayGrow && !first.line().isEnded()) {
      return once(Outgoing.waits(first.line().number(), first.line().length()));
    }
    CsvMapper mapper = mapper(first);
    return () -> {
      Row row = rows.next();
      if (row == null) {
        return null;
      }
      return mayGrow && !row.line().isEnded()
          ? Outgoing.waits(row.line().number(), row.line().length())
          : mapper.map(row);
    };
  }

  private static Records once(Outgoing record) {
    List<Outgoing> left = new ArrayList<>(List.of(record));
    return () -> left.isEmpty() ? null : left.remove(0);
  }

  private CsvMapper mapper(Row header) throws IOException {
    if (header.cells() == null) {
      throw noHeader("in its first line " + header.trouble());
    }
    try {
      List<String> cells = CsvMapper.decoded(header.cells(), CsvMapper.decoder());
      CsvColumns columns =
          CsvColumns.of(
              cells,
              settings.paths(),
              new EventNames(settings.rules()),
              settings.rules().contract().visitorRequired());
      String text = new String(header.line().bytes(), StandardCharsets.UTF_8);
      return new CsvMapper(name(), text, columns, events);
    } catch (CharacterCodingException e) {
      throw new SpoiledFile(
          "Its header is not UTF-8.",
          "Say what it is, such as --encoding ISO-8859-1 or --encoding windows-1252.",
          e);
    }
  }

  private static SpoiledFile noHeader(String reason) {
    return new SpoiledFile(
        "Its first line is no header that can be used: " + reason + ".",
        "Give a file of JSON lines, a JSON array, or CSV with a header.");
  }

  private String name() {
    return path.equals(STANDARD_INPUT) ? "standard input" : path.getFileName().toString();
  }

  /** The first line that is not blank, as far as is looked at, without taking it. */
  private String firstLine() throws IOException {
    text.mark(LOOKED_AT);
    StringBuilder line = new StringBuilder();
    boolean returned = false;
    for (int i = 0; i < LOOKED_AT; i++) {
      int b = text.read();
      if (b < 0 || (b == '\n' && !line.toString().isBlank())) {
        break;
      }
      returned |= b == '\r';
      line.append((char) b);
    }
    text.reset();
    String found = line.toString();
    if (returned && found.strip().indexOf('\r') >= 0 && found.indexOf('\n') < 0) {
      throw new SpoiledFile(
          "Its lines end in a carriage return alone.",
          "Make line ends of them on the way: tr '\\r' '\\n' < FILE | medallion ingest -");
    }
    return found;
  }

  private void takeFirstLine() throws IOException {
    boolean seen = false;
    for (int b = text.read(); b >= 0 && (b != '\n' || !seen); b = text.read()) {
      seen |= !Character.isWhitespace(b);
    }
  }

  /** The one that the header has most of outside of quotes. */
  private static char delimiter(String header) {
    char best = DELIMITERS[0];
    long most = 0;
    for (char candidate : DELIMITERS) {
      long count = 0;
      boolean quoted = false;
      for (int i = 0; i < header.length(); i++) {
        quoted ^= header.charAt(i) == '"';
        count += !quoted && header.charAt(i) == candidate ? 1 : 0;
      }
      if (count > most) {
        best = candidate;
        most = count;
      }
    }
    return best;
  }

  /** The next record; null at the end. */
  Outgoing next() {
    try {
      return records.next();
    } catch (IOException | RuntimeException e) {
      throw unreadable(e);
    }
  }

  /** Bytes of the file read so far. */
  long bytesRead() {
    return bytes.position();
  }

  /** Paths given by the user that no event of it has; columns are looked for in the header. */
  List<String> unseenPaths() {
    return isJson ? json.unseen() : List.of();
  }

  @Override
  public void close() {
    try {
      if (bytes != null && !path.equals(STANDARD_INPUT)) {
        bytes.close();
      }
    } catch (IOException e) {
      // Nothing was written.
    }
  }

  /** Not through a channel, which would want to know its place in a pipe. */
  private static InputStream open(Path path) throws IOException {
    if (path.equals(STANDARD_INPUT)) {
      return System.in;
    }
    if (Files.isDirectory(path)) {
      throw new SpoiledFile(
          "It is a folder.", "Name the files in it, or take them as they come: --watch " + path);
    }
    if (Files.notExists(path)) {
      throw new SpoiledFile("There is no such file.", "Name a file that is there.");
    }
    return new FileInputStream(path.toFile());
  }

  private MedallionException unreadable(Exception e) {
    if (e instanceof MedallionException known) {
      return known;
    }
    Optional<SpoiledFile> spoiled =
        e instanceof SpoiledFile found ? Optional.of(found) : Optional.empty();
    String reason = e.getMessage() == null ? e.toString() : e.getMessage();
    if (e instanceof CharacterCodingException) {
      reason = "It is not in the encoding that it claims or that was given: " + e;
    } else if (spoiled.isEmpty()) {
      reason = e.toString();
    }
    return new MedallionException(
        ErrorCode.INGEST_FILE_UNREADABLE,
        (path.equals(STANDARD_INPUT) ? "Standard input" : path) + " cannot be ingested",
        reason,
        spoiled
            .map(SpoiledFile::remedy)
            .orElse("Give a readable file of JSON lines, a JSON array, or CSV with a header."),
        e);
  }
}
