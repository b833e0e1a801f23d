package io.medallion.bronze;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.lakehouse.schema.TableDefinition;
import java.util.Map;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommitColumnsTest {
  private static final StructType BRONZE = TableDefinition.BRONZE.schema();

  @Test
  void everyRowGetsTheNumberAndTimeOfItsCommit() {
    InternalRow row = new CommitColumns(7, 1_500_000, Map.of()).call(row("clicks"));

    assertThat(row.getLong(BRONZE.fieldIndex("commit_seq"))).isEqualTo(7);
    assertThat(row.getLong(BRONZE.fieldIndex("ingested_at"))).isEqualTo(1_500_000);
  }

  /** 2024-02-29 is day 19,782. */
  @ParameterizedTest
  @CsvSource({
    "1709164799999999, 19781",
    "1709164800000000, 19782",
    "1709251199999999, 19782",
    "1709251200000000, 19783",
    "0, 0",
    "-1, -1"
  })
  void theDateIsTheDayInUtcThatHoldsTheTime(long micros, int day) {
    InternalRow row = new CommitColumns(1, micros, Map.of()).call(row("clicks"));

    assertThat(row.getInt(BRONZE.fieldIndex("ingest_date"))).isEqualTo(day);
  }

  @Test
  void onlyRowsOfAReplacedTopicGetItsEpoch() {
    CommitColumns commit = new CommitColumns(1, 0, Map.of("clicks", 3));

    assertThat(epoch(commit.call(row("clicks")))).isEqualTo(3);
    assertThat(epoch(commit.call(row("others")))).isZero();
  }

  @Test
  void everythingElseStaysAsItIs() {
    InternalRow row = new CommitColumns(7, 1, Map.of("clicks", 3)).call(row("clicks"));

    assertThat(row.getUTF8String(BRONZE.fieldIndex("topic")))
        .isEqualTo(UTF8String.fromString("clicks"));
    assertThat(row.getLong(BRONZE.fieldIndex("offset"))).isEqualTo(41);
    assertThat(row.isNullAt(BRONZE.fieldIndex("key"))).isTrue();
    assertThat(row.isNullAt(BRONZE.fieldIndex("value"))).isTrue();
  }

  private static int epoch(InternalRow row) {
    return row.getInt(BRONZE.fieldIndex("source_epoch"));
  }

  private static InternalRow row(String topic) {
    Object[] values = new Object[BRONZE.length()];
    values[BRONZE.fieldIndex("source_epoch")] = 0;
    values[BRONZE.fieldIndex("topic")] = UTF8String.fromString(topic);
    values[BRONZE.fieldIndex("offset")] = 41L;
    return new GenericInternalRow(values);
  }
}
