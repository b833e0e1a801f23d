package io.medallion.demo.ingest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.medallion.common.event.EventMembers;
import io.medallion.demo.ingest.CsvColumns.Column;
import io.medallion.demo.ingest.CsvRows.Row;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Makes a JSON object of a CSV row, its columns as keys. Empty cells are left out; whether the
 * values make sense, silver validates.
 */
final class CsvMapper {
  /** Where a JSON number means something else than a string, or is what the contract asks for. */
  private static final Set<String> NUMBERS = Set.of("timestamp", "price", "quantity");

  private static final Pattern NUMBER =
      Pattern.compile("-?(0|[1-9][0-9]{0,29})(\\.[0-9]{1,30})?([eE][+-]?[0-9]{1,3})?");
  private static final JsonFactory JSON = new JsonFactory();

  private final String file;
  private final String header;
  private final CsvColumns columns;
  private final EventMaker events;
  private final EventMembers members = new EventMembers();
  private final CharsetDecoder utf8 = decoder();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream(1024);

  /**
   * @param file its name, and
   * @param header its first line, both for quarantine to show
   */
  CsvMapper(String file, String header, CsvColumns columns, EventMaker events) {
    this.file = file;
    this.header = header;
    this.columns = columns;
    this.events = events;
  }

  /** Never fails: what cannot be mapped goes as it is, for quarantine to show. */
  Outgoing map(Row row) {
    Line line = row.line();
    if (line.isTooLong()) {
      return Outgoing.tooLong(line.number(), line.length());
    }
    try {
      List<String> cells = row.cells() == null ? List.of() : decoded(row.cells());
      String trouble = row.trouble() == null ? trouble(cells, line) : row.trouble();
      return trouble == null ? event(line, cells) : notMapped(line, trouble);
    } catch (CharacterCodingException e) {
      return events.asIs(line.number(), line.bytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Cells as text. */
  static List<String> decoded(String[] cells, CharsetDecoder utf8) throws CharacterCodingException {
    List<String> texts = new ArrayList<>(cells.length);
    for (String cell : cells) {
      texts.add(cell == null ? "" : decoded(cell, utf8));
    }
    return texts;
  }

  static CharsetDecoder decoder() {
    return StandardCharsets.UTF_8
        .newDecoder()
        .onMalformedInput(CodingErrorAction.REPORT)
        .onUnmappableCharacter(CodingErrorAction.REPORT);
  }

  private List<String> decoded(String[] cells) throws CharacterCodingException {
    return decoded(cells, utf8);
  }

  private static String decoded(String cell, CharsetDecoder utf8) throws CharacterCodingException {
    for (int i = 0; i < cell.length(); i++) {
      if (cell.charAt(i) > 0x7F) {
        return utf8.decode(ByteBuffer.wrap(cell.getBytes(StandardCharsets.ISO_8859_1))).toString();
      }
    }
    return cell;
  }

  private String trouble(List<String> cells, Line line) {
    boolean tooMany =
        cells.size() > columns.count()
            && cells.stream().skip(columns.count()).anyMatch(cell -> !cell.isBlank());
    boolean cutOff = !line.isEnded() && cells.size() < columns.count();
    if (tooMany || cutOff || cells.size() < columns.needed()) {
      return "%,d cells under a header of %,d%s"
          .formatted(cells.size(), columns.count(), cutOff ? ", and the file ends in it" : "");
    }
    return null;
  }

  private Outgoing event(Line line, List<String> cells) throws IOException {
    out.reset();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      for (int i = 0; i < columns.count() && i < cells.size(); i++) {
        if (!cells.get(i).isBlank()) {
          write(json, columns.all().get(i), cells, cells.get(i));
        }
      }
      json.writeEndObject();
    }
    byte[] json = out.toByteArray();
    return events.of(line.number(), line.bytes(), json, json);
  }

  private void write(JsonGenerator json, Column column, List<String> cells, String cell)
      throws IOException {
    boolean beaten =
        column.rival() >= 0
            && column.rival() < cells.size()
            && !cells.get(column.rival()).isBlank();
    json.writeFieldName(beaten ? column.otherName() : column.name());
    boolean isNumber =
        column.field() != null
            && NUMBERS.contains(column.field())
            && NUMBER.matcher(cell).matches();
    boolean isObject =
        "properties".equals(column.field())
            && members.of(cell.getBytes(StandardCharsets.UTF_8)).isPresent();
    if (isNumber || isObject) {
      json.writeRawValue(cell);
    } else {
      json.writeString(cell);
    }
  }

  /** An event it is not, so that quarantine shows it, with what is wrong and what was meant. */
  private Outgoing notMapped(Line line, String trouble) throws IOException {
    String row;
    try {
      row = utf8.decode(ByteBuffer.wrap(line.bytes())).toString();
    } catch (CharacterCodingException e) {
      return events.asIs(line.number(), line.bytes());
    }
    out.reset();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeObjectFieldStart("not_mapped");
      json.writeStringField("because", trouble);
      json.writeStringField("file", file);
      json.writeNumberField("line", line.number());
      json.writeStringField("header", header);
      json.writeStringField("row", row);
      json.writeEndObject();
      json.writeEndObject();
    }
    return events.asIs(line.number(), out.toByteArray());
  }
}
