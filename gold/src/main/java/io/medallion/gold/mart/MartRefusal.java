package io.medallion.gold.mart;

/**
 * Why a file is no mart, or no view.
 *
 * @param file as it was named
 * @param line from 1
 * @param column from 1
 * @param problem what is wrong, one line
 * @param reason why it cannot be kept
 * @param remedy what to write instead
 */
public record MartRefusal(
    String file, int line, int column, String problem, String reason, String remedy) {
  @Override
  public String toString() {
    return "%s:%d:%d: %s. %s %s".formatted(file, line, column, problem, reason, remedy);
  }
}
