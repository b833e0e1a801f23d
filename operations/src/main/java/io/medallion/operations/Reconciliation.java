package io.medallion.operations;

import io.medallion.bronze.KafkaLag;
import io.medallion.common.error.MedallionException;
import io.medallion.gold.read.GoldReader;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.TableFile;
import io.medallion.lakehouse.delta.TableState;
import io.medallion.lakehouse.schema.TableDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where every event is: nothing lost, nothing counted twice. To be drawn up when every layer has
 * caught up and nothing is being written.
 *
 * @param kafkaRecords end minus start offsets of the subscribed topics, which without transactions
 *     is the number of records
 * @param beyondBronze of these, not yet taken by bronze
 * @param bronzeRows rows of the bronze table, counted in its files
 * @param silverRows rows of the silver table, counted in its files
 * @param quarantined rows of the quarantine table, counted in its files
 * @param moreEvents how many more events bronze's rows hold than they are
 * @param duplicates events of bronze rows that are proven copies of silver rows
 * @param goldRows silver rows that gold has merged
 * @param sessionEvents events of all sessions in gold; null if it does not keep all of them
 * @param bots silver rows that gold left out because a crawler sent them
 * @param lateDropped silver rows that gold left out because they came too late
 * @param contradictions where a table's own count differs from the rows it holds
 */
public record Reconciliation(
    long kafkaRecords,
    long beyondBronze,
    long bronzeRows,
    long silverRows,
    long quarantined,
    long moreEvents,
    long duplicates,
    long goldRows,
    Long sessionEvents,
    long bots,
    long lateDropped,
    List<String> contradictions) {

  /** Takes a copy of the list. */
  public Reconciliation {
    contradictions = List.copyOf(contradictions);
  }

  /**
   * Draws it up.
   *
   * @param kafka what the brokers hold, asked after bronze caught up
   * @throws MedallionException if a table is missing or Postgres does not answer
   */
  public static Reconciliation of(Lake lake, KafkaLag kafka, GoldReader gold) {
    LakeTable bronze = lake.table(TableDefinition.BRONZE).required();
    LakeTable silver = lake.table(TableDefinition.SILVER).required();
    LakeTable quarantine = lake.table(TableDefinition.QUARANTINE).required();
    TableState silverState = silver.state();
    long bronzeRows = rows(bronze);
    long silverRows = rows(silver);
    long quarantined = rows(quarantine);
    Optional<GoldReader.Balance> balance = gold.balance();
    List<String> contradictions = new ArrayList<>();
    compare(contradictions, "bronze", bronze.state().rows(), bronzeRows);
    compare(contradictions, "silver", silverState.rows(), silverRows);
    compare(contradictions, "quarantine", silverState.quarantined(), quarantined);
    return new Reconciliation(
        kafka.held(),
        kafka.lag(),
        bronzeRows,
        silverRows,
        quarantined,
        silverState.events() - silverState.read(),
        silverState.duplicates(),
        balance.map(b -> b.ledger().silverRows()).orElse(0L),
        balance.isPresent() ? balance.get().sessionEvents() : Long.valueOf(0),
        balance.map(b -> b.ledger().bots()).orElse(0L),
        balance.map(b -> b.ledger().lateDropped()).orElse(0L),
        contradictions);
  }

  private static long rows(LakeTable table) {
    return table.filesAt(table.version()).stream().mapToLong(TableFile::records).sum();
  }

  private static void compare(List<String> contradictions, String table, long mark, long rows) {
    if (mark != rows) {
      contradictions.add(
          "the %s table says it has %,d rows, its files hold %,d".formatted(table, mark, rows));
    }
  }

  /** What does not add up, in sentences; empty if everything does. */
  public List<String> problems() {
    List<String> problems = new ArrayList<>(contradictions);
    if (beyondBronze != 0) {
      problems.add("Kafka holds %,d records that bronze has not taken".formatted(beyondBronze));
    }
    unless(problems, "Kafka's records", kafkaRecords, "bronze's rows", bronzeRows);
    unless(
        problems,
        "bronze's events",
        bronzeRows + moreEvents,
        "silver + quarantine + duplicates",
        silverRows + quarantined + duplicates);
    unless(problems, "silver's rows", silverRows, "the rows that gold merged", goldRows);
    if (sessionEvents != null) {
      unless(
          problems,
          "silver's rows",
          silverRows,
          "events in sessions + bots + dropped as late",
          sessionEvents + bots + lateDropped);
    }
    return problems;
  }

  private static void unless(
      List<String> problems, String left, long leftCount, String right, long rightCount) {
    if (leftCount != rightCount) {
      problems.add(
          "%s are %,d, %s are %,d: %,d %s"
              .formatted(
                  left,
                  leftCount,
                  right,
                  rightCount,
                  Math.abs(leftCount - rightCount),
                  leftCount > rightCount ? "are missing" : "too many"));
    }
  }
}
