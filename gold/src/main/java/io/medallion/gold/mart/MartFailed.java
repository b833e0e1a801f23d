package io.medallion.gold.mart;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Declared marts cannot take in what is to be merged: an expression fails over an event, or
 * Postgres does not take the row that comes of it. Nothing is merged by then, into no mart.
 */
public final class MartFailed extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Map<String, String> reasons;

  /**
   * @param reasons why, by the mart's name
   */
  public MartFailed(Map<String, String> reasons, Throwable cause) {
    super(reasons.toString(), cause);
    this.reasons = new TreeMap<>(reasons);
  }

  /** Of one mart. */
  public MartFailed(String mart, String reason, Throwable cause) {
    this(Map.of(mart, reason), cause);
  }

  /** That by which something failed, if it was a mart. */
  public static Optional<MartFailed> in(Throwable thrown) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (t instanceof MartFailed failed) {
        return Optional.of(failed);
      }
    }
    return Optional.empty();
  }

  /** What an error says, without the stack of Spark's and Postgres's details below it. */
  public static String firstLine(Throwable thrown) {
    String message = thrown.getMessage();
    return message == null || message.isBlank()
        ? thrown.getClass().getSimpleName()
        : message.strip().lines().findFirst().orElseThrow();
  }

  /** Why, by the mart's name. */
  public Map<String, String> reasons() {
    return reasons;
  }
}
