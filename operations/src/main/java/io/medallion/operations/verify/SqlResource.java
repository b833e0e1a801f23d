package io.medallion.operations.verify;

import io.medallion.common.Resource;

/** The queries of the proof, one a file next to this class. */
final class SqlResource {
  private SqlResource() {}

  /**
   * The text of one.
   *
   * @param name without the ending
   */
  static String of(String name) {
    return Resource.text(SqlResource.class, name + ".sql");
  }
}
