package io.medallion.demo.ingest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Passes a JSON line on as it is, byte for byte, except that an id is put in where it is missing
 * and keys get the names that the user gave them.
 */
final class JsonLineMapper implements LineMapper {
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  /** A piece of the line, by its bytes, that something else is put in the place of. */
  @SuppressWarnings("ArrayRecordComponent") // Compared by nobody.
  private record Edit(int from, int until, byte[] text) {}

  /** What one pass over a line found. */
  private static final class Found {
    final List<Edit> edits = new ArrayList<>();
    final Map<String, String> visitors = new HashMap<>();
    boolean hasId;
    boolean isEmpty = true;
    int open;
    Edit emptyId;
  }

  private final Map<String, String> keys;
  private final LineId ids;

  JsonLineMapper(Map<String, String> keys, LineId ids) {
    this.keys = keys;
    this.ids = ids;
  }

  @Override
  public Outgoing map(byte[] line) {
    Found found = new Found();
    try (JsonParser json = JSON.createParser(line)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return Outgoing.raw(line);
      }
      found.open = (int) json.currentTokenLocation().getByteOffset();
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        field(json, line, found);
      }
      if (json.currentToken() != JsonToken.END_OBJECT || json.nextToken() != null) {
        return Outgoing.raw(line);
      }
    } catch (IOException e) {
      return Outgoing.raw(line);
    }
    return event(line, found);
  }

  private void field(JsonParser json, byte[] line, Found found) throws IOException {
    found.isEmpty = false;
    String given = json.currentName();
    String name = keys.getOrDefault(given, given);
    if (!name.equals(given)) {
      int from = (int) json.currentTokenLocation().getByteOffset();
      found.edits.add(new Edit(from, endOfString(line, from), bytes("\"" + name + "\"")));
    }
    JsonToken value = json.nextToken();
    int from = (int) json.currentTokenLocation().getByteOffset();
    if (name.equals(Fields.EVENT_ID)) {
      found.hasId = true;
      if (value == JsonToken.VALUE_NULL) {
        found.emptyId = new Edit(from, from + 4, null);
      } else if (value == JsonToken.VALUE_STRING && json.getTextLength() == 0) {
        found.emptyId = new Edit(from, from + 2, null);
      }
    } else if (Fields.VISITORS.contains(name) && value.isScalarValue()) {
      String text = json.getText();
      if (value != JsonToken.VALUE_NULL && !text.isEmpty()) {
        found.visitors.put(name, text);
      }
    }
    json.skipChildren();
  }

  private Outgoing event(byte[] line, Found found) {
    boolean derived = !found.hasId || found.emptyId != null;
    if (derived) {
      byte[] id = bytes("\"" + ids.next(line) + "\"");
      found.edits.add(
          found.emptyId != null
              ? new Edit(found.emptyId.from, found.emptyId.until, id)
              : new Edit(found.open + 1, found.open + 1, member(id, found.isEmpty)));
    }
    return new Outgoing(key(found), edited(line, found.edits), true, derived);
  }

  private static byte[] member(byte[] id, boolean alone) {
    return bytes(
        "\""
            + Fields.EVENT_ID
            + "\":"
            + new String(id, StandardCharsets.US_ASCII)
            + (alone ? "" : ","));
  }

  private static byte[] edited(byte[] line, List<Edit> edits) {
    if (edits.isEmpty()) {
      return line;
    }
    edits.sort((a, b) -> Integer.compare(a.from, b.from));
    ByteArrayOutputStream out = new ByteArrayOutputStream(line.length + 64);
    int at = 0;
    for (Edit edit : edits) {
      out.write(line, at, edit.from - at);
      out.writeBytes(edit.text);
      at = edit.until;
    }
    out.write(line, at, line.length - at);
    return out.toByteArray();
  }

  private static byte[] key(Found found) {
    return Fields.VISITORS.stream()
        .map(found.visitors::get)
        .filter(text -> text != null)
        .findFirst()
        .map(JsonLineMapper::bytes)
        .orElse(null);
  }

  private static int endOfString(byte[] line, int open) {
    int at = open + 1;
    while (line[at] != '"') {
      at += line[at] == '\\' ? 2 : 1;
    }
    return at + 1;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
