package io.medallion.operations.proof;

import java.util.List;

/**
 * What a proof looked at and found.
 *
 * @param silverVersion the version of silver that was read
 * @param bronzeCommit the last of bronze's commits that this version has taken in; later rows were
 *     left out
 * @param checks in the order in which they were made
 */
public record ProofReport(long silverVersion, long bronzeCommit, List<Check> checks) {
  /**
   * One statement about the tables.
   *
   * @param name the statement
   * @param examined how many rows it was tried on
   * @param off how many findings speak against it
   * @param examples the first of them
   */
  public record Check(String name, long examined, long off, List<String> examples) {}

  /** Whether nothing speaks against any statement. */
  public boolean holds() {
    return checks.stream().allMatch(check -> check.off() == 0);
  }
}
