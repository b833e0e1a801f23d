package io.medallion.common.event;

/** Shows a producer's text in a reason: short, and free of what terminals and Postgres mind. */
public final class Excerpt {
  private static final int LENGTH = 60;

  private Excerpt() {}

  static String of(String text) {
    return of(text, LENGTH);
  }

  /**
   * The beginning of a text.
   *
   * @param most characters of it
   */
  public static String of(String text, int most) {
    StringBuilder shown = new StringBuilder();
    for (int i = 0; i < text.length() && i < most; i++) {
      char c = text.charAt(i);
      if (Character.isISOControl(c) || Character.isSurrogate(c)) {
        shown.append("\\u").append(String.format("%04x", (int) c));
      } else {
        shown.append(c);
      }
    }
    return text.length() > most ? shown.append("...").toString() : shown.toString();
  }
}
