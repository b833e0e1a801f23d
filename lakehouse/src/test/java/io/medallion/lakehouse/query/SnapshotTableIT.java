package io.medallion.lakehouse.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.LakeTableIT;
import io.medallion.lakehouse.delta.WithBronze;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;

/** The relation of files against Delta's own reading of the same version. */
class SnapshotTableIT extends WithBronze {
  private static final long COMMITS = 6;
  private static final long ROWS = 20;

  private SparkSession reader() {
    return reader(lake);
  }

  private static SparkSession reader(Lake lake) {
    SparkSession reader = lake.session().newSession();
    ReadingSession.settings(lake).forEach(reader.conf()::set);
    reader.conf().set("spark.sql.shuffle.partitions", "1");
    return reader;
  }

  /** Each commit is a day of its own, and has offsets and times of its own. */
  private void write() {
    for (int day = 0; day < COMMITS; day++) {
      bronze
          .begin(spark)
          .append(
              LakeTableIT.rows(day * ROWS, (day + 1) * ROWS)
                  .selectExpr(
                      Stream.of(bronze.definition().schema().fieldNames())
                          .map(
                              column ->
                                  column.equals("ingest_date")
                                      ? "date_add(ingest_date, cast(offset div %d as int)) ingest_date"
                                          .formatted(ROWS)
                                      : column)
                          .toArray(String[]::new)))
          .commit();
    }
  }

  @Test
  void whateverIsSoughtTheRowsAreDeltas() {
    write();
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    SparkSession reader = reader();
    for (int run = 0; run < 40; run++) {
      String condition = condition(random, 2);
      assertThat(sorted(reader.table("bronze").where(condition).collectAsList()))
          .as("%s (seed %d)", condition, seed)
          .isEqualTo(
              sorted(
                  spark
                      .read()
                      .format("delta")
                      .load(bronze.path())
                      .where(condition)
                      .collectAsList()));
    }
  }

  private static String condition(Random random, int depth) {
    if (depth > 0 && random.nextInt(3) > 0) {
      return "(%s %s %s)"
          .formatted(
              condition(random, depth - 1),
              random.nextBoolean() ? "AND" : "OR",
              condition(random, depth - 1));
    }
    long offset = random.nextLong(COMMITS * ROWS + 2) - 1;
    String sign = List.of("=", "<", "<=", ">", ">=", "<>", "<=>").get(random.nextInt(7));
    return switch (random.nextInt(8)) {
      case 0 -> "offset %s %d".formatted(sign, offset);
      case 1 -> "%d %s offset".formatted(offset, sign);
      case 2 -> "ingest_date %s date'2026-01-0%d'".formatted(sign, 1 + random.nextInt(9));
      case 3 -> "kafka_timestamp %s timestamp_seconds(%d)".formatted(sign, 1700000000 + offset);
      case 4 -> "offset IN (%d, %d)".formatted(offset, random.nextLong(COMMITS * ROWS));
      case 5 -> "NOT (offset %s %d)".formatted(sign, offset);
      case 6 -> "day(ingest_date) %s %d".formatted(sign, 1 + random.nextInt(9));
      default -> List.of("key IS NULL", "topic %s 't'".formatted(sign)).get(random.nextInt(2));
    };
  }

  private static List<Row> sorted(List<Row> rows) {
    List<Row> sorted = new ArrayList<>(rows);
    sorted.sort(Comparator.comparing(row -> row.<Long>getAs("offset")));
    return sorted.stream().map(SnapshotTableIT::readable).toList();
  }

  /** Bytes by what they are, not by where. */
  private static Row readable(Row row) {
    Object[] values = new Object[row.size()];
    for (int column = 0; column < values.length; column++) {
      values[column] =
          row.get(column) instanceof byte[] bytes
              ? new String(bytes, StandardCharsets.UTF_8)
              : row.get(column);
    }
    return RowFactory.create(values);
  }

  @Test
  void filesThatCannotHoldWhatIsSoughtAreNotOpened() throws IOException {
    write();
    for (Path day : days()) {
      if (!day.endsWith("ingest_date=2026-01-03")) {
        try (Stream<Path> files = Files.list(day)) {
          for (Path file : files.filter(f -> f.toString().endsWith(".parquet")).toList()) {
            Files.delete(file);
          }
        }
      }
    }
    SparkSession reader = reader();
    for (String condition :
        new String[] {
          "ingest_date = '2026-01-03'",
          "offset >= 20 AND offset < 40",
          "39 >= offset AND 20 <= offset",
          "offset = 25 OR offset = 31",
          "kafka_timestamp BETWEEN timestamp_seconds(1700000021) AND timestamp_seconds(1700000030)",
          "day(ingest_date) = 3"
        }) {
      assertThat(reader.table("bronze").where(condition).count()).as(condition).isPositive();
    }
    assertThatThrownBy(() -> reader.table("bronze").where("offset < 5").count())
        .hasMessageContaining("FAILED_READ_FILE");
  }

  private List<Path> days() throws IOException {
    try (Stream<Path> days = Files.list(Path.of(bronze.path()))) {
      return days.filter(day -> day.getFileName().toString().startsWith("ingest_date=")).toList();
    }
  }

  @Test
  void columnsThatCameLaterAreNullBefore() {
    write();
    spark.sql("ALTER TABLE delta.`%s` ADD COLUMNS (later string)".formatted(bronze.path()));
    List<Row> rows =
        reader().sql("SELECT later, offset FROM bronze WHERE offset = 7").collectAsList();
    assertThat(rows).singleElement().matches(row -> row.isNullAt(0) && row.getLong(1) == 7);
    assertThat(reader().table("bronze").columns()).endsWith("ingest_date", "later");
  }

  /** Rows that are struck out beside a file are not in its bytes: this is left to Delta. */
  @Test
  void whatAReaderMustKnowMoreForIsReadByDelta() {
    write();
    spark.sql(
        "ALTER TABLE delta.`%s` SET TBLPROPERTIES (delta.appendOnly = false, delta.enableDeletionVectors = true)"
            .formatted(bronze.path()));
    spark.sql("DELETE FROM delta.`%s` WHERE offset %% 10 = 3".formatted(bronze.path()));
    assertThat(reader().table("bronze").count()).isEqualTo(COMMITS * ROWS * 9L / 10);
  }
}
