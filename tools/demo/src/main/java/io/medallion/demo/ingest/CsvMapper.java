package io.medallion.demo.ingest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Makes a JSON object of a CSV record, its columns as keys. Empty cells are left out; whether the
 * values make sense, silver judges.
 */
final class CsvMapper implements LineMapper {
  private static final Pattern NUMBER =
      Pattern.compile("-?(0|[1-9][0-9]{0,29})(\\.[0-9]{1,30})?([eE][+-]?[0-9]{1,3})?");
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(com.fasterxml.jackson.core.StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private final List<String> names;
  private final char delimiter;
  private final LineId ids;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream(1024);

  private CsvMapper(List<String> names, char delimiter, LineId ids) {
    this.names = names;
    this.delimiter = delimiter;
    this.ids = ids;
  }

  /**
   * A mapper for a file with this header.
   *
   * @return empty where the header is none: no text, a name missing or there twice
   */
  static Optional<CsvMapper> withHeader(
      byte[] header, char delimiter, Map<String, String> columns, LineId ids) {
    return CsvCells.of(header, delimiter)
        .map(cells -> cells.stream().map(String::strip).toList())
        .map(cells -> cells.stream().map(cell -> columns.getOrDefault(cell, cell)).toList())
        .filter(names -> names.stream().noneMatch(String::isEmpty))
        .filter(names -> new HashSet<>(names).size() == names.size())
        .map(names -> new CsvMapper(names, delimiter, ids));
  }

  List<String> names() {
    return names;
  }

  @Override
  public Outgoing map(byte[] line) {
    Optional<List<String>> cells =
        CsvCells.of(line, delimiter).filter(found -> found.size() == names.size());
    try {
      return cells.isEmpty() ? Outgoing.raw(line) : event(line, cells.get());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Outgoing event(byte[] line, List<String> cells) throws IOException {
    out.reset();
    int idColumn = names.indexOf(Fields.EVENT_ID);
    boolean derived = idColumn < 0 || cells.get(idColumn).isEmpty();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      if (derived) {
        json.writeStringField(Fields.EVENT_ID, ids.next(line));
      }
      for (int i = 0; i < cells.size(); i++) {
        if (!cells.get(i).isEmpty()) {
          write(json, names.get(i), cells.get(i));
        }
      }
      json.writeEndObject();
    }
    return new Outgoing(key(cells), out.toByteArray(), true, derived);
  }

  private static void write(JsonGenerator json, String name, String cell) throws IOException {
    json.writeFieldName(name);
    boolean number = Fields.NUMBERS.contains(name) && NUMBER.matcher(cell).matches();
    if (number || (name.equals(Fields.PROPERTIES) && isObject(cell))) {
      json.writeRawValue(cell);
    } else {
      json.writeString(cell);
    }
  }

  private static boolean isObject(String cell) {
    try (JsonParser json = JSON.createParser(cell)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return false;
      }
      json.skipChildren();
      return json.currentToken() == JsonToken.END_OBJECT && json.nextToken() == null;
    } catch (IOException e) {
      return false;
    }
  }

  private byte[] key(List<String> cells) {
    return Fields.VISITORS.stream()
        .map(names::indexOf)
        .filter(column -> column >= 0 && !cells.get(column).isEmpty())
        .findFirst()
        .map(column -> cells.get(column).getBytes(StandardCharsets.UTF_8))
        .orElse(null);
  }
}
