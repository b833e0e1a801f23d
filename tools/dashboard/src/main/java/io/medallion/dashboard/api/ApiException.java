package io.medallion.dashboard.api;

/** A question that cannot be answered, with what its asker can do about it. */
public final class ApiException extends Exception {
  private static final long serialVersionUID = 1;

  private final int status;
  private final String remedy;

  /**
   * One.
   *
   * @param status of HTTP
   * @param problem what is wrong
   * @param remedy what would be right
   */
  ApiException(int status, String problem, String remedy) {
    super(problem);
    this.status = status;
    this.remedy = remedy;
  }

  /** The status of HTTP. */
  public int status() {
    return status;
  }

  /** What would be right. */
  public String remedy() {
    return remedy;
  }
}
