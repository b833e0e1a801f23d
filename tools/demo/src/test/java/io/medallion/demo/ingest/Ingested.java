package io.medallion.demo.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.medallion.common.error.MedallionException;
import io.medallion.common.event.EventParser;
import io.medallion.common.event.EventRules;
import io.medallion.common.event.ParsedEvent;
import io.medallion.common.event.TimestampType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A file that was ingested: what was sent, and what was said. */
final class Ingested implements IngestListener {
  private static final ObjectMapper JSON = new ObjectMapper();

  final ListSink sink = new ListSink();
  final List<String> notSent = new ArrayList<>();
  final List<FileReport> reports = new ArrayList<>();
  IngestReport report;

  static Ingested of(Path... files) {
    return of(Map.of(), files);
  }

  static Ingested of(Map<String, String> columns, Path... files) {
    return of(
        new IngestSettings(
            Map.of(), "topic", columns, EventRules.defaults(), StandardCharsets.UTF_8),
        files);
  }

  static Ingested of(Charset encoding, Path file) {
    return of(
        new IngestSettings(Map.of(), "topic", Map.of(), EventRules.defaults(), encoding), file);
  }

  static Ingested of(IngestSettings settings, Path... files) {
    Ingested ingested = new Ingested();
    ingested.report = FileIngest.ingest(settings, ingested.sink, List.of(files), ingested);
    return ingested;
  }

  /** A file of this content, in the folder. */
  static Path file(Path folder, byte[] content) {
    try {
      return Files.write(Files.createTempFile(folder, "events", ""), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Path file(Path folder, String content) {
    return file(folder, content.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void notSent(Path file, long line, String why) {
    notSent.add(line + ": " + why);
  }

  @Override
  public void finished(FileReport finished) {
    reports.add(finished);
  }

  List<String> values() {
    return sink.values;
  }

  String value(int record) {
    return sink.values.get(record);
  }

  JsonNode json(int record) {
    try {
      return JSON.readTree(value(record));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What silver makes of a record. */
  ParsedEvent parsed(int record) {
    return new EventParser(EventRules.defaults())
        .parse(
            value(record).getBytes(StandardCharsets.UTF_8),
            0,
            TimestampType.CREATE_TIME,
            Long.MAX_VALUE,
            0,
            "t",
            0,
            record);
  }

  /** What the file ended with. */
  MedallionException problem() {
    return reports.get(0).problem().orElseThrow();
  }
}
