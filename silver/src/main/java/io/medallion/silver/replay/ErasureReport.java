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
 * @param persons the ids that it was asked for, and those linked to them; with those of an erasure
 *     that was finished before it
 * @param tables what of them each table holds, or held
 * @param silverVersion of silver that holds nothing of them
 * @param kept how many of silver's rows stay as somebody unknown's
 * @param applied whether it was done
 */
public record ErasureReport(
    String id,
    PersonIds persons,
    List<Table> tables,
    long silverVersion,
    long kept,
    boolean applied) {

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

    /** With what was done in the same table before. */
    Table with(Table before) {
      SortedMap<LocalDate, Long> all = new TreeMap<>(before.days());
      days.forEach((day, rows) -> all.merge(day, rows, Long::sum));
      return new Table(table, all, files + before.files(), Math.max(version, before.version()));
    }

    /** How many rows there are. */
    public long rows() {
      return days.values().stream().mapToLong(Long::longValue).sum();
    }
  }

  /** With what one did that was finished before it. */
  ErasureReport with(ErasureReport before) {
    List<Table> all =
        tables.stream()
            .map(
                table ->
                    before.tables().stream()
                        .filter(other -> other.table().equals(table.table()))
                        .findFirst()
                        .map(table::with)
                        .orElse(table))
            .toList();
    return new ErasureReport(
        id,
        persons.plus(before.persons().byKind()),
        all,
        silverVersion,
        kept + before.kept(),
        applied);
  }

  /** Whether there was nothing. */
  public boolean isEmpty() {
    return tables.stream().allMatch(table -> table.rows() == 0);
  }
}
