package io.medallion.operations.proof;

import io.medallion.lakehouse.BronzeColumns;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.LakeTable;
import io.medallion.lakehouse.Marks;
import io.medallion.lakehouse.Rewrite;
import io.medallion.lakehouse.TableDefinition;
import io.medallion.lakehouse.TableVersion;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The three tables at versions that belong together: all that silver has read up to its version,
 * and what became of it. The layers go on meanwhile.
 */
final class Tables {
  private final LakeTable bronze;
  private final LakeTable silver;
  private final LakeTable quarantine;
  private final List<Rewrite> unfinished;
  private final long silverVersion;
  private final long quarantineVersion;
  private final long bronzeVersion;
  private final Map<String, Long> marks;

  /**
   * Fixes the versions. A rewrite commits to quarantine, to silver and to quarantine again; where
   * it does so between two looks, they do not belong together and are taken again.
   *
   * @throws io.medallion.common.error.MedallionException where a table does not exist yet
   */
  Tables(Lake lake) {
    bronze = lake.table(TableDefinition.BRONZE).required();
    silver = lake.table(TableDefinition.SILVER).required();
    quarantine = lake.table(TableDefinition.QUARANTINE).required();
    List<Rewrite> begun = lake.unfinishedRewrites();
    // Downstream first: what silver has at its version, the others have by now.
    long version = silver.version();
    long beside = quarantine.version();
    while (rewritten(version)) {
      begun = lake.unfinishedRewrites();
      version = silver.version();
      beside = quarantine.version();
    }
    unfinished = begun;
    silverVersion = version;
    quarantineVersion = beside;
    bronzeVersion = bronze.version();
    marks = silver.marksAt(version);
  }

  private boolean rewritten(long since) {
    return silver.versions(since, silver.version()).stream()
        .map(TableVersion::rewrite)
        .anyMatch(java.util.Optional::isPresent);
  }

  long silverVersion() {
    return silverVersion;
  }

  /** The last of bronze's commits that silver has read. */
  long seq() {
    return mark(Marks.SEQ);
  }

  /** A mark of silver. */
  long mark(String name) {
    return marks.getOrDefault(name, 0L);
  }

  Map<String, Long> bronzeMarks() {
    return bronze.marksAt(bronzeVersion);
  }

  /** Rewrites that had begun and not ended: their rows may stand in two places. */
  List<Rewrite> unfinished() {
    return unfinished;
  }

  LakeTable silver() {
    return silver;
  }

  /** All of bronze, also what silver has not read yet. */
  Dataset<Row> bronze(SparkSession session) {
    return bronze.rowsAt(session, bronzeVersion);
  }

  Dataset<Row> bronzeRead(SparkSession session) {
    return upTo(bronze(session));
  }

  Dataset<Row> silver(SparkSession session) {
    return silver.rowsAt(session, silverVersion);
  }

  Dataset<Row> quarantineRead(SparkSession session) {
    return upTo(quarantine.rowsAt(session, quarantineVersion));
  }

  private Dataset<Row> upTo(Dataset<Row> rows) {
    return rows.where("%s <= %d".formatted(BronzeColumns.SEQ, seq()));
  }
}
