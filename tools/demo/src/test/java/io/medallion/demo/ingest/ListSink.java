package io.medallion.demo.ingest;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Keeps what it gets. */
final class ListSink implements IngestSink {
  final List<String> keys = new ArrayList<>();
  final List<String> values = new ArrayList<>();

  @Override
  public void send(Outgoing record) {
    keys.add(record.key() == null ? null : new String(record.key(), StandardCharsets.UTF_8));
    values.add(new String(record.value(), StandardCharsets.UTF_8));
  }

  @Override
  public void flush() {}

  @Override
  public long acknowledged() {
    return values.size();
  }

  @Override
  public List<Refusal> refused() {
    return List.of();
  }

  @Override
  public void close() {}
}
