package io.medallion.common.contract;

import java.io.Serializable;

/**
 * Where something is written in a contract's file, for errors.
 *
 * @param line from 1 on; 0 if it is not known
 * @param column from 1 on
 */
public record Place(int line, int column) implements Serializable {
  /** Of what no file declares. */
  static final Place NOWHERE = new Place(0, 0);

  @Override
  public String toString() {
    return "line %d, column %d".formatted(line, column);
  }
}
