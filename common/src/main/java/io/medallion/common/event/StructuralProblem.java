package io.medallion.common.event;

/** Ends the parsing of an event: what follows could not be understood or is too much. */
final class StructuralProblem extends Exception {
  private static final long serialVersionUID = 1L;

  private final ReasonCode code;

  StructuralProblem(ReasonCode code, String message) {
    super(message, null, false, false);
    this.code = code;
  }

  ReasonCode code() {
    return code;
  }
}
