package io.medallion.gold.define;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text of a mart: a SELECT, the comments before it, which describe the table, and those behind
 * its columns.
 *
 * <p>A comment of the form {@code --! name: value} before the SELECT is an option: {@code events:
 * all} counts crawlers' events and those beyond the allowed lateness as well, {@code retention:
 * none} keeps the rows whatever gold.retention is, {@code index: column} has rows found by a
 * column.
 *
 * @param name the table's
 * @param path where it was read
 * @param text all of it
 * @param comment the description; empty if there is none
 * @param columnComments by line, from 1
 * @param options by name
 */
public record MartFile(
    String name,
    String path,
    String text,
    String comment,
    Map<Integer, String> columnComments,
    Map<String, String> options) {
  /** Which events it is about; {@code all} for all. */
  static final String EVENTS = "events";

  /** {@code none} if its rows stay. */
  static final String RETENTION = "retention";

  /** A column besides the key that rows are found by. */
  static final String INDEX = "index";

  private static final Map<String, Predicate<String>> OPTIONS =
      Map.of(EVENTS, "all"::equals, RETENTION, "none"::equals, INDEX, Names::isPlain);

  private static final Pattern OPTION = Pattern.compile("--!\\s*([^:]*?)\\s*:\\s*(.*?)\\s*");

  /**
   * Reads comments and options.
   *
   * @throws MartRefused if the name is none for a table, or an option is unknown
   */
  public static MartFile of(String name, String path, String text) throws MartRefused {
    if (!Names.isPlain(name)) {
      throw new MartRefused(
          path,
          MartRefused.Position.START,
          "'%s' is no name of a mart".formatted(name),
          "The file's name is that of the table.",
          Names.RULE);
    }
    StringBuilder comment = new StringBuilder();
    Map<Integer, String> columns = new HashMap<>();
    Map<String, String> options = new LinkedHashMap<>();
    boolean before = true;
    int number = 0;
    for (String line : text.split("\n", -1)) {
      number++;
      String trimmed = line.strip();
      if (before && trimmed.startsWith("--!")) {
        option(path, number, trimmed, options);
      } else if (before && trimmed.startsWith("--")) {
        comment.append(comment.isEmpty() ? "" : " ").append(trimmed.substring(2).strip());
      } else if (!trimmed.isEmpty()) {
        before = false;
        trailing(line).ifPresent(said(columns, number));
      }
    }
    return new MartFile(name, path, text, comment.toString(), columns, options);
  }

  private static Consumer<String> said(Map<Integer, String> columns, int line) {
    return text -> columns.put(line, text);
  }

  private static void option(String path, int line, String text, Map<String, String> options)
      throws MartRefused {
    Matcher parts = OPTION.matcher(text);
    String name = parts.matches() ? parts.group(1).toLowerCase(Locale.ROOT) : "";
    Predicate<String> values = OPTIONS.get(name);
    if (values == null || !values.test(parts.group(2))) {
      throw new MartRefused(
          path,
          new MartRefused.Position(line, 1),
          "'%s' is no option of a mart".formatted(text),
          "Comments that begin with --! are options.",
          "Write `--! events: all`, `--! retention: none` or `--! index: column`, or an ordinary"
              + " comment.");
    }
    options.put(name, parts.group(2));
  }

  /** The SELECT in one line, without comments. */
  String statement() {
    StringBuilder statement = new StringBuilder();
    for (String line : text.split("\n", -1)) {
      String code = line.substring(0, commentAt(line)).strip();
      statement.append(statement.isEmpty() || code.isEmpty() ? "" : " ").append(code);
    }
    return statement.toString();
  }

  /** The comment at the end of a line. */
  private static Optional<String> trailing(String line) {
    int at = commentAt(line);
    return at == line.length() ? Optional.empty() : Optional.of(line.substring(at + 2).strip());
  }

  /** Where a comment begins outside of strings and quoted names; the line's length if none does. */
  private static int commentAt(String line) {
    char quote = 0;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (quote != 0) {
        if (c == '\\' && quote != '`') {
          i++;
        } else if (c == quote) {
          quote = 0;
        }
      } else if (c == '\'' || c == '"' || c == '`') {
        quote = c;
      } else if (line.startsWith("--", i)) {
        return i;
      }
    }
    return line.length();
  }

  /** A column besides the key that rows are found by. */
  Optional<String> index() {
    return Optional.ofNullable(options.get(INDEX));
  }

  boolean countsAll() {
    return "all".equals(options.get(EVENTS));
  }

  boolean keepsRows() {
    return "none".equals(options.get(RETENTION));
  }
}
