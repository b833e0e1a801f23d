package io.medallion.operations.verify;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a proof looked at and found.
 *
 * @param silverVersion the version of silver that was read
 * @param bronzeCommit the last of bronze's commits that this version has taken in; later rows are
 *     compared with Kafka only
 * @param goldVersion the version of silver that gold had merged; null if gold was not looked at
 * @param checks in the order in which they were made
 * @param omitted what could not be looked at and why: no statement is made of it
 * @param unchecked tables and columns of gold that nothing was compared of: no statement holds of
 *     them
 * @param notes what is worth knowing and leaves nothing open
 * @param sinceLast what an earlier proof has spared this one; null if none was asked for
 */
public record VerifyReport(
    long silverVersion,
    long bronzeCommit,
    Long goldVersion,
    List<Check> checks,
    List<String> omitted,
    List<String> unchecked,
    List<String> notes,
    SinceLast sinceLast) {

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

  /**
   * What was taken from the last proof, and what is left for the next one.
   *
   * @param provenAt when the last one was made, in ISO 8601; null if nothing was taken from it
   * @param rows how many rows hold as proven then, by layer
   * @param asProven the checks of gold that hold because neither its rows nor silver's have changed
   * @param lookedAtAgain why nothing was taken from it; empty if something was
   * @param file where the next one finds this proof, or the one before it
   * @param notKept why this one is not kept; empty if it is
   */
  public record SinceLast(
      String provenAt,
      Map<String, Long> rows,
      List<String> asProven,
      List<String> lookedAtAgain,
      String file,
      List<String> notKept) {
    /** Takes copies of the lists. */
    public SinceLast {
      rows = Collections.unmodifiableMap(new LinkedHashMap<>(rows));
      asProven = List.copyOf(asProven);
      lookedAtAgain = List.copyOf(lookedAtAgain);
      notKept = List.copyOf(notKept);
    }
  }

  /** Takes copies of the lists. */
  public VerifyReport {
    checks = List.copyOf(checks);
    omitted = List.copyOf(omitted);
    unchecked = List.copyOf(unchecked);
    notes = List.copyOf(notes);
  }

  /** Whether nothing speaks against any statement; what is left open does not. */
  public boolean holds() {
    return checks.stream().allMatch(check -> check.off() == 0);
  }

  /** Whether everything was looked at that can be. */
  public boolean isWhole() {
    return omitted.isEmpty() && unchecked.isEmpty();
  }
}
