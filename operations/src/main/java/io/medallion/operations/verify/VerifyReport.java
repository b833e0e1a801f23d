package io.medallion.operations.verify;

import java.util.List;

/**
 * What a proof looked at and found.
 *
 * @param silverVersion the version of silver that was read
 * @param bronzeCommit the last of bronze's commits that this version has taken in; later rows are
 *     compared with Kafka only
 * @param goldVersion the version of silver that gold had merged; null if gold was not looked at
 * @param checks in the order in which they were made
 * @param unchecked tables and columns of gold that nothing was compared of: no statement holds of
 *     them
 * @param notes what else was left out and why, and what is worth knowing
 */
public record VerifyReport(
    long silverVersion,
    long bronzeCommit,
    Long goldVersion,
    List<Check> checks,
    List<String> unchecked,
    List<String> notes) {

  /**
   * One statement about the tables.
   *
   * @param layer whose rows it is about
   * @param name the statement
   * @param examined how many rows it was tried on
   * @param off how many findings speak against it
   * @param examples the first of them
   */
  public record Check(String layer, String name, long examined, long off, List<String> examples) {
    /** Takes a copy of the list. */
    public Check {
      examples = List.copyOf(examples);
    }
  }

  /** Takes copies of the lists. */
  public VerifyReport {
    checks = List.copyOf(checks);
    unchecked = List.copyOf(unchecked);
    notes = List.copyOf(notes);
  }

  /** Whether nothing speaks against any statement; what is unchecked does not. */
  public boolean holds() {
    return checks.stream().allMatch(check -> check.off() == 0);
  }
}
