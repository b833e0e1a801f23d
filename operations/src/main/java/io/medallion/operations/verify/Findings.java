package io.medallion.operations.verify;

import io.medallion.operations.verify.VerifyReport.Check;
import java.util.ArrayList;
import java.util.List;

/** What a proof has found so far. Used by one thread. */
final class Findings {
  /** So many of a check are told with their place. */
  static final int EXAMPLES = 5;

  private final List<Check> checks = new ArrayList<>();
  private final List<String> omitted = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  void add(Check check) {
    checks.add(check);
  }

  /** A statement that holds unless there are findings against it. */
  void add(String layer, String name, long examined, List<String> findings) {
    checks.add(
        new Check(
            layer, name, examined, findings.size(), findings.stream().limit(EXAMPLES).toList()));
  }

  /** Takes in what another part of the proof has found. */
  void add(Findings others) {
    checks.addAll(others.checks);
    omitted.addAll(others.omitted);
    notes.addAll(others.notes);
  }

  /** Says what could not be looked at, and why. */
  @SuppressWarnings("AnnotateFormatMethod") // Its annotation is in no library that is here.
  void omit(String what, Object... values) {
    omitted.add(what.formatted(values));
  }

  /** Says what is worth knowing, and leaves nothing open. */
  @SuppressWarnings("AnnotateFormatMethod") // Its annotation is in no library that is here.
  void note(String what, Object... values) {
    notes.add(what.formatted(values));
  }

  List<Check> checks() {
    return checks;
  }

  List<String> omitted() {
    return omitted;
  }

  List<String> notes() {
    return notes;
  }
}
