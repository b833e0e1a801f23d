package io.medallion.demo.ingest;

/**
 * A line of a file, or another piece of it that is to become one record.
 *
 * @param number the line of the file that it begins on, from 1
 * @param bytes without its line end; null if there are more than can be taken
 * @param length how many bytes there are
 * @param isEnded whether its end was seen, so that it can be no half of a line
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by nobody.
record Line(long number, byte[] bytes, long length, boolean isEnded) {
  boolean isTooLong() {
    return bytes == null;
  }

  /** Whether there is nothing in it. */
  static boolean isBlank(byte[] line) {
    for (byte b : line) {
      if (b != ' ' && b != '\t' && b != '\r') {
        return false;
      }
    }
    return true;
  }
}
