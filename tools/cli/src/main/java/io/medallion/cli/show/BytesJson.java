package io.medallion.cli.show;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import io.medallion.operations.Bytes;
import java.io.IOException;

/** Bytes in JSON: as text for people, in hexadecimal so that nothing of them is lost. */
final class BytesJson extends StdSerializer<Bytes> {
  private static final long serialVersionUID = 1L;

  BytesJson() {
    super(Bytes.class);
  }

  @Override
  public void serialize(Bytes bytes, JsonGenerator json, SerializerProvider provider)
      throws IOException {
    json.writeStartObject();
    json.writeNumberField("length", bytes.length());
    json.writeBooleanField("utf8", bytes.isText());
    json.writeStringField("text", bytes.text());
    json.writeStringField("hex", bytes.hex());
    json.writeEndObject();
  }
}
