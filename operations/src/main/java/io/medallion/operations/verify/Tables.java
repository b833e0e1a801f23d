package io.medallion.operations.verify;

import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.ReplayMetadata;
import io.medallion.lakehouse.delta.TableFile;
import io.medallion.lakehouse.delta.TableState;
import io.medallion.lakehouse.delta.TableVersion;
import io.medallion.lakehouse.schema.BronzeColumns;
import io.medallion.lakehouse.schema.TableDefinition;
import java.util.List;
import java.util.Optional;
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

  /** Null if all rows are looked at. */
  private Increment proven;

  /**
   * A table at the version that is read.
   *
   * @param seq the last of bronze's commits of which it must hold what there is
   */
  record Fixed(LakeTable table, long version, long seq) {
    String name() {
      return table.definition().name();
    }
  }

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
        .anyMatch(Optional::isPresent);
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

  /** All three. */
  List<Fixed> all() {
    return List.of(
        new Fixed(bronze, bronzeVersion, bronzeState().commitSeq()),
        new Fixed(silver, silverVersion, seq()),
        new Fixed(quarantine, quarantineVersion, seq()));
  }

  /** From now on only rows that a proof does not cover are looked at. */
  void after(Increment increment) {
    proven = increment;
  }

  /** What is proven already; empty if all rows are looked at. */
  Optional<Increment> proven() {
    return Optional.ofNullable(proven);
  }

  /** Silver's counters as far as its rows are proven; empty if all are looked at. */
  TableState provenState() {
    return proven == null ? TableState.EMPTY : new TableState(proven.proof().silver());
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

  /** Of bronze what is to be looked at, also what silver has not read yet. */
  Dataset<Row> bronzeLookedAt(SparkSession session) {
    return proven == null
        ? bronze(session)
        : after(rows(bronze, session, bronzeVersion, proven.all(bronze.definition().name())));
  }

  Dataset<Row> bronzeRead(SparkSession session) {
    return upTo(bronzeLookedAt(session));
  }

  Dataset<Row> silver(SparkSession session) {
    // Silver's rows are of commits that it has read: files that are proven hold no others.
    return proven == null
        ? files.rowsAt(silver, session, silverVersion)
        : after(
            rows(silver, session, silverVersion, proven.added().get(silver.definition().name())));
  }

  /** Silver's rows that are proven. */
  Dataset<Row> silverProven(SparkSession session) {
    return rows(silver, session, silverVersion, proven.all(silver.definition().name()))
        .where("not (%s)".formatted(isAfter()));
  }

  /** All of quarantine, also what belongs to a batch of silver that is not done. */
  Dataset<Row> quarantine(SparkSession session) {
    return proven == null
        ? files.rowsAt(quarantine, session, quarantineVersion)
        : after(
            rows(
                quarantine,
                session,
                quarantineVersion,
                proven.all(quarantine.definition().name())));
  }

  /** By the files' own bytes alone: what the log says of them may skip what it should not. */
  private Dataset<Row> rows(
      LakeTable table, SparkSession session, long version, List<TableFile> chosen) {
    return files.rows(table, session, version, chosen);
  }

  private Dataset<Row> after(Dataset<Row> rows) {
    return rows.where(isAfter());
  }

  private String isAfter() {
    return "coalesce(%s > %d, true)".formatted(BronzeColumns.COMMIT_SEQ, proven.seq());
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
