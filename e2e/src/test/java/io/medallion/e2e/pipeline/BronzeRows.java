package io.medallion.e2e.pipeline;

import io.medallion.common.config.Configuration;
import io.medallion.demo.services.PostgresServer;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.TableState;
import io.medallion.lakehouse.schema.TableDefinition;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** Records in bronze without a broker, for tests that choose every commit themselves. */
public final class BronzeRows {
  private BronzeRows() {}

  /** Commits records of partition 0 of topic {@code t}, as bronze would. */
  public static void land(
      Lake lake, List<String> values, long seq, long firstOffset, Instant kafkaTime) {
    LakeTable bronze = lake.createTable(TableDefinition.BRONZE);
    Timestamp time = Timestamp.from(kafkaTime);
    Date day = Date.valueOf(LocalDate.ofInstant(kafkaTime, ZoneOffset.UTC));
    List<Row> rows = new ArrayList<>();
    for (String value : values) {
      rows.add(
          RowFactory.create(
              null,
              value.getBytes(StandardCharsets.UTF_8),
              null,
              0,
              "t",
              0,
              firstOffset + rows.size(),
              time,
              1,
              seq,
              time,
              day));
    }
    bronze
        .begin(lake.session())
        .append(lake.session().createDataFrame(rows, TableDefinition.BRONZE.schema()))
        .set(TableState.SEQ, seq)
        .commit();
  }

  /** A lake and a database, with the roles of both. */
  static Configuration configuration(Path lake, PostgresServer postgres) {
    return configured(lake, postgres).build();
  }

  /** The same, to be added to. */
  public static Configuration.Builder configured(Path lake, PostgresServer postgres) {
    return Configuration.builder()
        .services(
            Map.of(
                "lake.path", lake.toString(),
                "postgres.url", postgres.url(),
                "postgres.user", postgres.writer().user(),
                "postgres.password", postgres.writer().password(),
                "postgres.owner.user", postgres.owner().user(),
                "postgres.owner.password", postgres.owner().password()),
            "the test");
  }
}
