package io.medallion.operations.verify;

import io.medallion.common.contract.Contract;
import io.medallion.lakehouse.Erasures;
import io.medallion.silver.parse.QuarantineRows;
import io.medallion.silver.source.RowPosition;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Bronze's rows that hold nothing any more are those that an erasure emptied, and those of days
 * that retention has. Counts them, and those of erased persons that came again. Says nothing where
 * nothing was emptied.
 */
final class ErasureCheck {
  static final String NAME = "bronze's emptied rows are of erased persons";
  static final String PRUNED = "bronze's days without content are those before its retention";

  private final SparkSession session;
  private final Tables tables;
  private final Erasures erasures;
  private final Contract contract;

  ErasureCheck(SparkSession session, Tables tables, Erasures erasures, Contract contract) {
    this.contract = contract;
    this.session = session;
    this.tables = tables;
    this.erasures = erasures;
  }

  void prove(Findings findings) {
    Dataset<Row> pruned = tables.bronzeLookedAt(session).where(KafkaContentCheck.PRUNED);
    retention(pruned, findings);
    List<Row> emptied =
        tables
            .bronzeLookedAt(session)
            .where("%s or %s".formatted(KafkaContentCheck.ERASED, KafkaContentCheck.ANONYMIZED))
            .selectExpr(
                "cast(headers[0].value as string) as erasure",
                "%s as is_anonymized".formatted(KafkaContentCheck.ANONYMIZED))
            .groupBy("erasure", "is_anonymized")
            .count()
            .collectAsList();
    Set<String> known = erasures.begun();
    if (emptied.isEmpty() && known.isEmpty()) {
      return;
    }
    long rows = 0;
    long anonymized = 0;
    long off = 0;
    List<String> examples = new ArrayList<>();
    for (Row erasure : emptied) {
      long some = erasure.getLong(2);
      if (erasure.getBoolean(1)) {
        anonymized += some;
      } else {
        rows += some;
      }
      if (!known.contains(String.valueOf(erasure.getString(0)))) {
        off += some;
        examples.add("%,d rows by '%s', which is no erasure".formatted(some, erasure.getString(0)));
      }
    }
    findings.add(
        new VerifyReport.Check(
            "bronze",
            NAME,
            rows + anonymized,
            off,
            examples.stream().limit(Findings.EXAMPLES).toList()));
    if (anonymized > 0) {
      findings.note(
          "%,d records are of persons who were erased with the totals kept: bronze and silver have them as somebody unknown's",
          anonymized);
    }
    long places =
        tables
            .quarantine(session)
            .where(QuarantineRows.isErased())
            .select(RowPosition.recordColumns())
            .distinct()
            .count();
    rows +=
        tables
            .bronzeLookedAt(session)
            .where(
                "not %s and not %s and %s"
                    .formatted(
                        KafkaContentCheck.ERASED,
                        KafkaContentCheck.PRUNED,
                        KafkaContentCheck.isPartlyErased(contract)))
            .count();
    rows +=
        RowPosition.among(pruned, tables.quarantine(session).where(QuarantineRows.isErased()))
            .count();
    if (places + rows == 0 && tables.proven().isPresent()) {
      return;
    }
    findings.note(
        "%,d records are of erased persons: their places are counted, and %,d rows of bronze are empty for it",
        places, rows);
    if (places > rows) {
      findings.note(
          "%,d of them came again, or are not erased to the end: bronze still has what they hold until erase --apply is run",
          places - rows);
    }
  }

  private void retention(Dataset<Row> pruned, Findings findings) {
    LocalDate kept = tables.bronzeState().keptFrom();
    Row counts =
        pruned.selectExpr("count(*)", "count_if(ingest_date >= date '%s')".formatted(kept)).head();
    long off = counts.getLong(1);
    if (counts.getLong(0) > 0) {
      findings.add(
          new VerifyReport.Check(
              "bronze",
              PRUNED,
              counts.getLong(0),
              off,
              off == 0 ? List.of() : List.of("%,d rows came on %s or later".formatted(off, kept))));
    }
  }
}
