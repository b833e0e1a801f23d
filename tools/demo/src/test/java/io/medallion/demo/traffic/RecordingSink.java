package io.medallion.demo.traffic;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Keeps what it gets. */
final class RecordingSink implements EventSink {
  @SuppressWarnings("ArrayRecordComponent") // Compared by nobody.
  record Sent(String key, byte[] value, boolean elsewhere) {
    String text() {
      return value == null ? "null" : new String(value, StandardCharsets.ISO_8859_1);
    }
  }

  final List<Sent> sent = new ArrayList<>();

  @Override
  public void send(byte[] key, byte[] value, boolean elsewhere) {
    sent.add(new Sent(new String(key, StandardCharsets.UTF_8), value, elsewhere));
  }

  @Override
  public long acknowledged() {
    return sent.size();
  }

  @Override
  public long failed() {
    return 0;
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}
}
