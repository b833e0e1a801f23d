package io.medallion.operations.verify;

import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.ReplayMetadata;
import io.medallion.lakehouse.delta.TableState;
import io.medallion.lakehouse.delta.TableVersion;
import io.medallion.lakehouse.schema.BronzeColumns;
import io.medallion.lakehouse.schema.TableDefinition;
import java.util.List;
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
  private final List<ReplayMetadata> unfinished;
  private final long silverVersion;
  private final long quarantineVersion;
  private final long bronzeVersion;
  private final TableState state;
  private final DataFiles files;

  /**
   * Fixes the versions. A rewrite commits to quarantine, to silver and to quarantine again; if it
   * does so between two looks, they do not belong together and are taken again.
   *
   * @throws io.medallion.common.error.MedallionException where a table does not exist yet
   */
  Tables(Lake lake, DataFiles files) {
    this.files = files;
    bronze = lake.table(TableDefinition.BRONZE).required();
    silver = lake.table(TableDefinition.SILVER).required();
    quarantine = lake.table(TableDefinition.QUARANTINE).required();
    List<ReplayMetadata> begun = lake.unfinishedReplays();
    // Downstream first: what silver has at its version, the others have by now.
    long version = silver.version();
    long beside = quarantine.version();
    while (rewritten(version)) {
      begun = lake.unfinishedReplays();
      version = silver.version();
      beside = quarantine.version();
    }
    unfinished = begun;
    silverVersion = version;
    quarantineVersion = beside;
    bronzeVersion = bronze.version();
    state = silver.stateAt(version);
  }

  private boolean rewritten(long since) {
    return silver.versions(since, silver.version()).stream()
        .map(TableVersion::metadata)
        .anyMatch(java.util.Optional::isPresent);
  }

  long silverVersion() {
    return silverVersion;
  }

  /** The last of bronze's commits that silver has read. */
  long seq() {
    return state.commitSeq();
  }

  /** Silver's state at that version. */
  TableState silverState() {
    return state;
  }

  TableState bronzeState() {
    return bronze.stateAt(bronzeVersion);
  }

  /** Rewrites that had begun and not ended: their rows may stand in two places. */
  List<ReplayMetadata> unfinished() {
    return unfinished;
  }

  LakeTable silver() {
    return silver;
  }

  /** All of bronze, also what silver has not read yet. */
  Dataset<Row> bronze(SparkSession session) {
    return files.rowsAt(bronze, session, bronzeVersion);
  }

  Dataset<Row> bronzeRead(SparkSession session) {
    return upTo(bronze(session));
  }

  Dataset<Row> silver(SparkSession session) {
    return files.rowsAt(silver, session, silverVersion);
  }

  /** All of quarantine, also what belongs to a batch of silver that is not done. */
  Dataset<Row> quarantine(SparkSession session) {
    return files.rowsAt(quarantine, session, quarantineVersion);
  }

  /** The rows of such a batch. */
  Dataset<Row> quarantineBeyond(SparkSession session) {
    return quarantine(session).where("%s > %d".formatted(BronzeColumns.COMMIT_SEQ, seq()));
  }

  /** Bronze's topics, in the order in which copies of an event from different ones come. */
  List<String> topics(SparkSession session) {
    return bronze(session).select(BronzeColumns.TOPIC).distinct().collectAsList().stream()
        .map(row -> row.getString(0))
        .sorted()
        .toList();
  }

  private Dataset<Row> upTo(Dataset<Row> rows) {
    return rows.where("%s <= %d".formatted(BronzeColumns.COMMIT_SEQ, seq()));
  }
}
