package io.medallion.operations.verify;

import io.medallion.bronze.KafkaRecords;
import io.medallion.bronze.KafkaRecords.Stretch;
import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.contract.Contract;
import io.medallion.common.error.MedallionException;
import io.medallion.common.event.AnonymizedBytes;
import io.medallion.common.event.RecordDivider;
import io.medallion.lakehouse.schema.BronzeColumns;
import io.medallion.operations.verify.VerifyReport.Check;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Bronze's rows are Kafka's records, byte by byte, where Kafka still has them: all of them, or a
 * sample.
 */
final class KafkaContentCheck {
  static final String NAME = "bronze's rows are Kafka's records";

  /** A sample is taken in so many stretches of each partition. */
  private static final int STRETCHES = 4;

  private static final String HASH =
      "xxhash64(%s, key, value, headers, kafka_timestamp, timestamp_type)"
          .formatted("if(key is null, 1, 0) + if(value is null, 2, 0)");

  /** Whether a row of bronze has lost what it held to an erasure. */
  static final String ERASED =
      "coalesce(key is null and value is null and size(headers) = 1 and headers[0].key = '%s', false)"
          .formatted(BronzeColumns.ERASED_HEADER);

  /** Whether it holds an erased person's event as somebody unknown's. */
  static final String ANONYMIZED =
      "coalesce(key is null and size(headers) = 1 and headers[0].key = '%s', false)"
          .formatted(BronzeColumns.ANONYMIZED_HEADER);

  /** Whether it has lost them to retention, which leaves the places of several events. */
  static final String PRUNED =
      "coalesce(key is null and (value is null or instr(cast(value as string), '%s') > 0) and size(headers) = 1 and headers[0].key = '%s', false)"
          .formatted(RecordDivider.GONE, BronzeColumns.PRUNED_HEADER);

  private final SparkSession session;
  private final Tables tables;
  private final Configuration configuration;
  private final KafkaComparison comparison;
  private final RandomGenerator random = RandomGenerator.getDefault();

  KafkaContentCheck(
      SparkSession session,
      Tables tables,
      Configuration configuration,
      KafkaComparison comparison) {
    this.session = session;
    this.tables = tables;
    this.configuration = configuration;
    this.comparison = comparison;
  }

  void prove(Findings findings) {
    if (configuration.find(Keys.KAFKA_BOOTSTRAP_SERVERS).isEmpty()) {
      return; // The check of offsets has told.
    }
    try {
      KafkaRecords kafka = KafkaRecords.of(tables.bronzeState(), configuration);
      compare(kafka, findings);
    } catch (MedallionException e) {
      findings.omit("what Kafka's records say: %s (%s)", e.problem(), e.reason());
    } catch (Exception e) {
      // Spark throws checked ones that nobody declares; retention may take what is being read.
      Optional<String> problem = ofKafka(e);
      if (problem.isEmpty()) {
        throw e;
      }
      findings.omit("what Kafka's records say: %s", problem.get());
    }
  }

  private static Optional<String> ofKafka(Throwable failure) {
    Set<Throwable> seen = new HashSet<>();
    for (Throwable cause = failure; cause != null && seen.add(cause); cause = cause.getCause()) {
      if (cause.getClass().getName().contains("kafka")) {
        return Optional.of(String.valueOf(cause.getMessage()).lines().findFirst().orElse(""));
      }
    }
    return Optional.empty();
  }

  private void compare(KafkaRecords kafka, Findings findings) {
    List<List<Stretch>> reads = reads(kafka.held());
    if (reads.isEmpty()) {
      findings.omit("what Kafka's records say: it has none of those that bronze has read");
      return;
    }
    List<Stretch> all = reads.stream().flatMap(List::stream).toList();
    Dataset<Row> records = null;
    for (List<Stretch> read : reads) {
      Dataset<Row> some = kafka.read(session, read);
      records = records == null ? some : records.union(some);
    }
    records.createOrReplaceTempView("kafka_records");
    tables.bronze(session).where(within(all)).createOrReplaceTempView("bronze_records");
    Row counts =
        session
            .sql(
                "select coalesce(sum(in_kafka), 0), count_if(in_kafka > 0 and differs), count_if(in_kafka = 0) from (%s)"
                    .formatted(compared()))
            .head();
    long gone = counts.getLong(2);
    boolean compacted = gone > 0 && kafka.isCompacted();
    long off = counts.getLong(1) + (compacted ? 0 : gone);
    findings.add(
        new Check(
            "bronze", NAME, counts.getLong(0), off, off == 0 ? List.of() : examples(compacted)));
    if (compacted) {
      findings.omit("%,d rows of bronze whose records Kafka has compacted away", gone);
    }
    told(kafka, all, findings);
  }

  private static void told(KafkaRecords kafka, List<Stretch> read, Findings findings) {
    long held = kafka.held().stream().mapToLong(Stretch::size).sum();
    long looked = read.stream().mapToLong(Stretch::size).sum();
    if (looked < held) {
      findings.note(
          "%,d of the %,d offsets that Kafka has were compared byte by byte, chosen at random; --deep compares all",
          looked, held);
    }
    if (kafka.gone() > 0) {
      findings.omit(
          "what %,d offsets of bronze held in Kafka, which has dropped them", kafka.gone());
    }
  }

  /** The stretches to read, at most one of a partition in each list. */
  private List<List<Stretch>> reads(List<Stretch> held) {
    List<Stretch> some = held.stream().filter(s -> s.size() > 0).toList();
    if (some.isEmpty()) {
      return List.of();
    }
    long each = Math.max(1, KafkaComparison.SAMPLED_RECORDS / some.size() / STRETCHES);
    if (comparison == KafkaComparison.ALL
        || some.stream().allMatch(s -> s.size() <= each * STRETCHES)) {
      return List.of(some);
    }
    List<List<Stretch>> reads = new ArrayList<>();
    for (int part = 0; part < STRETCHES; part++) {
      List<Stretch> read = new ArrayList<>();
      for (Stretch stretch : some) {
        Stretch piece = stretch.part(part, STRETCHES);
        if (piece.size() > 0) {
          long length = Math.min(each, piece.size());
          long first = piece.first() + random.nextLong(piece.size() - length + 1);
          read.add(
              new Stretch(piece.epoch(), piece.topic(), piece.partition(), first, first + length));
        }
      }
      reads.add(read);
    }
    return reads;
  }

  private static String within(List<Stretch> stretches) {
    return stretches.stream()
        .map(
            s ->
                "(source_epoch = %d and topic = '%s' and partition = %d and offset >= %d and offset < %d)"
                    .formatted(s.epoch(), s.topic(), s.partition(), s.first(), s.end()))
        .collect(Collectors.joining(" or "));
  }

  /** Whether it has lost some of several events to one; values need not be UTF-8. */
  static String isPartlyErased(Contract contract) {
    return contract.batch().isDeclared()
        ? "coalesce(instr(cast(value as string), '%s') > 0, false)".formatted(RecordDivider.GONE)
        : "false";
  }

  /** Whether it holds one among several; values need not be UTF-8. */
  static String isPartlyAnonymized(Contract contract) {
    return contract.batch().isDeclared()
        ? "coalesce(instr(cast(value as string), '\"%s\"') > 0, false)"
            .formatted(AnonymizedBytes.MARK)
        : "false";
  }

  private String compared() {
    return """
        select topic, partition, offset, sum(in_kafka) as in_kafka,
          sum(in_bronze) <> sum(in_kafka)
            or (not bool_or(emptied) and bit_xor(hash) <> 0) as differs
        from (
          select topic, partition, offset, 1 as in_kafka, 0 as in_bronze, false as emptied,
            %1$s as hash
          from kafka_records
          union all
          select topic, partition, offset, 0, 1, %2$s, %1$s from bronze_records)
        group by topic, partition, offset"""
        .formatted(
            HASH,
            "(%s or %s or %s or %s or %s)"
                .formatted(
                    ERASED,
                    PRUNED,
                    ANONYMIZED,
                    isPartlyErased(Contract.of(configuration)),
                    isPartlyAnonymized(Contract.of(configuration))));
  }

  private List<String> examples(boolean compacted) {
    return session
        .sql(
            "select topic, partition, offset, in_kafka from (%s) where differs and (in_kafka > 0 or %s) order by topic, partition, offset limit %d"
                .formatted(compared(), !compacted, Findings.EXAMPLES))
        .collectAsList()
        .stream()
        .map(
            row ->
                "%s-%d@%d: %s"
                    .formatted(
                        row.getString(0),
                        row.getInt(1),
                        row.getLong(2),
                        row.getLong(3) == 0
                            ? "Kafka has no such record"
                            : "bronze has not the bytes that Kafka has"))
        .toList();
  }
}
