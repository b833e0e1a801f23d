package io.medallion.silver.replay;

import java.time.LocalDate;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What an erasure found, or did.
 *
 * @param id its name
 * @param persons the ids that it was asked for, and those linked to them
 * @param tables what of them each table holds, or held
 * @param silverVersion of silver that holds nothing of them
 * @param applied whether it was done
 */
public record ErasureReport(
    String id, PersonIds persons, List<Table> tables, long silverVersion, boolean applied) {

  /** Copies the tables. */
  public ErasureReport {
    tables = List.copyOf(tables);
  }

  /**
   * Of one table.
   *
   * @param table its name
   * @param days rows by the table's days (UTC): of events in silver, else of ingestion
   * @param files how many files hold them, or were rewritten
   * @param version the version that was looked at, or that holds nothing of them
   */
  public record Table(String table, SortedMap<LocalDate, Long> days, int files, long version) {
    /** Copies the days. */
    public Table {
      days = Collections.unmodifiableSortedMap(new TreeMap<>(days));
    }

    /** How many rows there are. */
    public long rows() {
      return days.values().stream().mapToLong(Long::longValue).sum();
    }
  }

  /** Whether there was nothing. */
  public boolean isEmpty() {
    return tables.stream().allMatch(table -> table.rows() == 0);
  }
}
