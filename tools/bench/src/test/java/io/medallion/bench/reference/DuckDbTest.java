package io.medallion.bench.reference;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DuckDbTest {
  @TempDir private Path folder;

  @Test
  void whatIsNoJsonDoesNotStopIt() throws Exception {
    Path lines =
        Files.writeString(
            folder.resolve("it's.jsonl"),
            """
            {"event_id":"a","timestamp":"2026-03-01T10:00:00Z","user_id":"u","price":1.5}
            {"event_id":"b","timestamp":"2026-03-01T10:00:01Z","unknown":{"x":1}}

            {"event_id":"c","timest
            """);
    Path parquet = folder.resolve("events.parquet");
    assertThat(DuckDb.parse(lines, parquet, 2)).isEqualTo(3);
    assertThat(Files.size(parquet)).isPositive();
    assertThat(DuckDb.version()).matches("v?\\d+\\.\\d+\\..*");
  }
}
