package io.medallion.operations.proof;

import io.medallion.common.config.Configuration;
import io.medallion.common.event.EventRules;
import io.medallion.lakehouse.BronzeColumns;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.LakeTable;
import io.medallion.lakehouse.Marks;
import io.medallion.lakehouse.QuarantineColumns;
import io.medallion.lakehouse.TableDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * Proves on the real tables that every bronze row has become exactly one of a silver row, a
 * quarantine row or a copy of a silver row, and that silver says what the bytes say.
 *
 * <p>All tables are cut at silver's position in bronze, so the layers may run meanwhile. The bytes
 * are parsed again; nothing that silver found out about duplicates is used.
 */
public final class LakeProof {
  private static final int EXAMPLES = 5;

  private final Lake lake;
  private final EventRules rules;

  /**
   * @param lake whose tables are read; nothing is written
   */
  public LakeProof(Lake lake, Configuration configuration) {
    this.lake = lake;
    this.rules = EventRules.of(configuration);
  }

  /**
   * Looks once.
   *
   * @throws io.medallion.common.error.MedallionException where a table does not exist yet
   */
  public ProofReport prove() {
    LakeTable bronze = lake.table(TableDefinition.BRONZE).required();
    LakeTable silver = lake.table(TableDefinition.SILVER).required();
    LakeTable quarantine = lake.table(TableDefinition.QUARANTINE).required();
    // Downstream first: what silver has at its version, the others have by now.
    long version = silver.version();
    Map<String, Long> marks = silver.marksAt(version);
    long seq = marks.getOrDefault(Marks.SEQ, 0L);
    SparkSession session = lake.session().newSession();
    Dataset<Row> read = upTo(bronze.rowsAt(session, bronze.version()), seq);
    read.createOrReplaceTempView("bronze");
    judged(read).createOrReplaceTempView("judged");
    silver.rowsAt(session, version).createOrReplaceTempView("silver");
    upTo(quarantine.rowsAt(session, quarantine.version()), seq)
        .createOrReplaceTempView("quarantine");
    session.sql(ProofSql.VERDICTS).createOrReplaceTempView("verdicts");
    return new ProofReport(version, seq, checks(session, read.count(), marks));
  }

  private static List<ProofReport.Check> checks(
      SparkSession session, long rows, Map<String, Long> marks) {
    List<ProofReport.Check> checks = new ArrayList<>();
    checks.add(check(session, "bronze holds each Kafka position once", rows, ProofSql.TWICE));
    checks.add(counted(rows, marks.getOrDefault(Marks.READ, 0L)));
    checks.add(
        check(
            session,
            "each bronze row is one of silver, quarantine, duplicate",
            rows,
            ProofSql.UNACCOUNTED));
    long events = session.table("silver").count();
    checks.add(check(session, "silver holds each event once", events, ProofSql.SAME_EVENT));
    checks.add(check(session, "silver says what bronze's bytes say", events, ProofSql.ALTERED));
    checks.add(
        check(
            session,
            "quarantine keeps bronze's bytes",
            session.table("quarantine").count(),
            ProofSql.OTHER_BYTES));
    return List.copyOf(checks);
  }

  private static ProofReport.Check counted(long rows, long read) {
    String name = "bronze holds as many rows as silver has read";
    return rows == read
        ? new ProofReport.Check(name, rows, 0, List.of())
        : new ProofReport.Check(
            name,
            rows,
            Math.abs(rows - read),
            List.of("bronze has %d rows up to there, silver has read %d".formatted(rows, read)));
  }

  /** A query that finds nothing proves the check; its first column names what it found. */
  private static ProofReport.Check check(
      SparkSession session, String name, long examined, String findings) {
    Dataset<Row> found = session.sql(findings);
    long off = found.count();
    List<String> examples =
        off == 0
            ? List.of()
            : found.orderBy(functions.col("finding")).limit(EXAMPLES).collectAsList().stream()
                .map(row -> row.getString(0))
                .toList();
    return new ProofReport.Check(name, examined, off, examples);
  }

  private static Dataset<Row> upTo(Dataset<Row> rows, long seq) {
    return rows.where(functions.col(BronzeColumns.SEQ).leq(seq));
  }

  private Dataset<Row> judged(Dataset<Row> bronze) {
    return bronze
        .select(
            functions.col(BronzeColumns.VALUE),
            functions.expr("unix_micros(" + BronzeColumns.KAFKA_TIMESTAMP + ")"),
            functions.col(BronzeColumns.TIMESTAMP_TYPE),
            functions.expr("unix_micros(" + BronzeColumns.INGESTED_AT + ")"),
            functions.col(BronzeColumns.SOURCE_EPOCH),
            functions.col(BronzeColumns.TOPIC),
            functions.col(BronzeColumns.PARTITION),
            functions.col(BronzeColumns.OFFSET),
            functions.col(BronzeColumns.SEQ))
        .mapPartitions(new SecondLook(rules), Encoders.row(SecondLook.SCHEMA))
        .withColumn(QuarantineColumns.RULES_VERSION, functions.lit(EventRules.RULES_VERSION));
  }
}
