package io.medallion.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableWritesTest {
  @TempDir private Path table;

  @Test
  void commitsFilesAndBytesAreCountedAndTakenForADay() throws Exception {
    write("_delta_log/00000000000000000000.json", 100);
    write("part-0.parquet", 1000);
    TableWrites before = TableWrites.of(table);
    assertThat(before).isEqualTo(new TableWrites(1, 100, 1, 1000));
    write("_delta_log/00000000000000000001.json", 50);
    write("_delta_log/00000000000000000001.crc", 7);
    write("_delta_log/00000000000000000001.checkpoint.parquet", 30);
    write("event_date=2026-03-01/part-1.parquet", 20);
    write("_SUCCESS", 3);
    TableWrites after = TableWrites.of(table);
    assertThat(after).isEqualTo(new TableWrites(2, 187, 2, 1020));
    assertThat(after.aDaySince(before, Duration.ofHours(1)))
        .isEqualTo(new TableWrites(24, 87 * 24, 24, 20 * 24));
  }

  private void write(String name, int bytes) throws Exception {
    Path file = table.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, new byte[bytes]);
  }
}
