package io.medallion.demo.ingest;

import io.medallion.common.config.Closest;
import io.medallion.common.event.EventNames;
import io.medallion.common.event.FieldPath;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The columns of a CSV file: what each is called in the events, and what the contract needs. */
final class CsvColumns {
  private static final Set<String> VISITORS = Set.of("user_id", "anonymous_id", "session_id");
  private static final int NAMES_SHOWN = 30;
  private static final int LONGEST_SHOWN = 60;

  /**
   * A column.
   *
   * @param name what its cells are called in an event
   * @param field the contract's field that they are, null for others
   * @param rival the column that is mapped to this one's name, -1 for none: where that has a cell,
   *     it wins
   * @param otherName what this one's cells are called then
   */
  record Column(String name, String field, int rival, String otherName) {}

  private final List<Column> columns;
  private final int needed;

  private CsvColumns(List<Column> columns, int needed) {
    this.columns = columns;
    this.needed = needed;
  }

  /**
   * Reads a header.
   *
   * @param visitorRequired whether a file without a visitor has no events
   * @throws SpoiledFile if it is none
   */
  static CsvColumns of(
      List<String> header, List<FieldPath> mapped, EventNames known, boolean visitorRequired)
      throws SpoiledFile {
    List<String> given = named(header);
    refuseTwice(given);
    Map<Integer, String> fields = fields(given, mapped);
    List<Column> columns = new ArrayList<>();
    Set<String> taken = new HashSet<>(given);
    for (int i = 0; i < given.size(); i++) {
      String name = fields.getOrDefault(i, given.get(i));
      int rival = fields.containsKey(i) ? -1 : columnMappedTo(name, fields);
      columns.add(
          new Column(
              name, known.field(name).orElse(null), rival, rival < 0 ? name : free(name, taken)));
    }
    return new CsvColumns(columns, needed(columns, given, visitorRequired));
  }

  List<Column> all() {
    return columns;
  }

  int count() {
    return columns.size();
  }

  /** So many cells reach a time and a visitor; what is missing behind them is empty. */
  int needed() {
    return needed;
  }

  /** A table written with its index has a first column without a name. */
  private static List<String> named(List<String> header) throws SpoiledFile {
    List<String> names = new ArrayList<>(header);
    for (int i = 0; i < names.size(); i++) {
      if (names.get(i) == null || names.get(i).isBlank()) {
        if (i > 0) {
          throw noHeader("column %d of %d has no name".formatted(i + 1, names.size()), header);
        }
        names.set(i, "column_1");
      } else {
        names.set(i, names.get(i).strip());
      }
    }
    return names;
  }

  private static void refuseTwice(List<String> names) throws SpoiledFile {
    Map<String, Integer> seen = new HashMap<>();
    for (int i = 0; i < names.size(); i++) {
      Integer before = seen.putIfAbsent(names.get(i), i);
      if (before != null) {
        throw noHeader(
            "the name %s stands twice, for column %d and column %d"
                .formatted(shown(names.get(i)), before + 1, i + 1),
            names);
      }
    }
  }

  /** The contract's field by the column that is mapped to it. */
  private static Map<Integer, String> fields(List<String> names, List<FieldPath> mapped)
      throws SpoiledFile {
    Map<Integer, String> fields = new HashMap<>();
    for (FieldPath path : mapped) {
      int column = names.indexOf(path.text());
      if (column < 0 && path.names().size() == 1) {
        column = names.indexOf(path.names().get(0));
      }
      if (column < 0) {
        Optional<String> near = Closest.to(path.text(), names);
        throw new SpoiledFile(
            "It has no column %s, which --map gives for %s. %s"
                .formatted(shown(path.text()), path.field(), columnsAre(names)),
            near.map(name -> "Did you mean --map %s=%s?".formatted(path.field(), name))
                .orElse("Name one of its columns."));
      }
      fields.put(column, path.field());
    }
    return fields;
  }

  private static int columnMappedTo(String name, Map<Integer, String> fields) {
    return fields.entrySet().stream()
        .filter(entry -> entry.getValue().equals(name))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse(-1);
  }

  private static String free(String name, Set<String> taken) {
    String free = "$." + name;
    while (!taken.add(free)) {
      free = "$." + free;
    }
    return free;
  }

  private static int needed(List<Column> columns, List<String> header, boolean visitorRequired)
      throws SpoiledFile {
    int time = first(columns, Set.of("timestamp"));
    int visitor = visitorRequired ? first(columns, VISITORS) : 0;
    if (time < 0 || visitor < 0) {
      String missing =
          time >= 0
              ? "none of its columns is a visitor (user_id, anonymous_id, session_id)"
              : visitor >= 0
                  ? "none of its columns is a time"
                  : "none of its columns is a time, and none a visitor";
      throw noHeader(missing, header);
    }
    return Math.max(time, visitor) + 1;
  }

  private static int first(List<Column> columns, Set<String> fields) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).field() != null && fields.contains(columns.get(i).field())) {
        return i;
      }
    }
    return -1;
  }

  private static SpoiledFile noHeader(String reason, List<String> header) {
    return new SpoiledFile(
        "Its first line is no header that can be used: %s. %s"
            .formatted(reason, columnsAre(header)),
        "Name columns with --map FIELD=COLUMN, such as --map timestamp=when --map user_id=customer;"
            + " a file without a header needs one.");
  }

  private static String columnsAre(List<String> names) {
    String shown =
        String.join(", ", names.stream().limit(NAMES_SHOWN).map(CsvColumns::shown).toList());
    return "Its columns are: %s%s"
        .formatted(
            shown,
            names.size() > NAMES_SHOWN
                ? " and %,d more.".formatted(names.size() - NAMES_SHOWN)
                : ".");
  }

  private static String shown(String name) {
    if (name == null || name.isBlank()) {
      return "(no name)";
    }
    String printable = name.replaceAll("\\p{Cntrl}", "?");
    return printable.length() <= LONGEST_SHOWN
        ? printable
        : printable.substring(0, LONGEST_SHOWN) + "...";
  }
}
