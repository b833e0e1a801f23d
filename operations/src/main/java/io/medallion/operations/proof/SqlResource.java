package io.medallion.operations.proof;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The queries of the proof, one a file beside this class. */
final class SqlResource {
  private SqlResource() {}

  /**
   * The text of one.
   *
   * @param name without the ending
   */
  static String of(String name) {
    try (InputStream in = SqlResource.class.getResourceAsStream(name + ".sql")) {
      if (in == null) {
        throw new IllegalStateException(name + ".sql is not packaged");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
