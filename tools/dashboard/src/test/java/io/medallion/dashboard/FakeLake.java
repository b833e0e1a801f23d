package io.medallion.dashboard;

import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.dashboard.api.LakeReader;
import java.time.LocalDate;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/** Answers as the lake of one record would. */
final class FakeLake implements LakeReader {
  /** Whoever asks for the mart {@code slow} waits for one. */
  final Semaphore answers = new Semaphore(0);

  @Override
  public String lineage(String mart, Map<String, String> row, int most) {
    if (mart.equals("lost")) {
      throw new MedallionException(
          ErrorCode.LAKE_TABLE_MISSING, "There is no lake", "It is gone.", "Look.");
    }
    if (mart.equals("slow")) {
      answers.acquireUninterruptibly();
    }
    if (mart.equals("broken")) {
      throw new IllegalStateException("broken");
    }
    return """
        {"table":"%s","row":{"key":"%s"},"silver_version":7,"events":2,"ranges":[{"source_epoch":0,
        "topic":"clicks","partition":3,"events":2,"first_offset":4711,"last_offset":4712,
        "first_commit":5,"last_commit":5}],"first":[{"event_id":"e1","time":"2026-03-01T10:00:00Z",
        "type":"page_view","visitor":"v1","position":"clicks/3/4711","bronze_commit":5},{"event_id":"e2",
        "time":"2026-03-01T10:00:01Z","type":"purchase","visitor":"v1","position":"clicks/3/4712",
        "bronze_commit":5}]}"""
        .formatted(mart, String.join(" ", row.values()).replace("\"", "\\\""));
  }

  @Override
  public String quarantined(
      Optional<LocalDate> from, Optional<LocalDate> to, Optional<String> reason) {
    return """
        [{"day":"%s","code":"%s","field":"timestamp","records":3,"message":"it has no zone",
        "position":"clicks/3/4713","sample":"{\\"ts\\":1}"}]"""
        .formatted(
            from.map(LocalDate::toString).orElse("2026-03-01"), reason.orElse("MISSING_FIELD"));
  }

  @Override
  public String refused(String position) {
    return """
        [{"position":"%s","source_epoch":0,"seq":5,"kafka_time":null,"ingested_at":"2026-03-01T10:00:00Z",
        "quarantined_at":"2026-03-01T10:00:01Z","rules_version":1,"reasons":[{"code":"MISSING_FIELD",
        "field":"timestamp","message":"it has no zone"}],"key":null,"value":{"length":9,"utf8":false,
        "text":"{\\"ts\\":1\uFFFD","hex":"7b227473223a31ff"}}]"""
        .formatted(position);
  }
}
