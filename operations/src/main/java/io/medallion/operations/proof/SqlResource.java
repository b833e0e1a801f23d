package io.medallion.operations.proof;

import io.medallion.common.Resource;

/** The queries of the proof, one a file beside this class. */
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
