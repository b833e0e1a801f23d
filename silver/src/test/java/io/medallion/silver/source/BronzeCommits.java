package io.medallion.silver.source;

import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.TableState;
import io.medallion.lakehouse.schema.TableDefinition;
import java.nio.charset.StandardCharsets;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** Records in a bronze table that tests fill themselves. */
public final class BronzeCommits {
  private BronzeCommits() {}

  /** Commits records of partition 0 of topic {@code t}; a null value is a tombstone. */
  public static void commit(
      Lake lake, Instant kafkaTime, long seq, long offset, List<String> values) {
    LakeTable bronze = lake.createTable(TableDefinition.BRONZE);
    Timestamp time = Timestamp.from(kafkaTime);
    Date day = Date.valueOf(LocalDate.ofInstant(kafkaTime, ZoneOffset.UTC));
    List<Row> rows = new ArrayList<>();
    for (String value : values) {
      byte[] bytes = value == null ? null : value.getBytes(StandardCharsets.UTF_8);
      rows.add(
          RowFactory.create(
              null, bytes, null, 0, "t", 0, offset + rows.size(), time, 1, seq, time, day));
    }
    bronze
        .begin(lake.session())
        .append(lake.session().createDataFrame(rows, TableDefinition.BRONZE.schema()))
        .set(TableState.SEQ, seq)
        .commit();
  }
}
