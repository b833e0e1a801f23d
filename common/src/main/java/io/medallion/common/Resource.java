package io.medallion.common;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Files that are packaged next to a class. */
public final class Resource {
  private Resource() {}

  /**
   * One as text, in UTF-8.
   *
   * @param beside the class that it is packaged with
   * @param name relative to that class's package, or from the root with a leading slash
   * @throws IllegalStateException if there is none: the program is not whole
   */
  public static String text(Class<?> beside, String name) {
    return new String(bytes(beside, name), StandardCharsets.UTF_8);
  }

  /** The same as bytes. */
  public static byte[] bytes(Class<?> beside, String name) {
    try (InputStream in = beside.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(
            "%s is not packaged beside %s".formatted(name, beside.getName()));
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(name, e);
    }
  }
}
