package io.medallion.common.error;

import java.util.Objects;

/**
 * An error that a user can act on: what the problem is, why it came, what to do.
 *
 * <p>A developer's error (a broken invariant) is an {@link IllegalStateException} instead; it asks
 * for a bug report, not for an action.
 */
public final class MedallionException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;
  private final String problem;
  private final String reason;
  private final String remedy;

  /**
   * @param code what kind of error, for the runbook
   * @param problem what is wrong, with the values concerned
   * @param reason why it is wrong
   * @param remedy what the user can do
   */
  public MedallionException(ErrorCode code, String problem, String reason, String remedy) {
    this(code, problem, reason, remedy, null);
  }

  /**
   * @param code what kind of error, for the runbook
   * @param problem what is wrong, with the values concerned
   * @param reason why it is wrong
   * @param remedy what the user can do
   * @param cause the exception underneath, or null
   */
  public MedallionException(
      ErrorCode code, String problem, String reason, String remedy, Throwable cause) {
    super("[" + code + "] " + problem, cause);
    this.code = Objects.requireNonNull(code);
    this.problem = problem;
    this.reason = reason;
    this.remedy = remedy;
  }

  /** What kind of error, for the runbook. */
  public ErrorCode code() {
    return code;
  }

  /** What is wrong. */
  public String problem() {
    return problem;
  }

  /** Why it is wrong. */
  public String reason() {
    return reason;
  }

  /** What the user can do. */
  public String remedy() {
    return remedy;
  }

  /** The whole error in lines for a terminal or a log. */
  public String explain() {
    return "error[%s]: %s%n  cause:  %s%n  remedy: %s%n  more:   docs/runbook.md#%s"
        .formatted(code, problem, reason, remedy, code.name().toLowerCase(java.util.Locale.ROOT));
  }

  /** The first error of this kind in a chain of causes, or null if there is none. */
  public static MedallionException in(Throwable thrown) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (t instanceof MedallionException found) {
        return found;
      }
    }
    return null;
  }
}
