package io.medallion.silver.source;

import io.medallion.common.contract.BatchRules;
import io.medallion.common.contract.Contract;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.common.event.RecordDivider;
import io.medallion.lakehouse.delta.TableState;
import java.io.Serializable;
import java.util.Map;

/**
 * Which of bronze's records hold several events. It is fixed by silver's state when silver first
 * reads with such a contract: as copies are only counted, nobody could tell afterwards how many
 * events a record was.
 *
 * @param rules where in a record its events are
 * @param after the number of bronze's last commit whose records are one event each
 */
public record RecordDivision(BatchRules rules, long after) implements Serializable {

  /** What a contract says of any record, where there is no silver yet. */
  public static RecordDivision of(Contract contract) {
    return new RecordDivision(contract.batch(), 0);
  }

  /**
   * The one of a silver table.
   *
   * @throws MedallionException if records were divided otherwise than the contract says
   */
  public static RecordDivision of(Contract contract, TableState silver) {
    if (!silver.has(TableState.DIVISION)) {
      return new RecordDivision(contract.batch(), silver.commitSeq());
    }
    RecordDivision division =
        new RecordDivision(contract.batch(), silver.get(TableState.DIVIDED_AFTER));
    if (!contract.batch().isDeclared() || silver.get(TableState.DIVISION) != division.hash()) {
      throw new MedallionException(
          ErrorCode.CONTRACT_NOT_APPLIED,
          "Silver's records were divided into events by another contract",
          contract.batch().isDeclared()
              ? "`batch` named another path when silver first read with one."
              : "`batch` was declared when silver first read with this table, and is not now.",
          "Give `batch` as it was; or move silver's tables away, so that silver is made anew from"
              + " bronze, and gold with `gold --rebuild`.");
    }
    return division;
  }

  /**
   * For who replays what silver has read: it may read on meanwhile, with another contract.
   *
   * @throws MedallionException if records are to be divided, and silver has divided none yet
   */
  public static void requireBegun(Contract contract, TableState silver) {
    if (contract.batch().isDeclared() && !silver.has(TableState.DIVISION)) {
      throw new MedallionException(
          ErrorCode.CONTRACT_NOT_APPLIED,
          "Silver has not read with this contract's `batch` yet",
          "What it reads without it is one event a record, for good; a replay that divides such"
              + " records would count them otherwise than silver did.",
          "Start silver with this contract, let it read a record, and run this again.");
    }
  }

  /** Whether a record may hold several events. */
  public boolean concerns(long commitSeq) {
    return rules.isDeclared() && commitSeq > after;
  }

  /**
   * What is left of a record whose events have nothing left to say: their places.
   *
   * @param value its bytes; may be null
   * @return null if it is one event, or nothing was left before
   */
  public byte[] places(byte[] value, long commitSeq) {
    return value == null || !concerns(commitSeq)
        ? null
        : new RecordDivider(rules).without(value, place -> true);
  }

  /** What silver's state says of it. */
  Map<String, Long> values() {
    return rules.isDeclared()
        ? Map.of(TableState.DIVIDED_AFTER, after, TableState.DIVISION, hash())
        : Map.of();
  }

  private long hash() {
    long hash = 1;
    for (String name : rules.names()) {
      hash = 31 * hash + name.hashCode();
    }
    return hash;
  }
}
