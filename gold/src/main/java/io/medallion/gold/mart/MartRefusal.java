package io.medallion.gold.mart;

/**
 * Why a file is no mart, or no view, or why a mart is not kept any more.
 *
 * @param file as it was named
 * @param line from 1
 * @param column from 1
 * @param problem what is wrong, one line
 * @param reason why it cannot be kept
 * @param remedy what to write instead
 * @param failed whether it could be kept, until it failed over an event
 */
public record MartRefusal(
    String file,
    int line,
    int column,
    String problem,
    String reason,
    String remedy,
    boolean failed) {
  @Override
  public String toString() {
    return "%s:%d:%d: %s. %s %s".formatted(file, line, column, problem, reason, remedy);
  }
}
