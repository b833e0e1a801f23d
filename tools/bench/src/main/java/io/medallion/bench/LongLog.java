package io.medallion.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.medallion.lakehouse.delta.LakeTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Makes a table's log long, as months of small commits would: each adds a file with a name and
 * statistics that lie long ago, so that nothing ever opens it. Layers take none for new rows.
 */
record LongLog(LakeTable table) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String LONG_AGO = "2015-01-01";

  /** So often a checkpoint is made, as Delta would read the log from its begin otherwise. */
  private static final long CHECKPOINT_EVERY = 10_000;

  static LongLog of(LakeTable table) {
    return new LongLog(table);
  }

  /** Appends commits until the table has so many versions. */
  void growTo(long commits, BenchProgress progress) throws IOException {
    Path log = Path.of(table.path()).resolve("_delta_log");
    long first = table.version() + 1;
    long time = System.currentTimeMillis();
    for (long version = first; version < commits; version++) {
      Files.write(log.resolve(name(version, "json")), commit(version, time + version - first));
      boolean last = version == commits - 1;
      if (last || version % CHECKPOINT_EVERY == 0) {
        progress.detail("%s: %,d commits".formatted(table.definition().name(), version + 1));
        table.checkpoint();
      } else {
        // The checksum of an old version is a name in the listing, and never read.
        Files.createFile(log.resolve(name(version, "crc")));
      }
    }
  }

  private static String name(long version, String ending) {
    return "%020d.%s".formatted(version, ending);
  }

  private List<String> commit(long version, long time) throws IOException {
    Map<String, Object> info =
        Map.of(
            "timestamp",
            time,
            "inCommitTimestamp",
            time,
            "operation",
            "WRITE",
            "operationParameters",
            Map.of(),
            "isBlindAppend",
            true);
    String partition = table.definition().partitionColumn();
    Map<String, Object> add =
        Map.of(
            "path",
            "%s=%s/part-%d.parquet".formatted(partition, LONG_AGO, version),
            "partitionValues",
            Map.of(partition, LONG_AGO),
            "size",
            50_000,
            "modificationTime",
            time,
            "dataChange",
            false,
            "stats",
            JSON.writeValueAsString(statistics()));
    return List.of(
        JSON.writeValueAsString(Map.of("commitInfo", info)),
        JSON.writeValueAsString(Map.of("add", add)));
  }

  private static Map<String, Object> statistics() {
    Map<String, Object> values =
        Map.of(
            "event_time", LONG_AGO + "T00:00:00.000Z",
            "kafka_timestamp", LONG_AGO + "T00:00:00.000Z",
            "partition", 0,
            "offset", 0,
            "commit_seq", 0);
    return Map.of("numRecords", 1_000, "minValues", values, "maxValues", values);
  }
}
