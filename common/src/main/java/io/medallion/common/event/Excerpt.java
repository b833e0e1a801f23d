package io.medallion.common.event;

/** Shows a producer's text in a reason: short, and free of what terminals and Postgres mind. */
final class Excerpt {
  private static final int LENGTH = 60;

  private Excerpt() {}

  static String of(String text) {
    StringBuilder shown = new StringBuilder();
    for (int i = 0; i < text.length() && i < LENGTH; i++) {
      char c = text.charAt(i);
      if (Character.isISOControl(c) || Character.isSurrogate(c)) {
        shown.append("\\u").append(String.format("%04x", (int) c));
      } else {
        shown.append(c);
      }
    }
    return text.length() > LENGTH ? shown.append("...").toString() : shown.toString();
  }
}
