package io.medallion.dashboard.api;

/**
 * A column of a mart.
 *
 * @param name in small letters
 * @param type as Postgres writes it
 * @param description may be null
 */
public record MartColumn(String name, String type, String description) {
  boolean isTime() {
    return type.startsWith("timestamp") || type.equals("date");
  }

  /** As a name in SQL. */
  String quoted() {
    return quoted(name);
  }

  static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }
}
