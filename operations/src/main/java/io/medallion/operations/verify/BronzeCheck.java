package io.medallion.operations.verify;

import static org.apache.spark.sql.functions.col;

import io.medallion.bronze.OffsetGapDetector;
import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.error.MedallionException;
import io.medallion.lakehouse.schema.BronzeColumns;
import io.medallion.operations.verify.VerifyReport.Check;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Every record that Kafka still has, up to where bronze has read, is in bronze. Offsets that bronze
 * lacks are read from Kafka: most are marks of transactions, or records of aborted ones.
 */
final class BronzeCheck {
  static final String NAME = "bronze holds every record that Kafka has";

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int EXAMPLES = 5;
  private static final int MOST_GAPS = 10_000;

  private final SparkSession session;
  private final Tables tables;
  private final Configuration configuration;

  private long examined;
  private long off;
  private long unknown;
  private final List<String> examples = new ArrayList<>();

  BronzeCheck(SparkSession session, Tables tables, Configuration configuration) {
    this.session = session;
    this.tables = tables;
    this.configuration = configuration;
  }

  void prove(Findings findings) {
    if (configuration.find(Keys.KAFKA_BOOTSTRAP_SERVERS).isEmpty()) {
      findings.omit("Kafka: kafka.bootstrap-servers is not set");
      return;
    }
    tables.bronze(session).createOrReplaceTempView("bronze");
    try (OffsetGapDetector kafka =
        OffsetGapDetector.open(tables.bronzeState(), configuration, PATIENCE)) {
      List<Row> ranges = session.sql(SqlResource.of("ranges")).collectAsList();
      kafka.partitions().forEach(partition -> prove(kafka, partition, ranges));
    } catch (MedallionException e) {
      findings.omit("Kafka: %s (%s)", e.problem(), e.reason());
      return;
    }
    findings.add(new Check("bronze", NAME, examined, off, examples));
    if (unknown > 0) {
      findings.omit(
          "%,d offsets that bronze lacks: Kafka no longer has them, or did not answer in time",
          unknown);
    }
  }

  private void prove(
      OffsetGapDetector kafka, OffsetGapDetector.Partition partition, List<Row> ranges) {
    String name = partition.topic() + "-" + partition.number();
    if (partition.next() > partition.end()) {
      off++;
      examples.add(
          "%s ends at offset %d although bronze has read up to %d"
              .formatted(name, partition.end(), partition.next()));
    }
    Row range =
        ranges.stream()
            .filter(
                r ->
                    r.getInt(0) == partition.epoch()
                        && r.getString(1).equals(partition.topic())
                        && r.getInt(2) == partition.number())
            .findFirst()
            .orElse(null);
    long next = Math.min(partition.next(), partition.end());
    if (range == null) {
      look(kafka, partition, partition.earliest(), next - 1);
      return;
    }
    examined += range.getLong(3);
    look(kafka, partition, partition.earliest(), Math.min(range.getLong(4), next) - 1);
    if (range.getLong(5) - range.getLong(4) + 1 > range.getLong(3)) {
      gaps(kafka, partition);
    }
    look(kafka, partition, range.getLong(5) + 1, next - 1);
  }

  private void gaps(OffsetGapDetector kafka, OffsetGapDetector.Partition partition) {
    // Delta's parser knows no parameters.
    session
        .table("bronze")
        .where(col(BronzeColumns.SOURCE_EPOCH).equalTo(partition.epoch()))
        .where(col(BronzeColumns.TOPIC).equalTo(partition.topic()))
        .where(col(BronzeColumns.PARTITION).equalTo(partition.number()))
        .createOrReplaceTempView("one_partition");
    List<Row> gaps = session.sql(SqlResource.of("gaps").formatted(MOST_GAPS + 1)).collectAsList();
    gaps.stream()
        .limit(MOST_GAPS)
        .forEach(gap -> look(kafka, partition, gap.getLong(0), gap.getLong(1)));
    if (gaps.size() > MOST_GAPS) {
      unknown += partition.next() - gaps.get(MOST_GAPS).getLong(0);
    }
  }

  private void look(
      OffsetGapDetector kafka, OffsetGapDetector.Partition partition, long first, long last) {
    if (first > last) {
      return;
    }
    OffsetGapDetector.Look look = kafka.look(partition, first, last);
    off += look.records();
    unknown += look.unknown();
    look.examples().stream()
        .limit(EXAMPLES - Math.min(EXAMPLES, examples.size()))
        .forEach(example -> examples.add(example + " is in Kafka and not in bronze"));
  }
}
