package io.medallion.gold.define;

/** A file says something that cannot be kept exact, or cannot be read. */
public final class MartRefused extends Exception {
  private static final long serialVersionUID = 1L;

  private final String file;
  private final int line;
  private final int column;
  private final String problem;
  private final String reason;
  private final String remedy;

  MartRefused(String file, Position position, String problem, String reason, String remedy) {
    super(
        "%s:%d:%d: %s. %s %s"
            .formatted(file, position.line(), position.column(), problem, reason, remedy));
    this.file = file;
    this.line = position.line();
    this.column = position.column();
    this.problem = problem;
    this.reason = reason;
    this.remedy = remedy;
  }

  /**
   * A place in a file.
   *
   * @param line from 1
   * @param column from 1
   */
  record Position(int line, int column) {
    static final Position START = new Position(1, 1);
  }

  /** The file as it was named. */
  public String file() {
    return file;
  }

  /** From 1. */
  public int line() {
    return line;
  }

  /** From 1. */
  public int column() {
    return column;
  }

  /** What is wrong, one line. */
  public String problem() {
    return problem;
  }

  /** Why it cannot be kept. */
  public String reason() {
    return reason;
  }

  /** What to write instead. */
  public String remedy() {
    return remedy;
  }
}
