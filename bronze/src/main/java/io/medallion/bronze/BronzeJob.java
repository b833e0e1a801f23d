package io.medallion.bronze;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.medallion.common.config.Arguments;
import io.medallion.common.config.Configuration;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.layer.Layer;
import io.medallion.lakehouse.layer.LayerLauncher;
import io.medallion.lakehouse.layer.Pace;
import io.medallion.lakehouse.layer.StreamCheckpoint;
import io.medallion.lakehouse.schema.BronzeColumns;
import io.medallion.lakehouse.schema.TableDefinition;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.Trigger;

/** Bronze: lands every Kafka record as it came, byte for byte, in the order of its commits. */
public final class BronzeJob {
  /** The layer's name, in locks, logs and metrics. */
  public static final String NAME = "bronze";

  private BronzeJob() {}

  /** Obtains configuration and session, and runs until stopped. */
  public static void main(String[] args) {
    LayerLauncher.end(LayerLauncher.main(args, BronzeJob::run));
  }

  /** The same with a configuration at hand; returns the exit code. */
  public static int run(Arguments arguments) {
    return LayerLauncher.run(NAME, arguments.withoutRebuild(), BronzeJob::start);
  }

  /** Connects Kafka with the bronze table. */
  public static Layer start(Lake lake, Configuration configuration, boolean once) {
    // First everything that may be refused, so that a wrong start leaves no empty table behind.
    try (KafkaCluster first = new KafkaCluster(configuration)) {
      KafkaSource.at(lake.table(TableDefinition.BRONZE).state(), first, configuration);
    }
    LakeTable table = lake.createTable(TableDefinition.BRONZE);
    KafkaCluster cluster = new KafkaCluster(configuration);
    KafkaLagReporter watch = new KafkaLagReporter(lake, table, configuration);
    return Layer.start(
        NAME,
        lake,
        layer -> {
          if (!once) {
            watch.start();
          }
          KafkaSource source = KafkaSource.at(table.state(), cluster, configuration);
          StreamCheckpoint checkpoint = StreamCheckpoint.begin(lake, NAME);
          BronzeSink sink = new BronzeSink(table, source, checkpoint, layer, configuration);
          return Optional.of(
              land(source.read(streaming(lake.session())))
                  .writeStream()
                  .queryName(NAME)
                  .option("checkpointLocation", checkpoint.path())
                  .trigger(trigger(configuration, once))
                  .foreachBatch(sink::write)
                  .start());
        },
        () -> KafkaLag.progress(table, configuration),
        () -> {
          watch.close();
          cluster.close();
        });
  }

  /** Spark plans no stream adaptively, and warns of one that asks for it. */
  private static SparkSession streaming(SparkSession session) {
    SparkSession own = session.newSession();
    own.conf().set("spark.sql.adaptive.enabled", "false");
    return own;
  }

  /**
   * What bronze means: a Kafka record's own columns under our names, in the table's order. What its
   * commit gives it, {@link CommitColumns} fills in: were it part of the query, Spark would compile
   * each batch again.
   */
  static Dataset<Row> land(Dataset<Row> records) {
    return records.select(
        col("key").as(BronzeColumns.KEY),
        col("value").as(BronzeColumns.VALUE),
        col("headers").as(BronzeColumns.HEADERS),
        lit(0).as(BronzeColumns.SOURCE_EPOCH),
        col("topic").as(BronzeColumns.TOPIC),
        col("partition").as(BronzeColumns.PARTITION),
        col("offset").as(BronzeColumns.OFFSET),
        col("timestamp").as(BronzeColumns.KAFKA_TIMESTAMP),
        col("timestampType").as(BronzeColumns.TIMESTAMP_TYPE),
        lit(0L).as(BronzeColumns.COMMIT_SEQ),
        lit(Instant.EPOCH).as(BronzeColumns.INGESTED_AT),
        lit(LocalDate.EPOCH).as(BronzeColumns.INGEST_DATE));
  }

  private static Trigger trigger(Configuration configuration, boolean once) {
    return once ? Trigger.AvailableNow() : Pace.trigger(configuration);
  }
}
