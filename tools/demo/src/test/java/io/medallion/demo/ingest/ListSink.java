package io.medallion.demo.ingest;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Keeps what it gets. */
final class ListSink implements IngestSink {
  final List<String> keys = new ArrayList<>();
  final List<String> values = new ArrayList<>();

  @Override
  public void send(byte[] key, byte[] value) {
    keys.add(key == null ? null : new String(key, StandardCharsets.UTF_8));
    values.add(new String(value, StandardCharsets.UTF_8));
  }

  @Override
  public void flush() {}

  @Override
  public long acknowledged() {
    return values.size();
  }

  @Override
  public void close() {}
}
