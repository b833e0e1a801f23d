package io.medallion.operations.verify;

import io.medallion.common.contract.Contract;
import io.medallion.lakehouse.Erasures;
import io.medallion.silver.parse.QuarantineRows;
import io.medallion.silver.source.RowPosition;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Bronze's rows that hold nothing any more are those that an erasure emptied. Counts them, and
 * those that came again. Says nothing where nobody was erased.
 */
final class ErasureCheck {
  static final String NAME = "bronze's emptied rows are of erased persons";

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
    List<Row> emptied =
        tables
            .bronze(session)
            .where(KafkaContentCheck.ERASED)
            .selectExpr("cast(headers[0].value as string) as erasure")
            .groupBy("erasure")
            .count()
            .collectAsList();
    Set<String> known = erasures.begun();
    if (emptied.isEmpty() && known.isEmpty()) {
      return;
    }
    long rows = 0;
    long off = 0;
    List<String> examples = new ArrayList<>();
    for (Row erasure : emptied) {
      rows += erasure.getLong(1);
      if (!known.contains(String.valueOf(erasure.getString(0)))) {
        off += erasure.getLong(1);
        examples.add(
            "%,d rows by '%s', which is no erasure"
                .formatted(erasure.getLong(1), erasure.getString(0)));
      }
    }
    findings.add(
        new VerifyReport.Check(
            "bronze", NAME, rows, off, examples.stream().limit(Findings.EXAMPLES).toList()));
    long places =
        tables
            .quarantine(session)
            .where(QuarantineRows.isErased())
            .select(RowPosition.recordColumns())
            .distinct()
            .count();
    rows +=
        tables
            .bronze(session)
            .where(
                "not %s and not %s and %s"
                    .formatted(
                        KafkaContentCheck.ERASED,
                        KafkaContentCheck.PRUNED,
                        KafkaContentCheck.isPartlyErased(contract)))
            .count();
    findings.note(
        "%,d records are of erased persons: their places are counted, and %,d rows of bronze are empty for it",
        places, rows);
    if (places > rows) {
      findings.note(
          "%,d of them came again, or are not erased to the end: bronze still has what they hold until erase --apply is run",
          places - rows);
    }
  }
}
