package io.medallion.dashboard.api;

/**
 * A column of a mart.
 *
 * @param name in small letters
 * @param type as Postgres writes it
 * @param description may be null
 * @param key whether it is part of what tells rows apart; a view's columns are not
 */
public record MartColumn(String name, String type, String description, boolean key) {
  /** One that is no part of a key. */
  MartColumn(String name, String type, String description) {
    this(name, type, description, false);
  }

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
