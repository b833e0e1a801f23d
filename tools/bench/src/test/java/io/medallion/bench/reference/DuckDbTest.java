package io.medallion.bench.reference;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Map;
import java.util.Properties;
import org.duckdb.DuckDBDriver;
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
    assertThat(DuckDb.parseLines(lines, parquet, 2)).isEqualTo(3);
    assertThat(Files.size(parquet)).isPositive();
    assertThat(DuckDb.version()).matches("v?\\d+\\.\\d+\\..*");
  }

  @Test
  void ofBronzeItTakesTheRecordsOfTheBacklog() throws Exception {
    Path bronze = folder.resolve("it's bronze");
    Files.createDirectories(bronze.resolve("ingest_date=2026-03-01"));
    try (Connection connection = new DuckDBDriver().connect("jdbc:duckdb:", new Properties());
        Statement sql = connection.createStatement()) {
      sql.execute(
          """
          COPY (
            SELECT 't' AS topic, 0 AS "partition", i AS "offset", now() AS kafka_timestamp,
              CASE i
                WHEN 8 THEN 'no JSON'::BLOB
                WHEN 9 THEN '\\xFF'::BLOB
                ELSE encode('{"event_id":"e' || i || '","price":1.5,"properties":{"a":[1]}}')
              END AS value
            FROM range(12) AS records(i))
          TO '%s/records.parquet' (FORMAT parquet)
          """
              .formatted(bronze.resolve("ingest_date=2026-03-01").toString().replace("'", "''")));
      Path parquet = folder.resolve("bronze.parquet");

      assertThat(DuckDb.parseBronze(bronze, Map.of(0, 5L, 1, 0L), parquet, 2)).isEqualTo(5);
      try (ResultSet rows =
          sql.executeQuery(
              """
              SELECT string_agg(event_id || ' ' || "offset" || ' ' || price || properties, '; '
                ORDER BY "offset")
              FROM read_parquet('%s')
              """
                  .formatted(parquet.toString().replace("'", "''")))) {
        rows.next();
        assertThat(rows.getString(1))
            .startsWith("e5 5 1.500000{\"a\":[1]}; e6 6 ")
            .contains("; e10 10 ")
            .endsWith("e11 11 1.500000{\"a\":[1]}");
      }
    }
  }
}
