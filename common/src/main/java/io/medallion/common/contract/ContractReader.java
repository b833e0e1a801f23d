package io.medallion.common.contract;

import io.medallion.common.config.Closest;
import io.medallion.common.contract.ContractRule.Otherwise;
import java.io.StringReader;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/** Reads a contract from YAML, and finds every error in it, not only the first. */
final class ContractReader {
  private static final List<String> SECTIONS = List.of("columns", "rules", "visitor");
  private static final List<String> OF_COLUMN =
      List.of("type", "from", "expr", "min", "max", "whole_numbers", "about");
  private static final List<String> OF_RULE = List.of("when", "check", "otherwise");
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,62}");

  /** Each flag is a counter of the table's state, of which Delta keeps a hundred at hand. */
  private static final int MOST_FLAGS = 40;

  /** A key with its value. */
  private record Entry(ScalarNode key, Node value) {}

  private final String file;
  private final boolean own;
  private final List<ContractProblem> problems = new ArrayList<>();

  private ContractReader(String file, boolean own) {
    this.file = file;
    this.own = own;
  }

  /** Reads a user's. */
  static Contract user(String file, String yaml) {
    return new ContractReader(file, false).read(yaml);
  }

  /** Reads ours, which may declare what the parser itself derives. */
  static Contract own(String file, String yaml) {
    return new ContractReader(file, true).read(yaml);
  }

  private Contract read(String yaml) {
    Map<String, Entry> sections = sections(yaml);
    List<ContractColumn> columns = new ArrayList<>();
    mapping(sections.get("columns"), "columns, each with its name, such as `category: {…}`")
        .forEach((name, entry) -> columns.add(column(name, entry)));
    List<ContractRule> rules = new ArrayList<>();
    mapping(sections.get("rules"), "rules, each with its name, such as `has_order: {…}`")
        .forEach((name, entry) -> rules.add(rule(name, entry)));
    boolean required = visitorRequired(sections.get("visitor"));
    requireEachPathOnce(columns);
    requireFewFlags(rules);
    if (!problems.isEmpty()) {
      problems.sort(
          Comparator.comparingInt((ContractProblem p) -> p.place().line())
              .thenComparingInt(p -> p.place().column()));
      throw Contract.invalid(file, problems);
    }
    return new Contract(file, columns, rules, required);
  }

  private Map<String, Entry> sections(String yaml) {
    Node root;
    try {
      root = new Yaml(new LoaderOptions()).compose(new StringReader(yaml));
    } catch (MarkedYAMLException e) {
      wrong(place(e.getProblemMark()), "not YAML: " + e.getProblem());
      return Map.of();
    } catch (YAMLException e) {
      wrong(new Place(1, 1), "not YAML: " + e.getMessage());
      return Map.of();
    }
    if (root == null) {
      return Map.of();
    }
    Map<String, Entry> sections = mapping(root, "the sections " + String.join(", ", SECTIONS));
    requireKnown(sections, SECTIONS, "a section of a contract");
    return sections;
  }

  private ContractColumn column(String name, Entry entry) {
    requireName(entry.key(), name, "a column");
    Map<String, Entry> keys =
        mapping(entry, "what a column is, such as `{type: string, from: %s}`".formatted(name));
    List<String> known = new ArrayList<>(OF_COLUMN);
    if (own) {
      known.addAll(List.of("needed", "derived"));
    } else if (Contract.own().column(name).isPresent()) {
      wrong(entry.key(), "silver has a column %s already; choose another name".formatted(name));
    }
    requireKnown(keys, known, "a key of a column");
    ColumnType type = type(name, entry, keys.get("type"));
    List<JsonPath> from = paths(keys.get("from"));
    String expr = keys.containsKey("expr") ? text(keys.get("expr"), "an expression") : null;
    requireOneSource(name, entry, keys);
    BigDecimal min = bound(keys.get("min"), type, keys);
    BigDecimal max = bound(keys.get("max"), type, keys);
    if (min != null && max != null && min.compareTo(max) > 0) {
      wrong(keys.get("max").value(), "max is less than min; exchange them");
    }
    boolean wholeNumbers = flag(keys.get("whole_numbers"), false);
    if (wholeNumbers && type != null && type.kind() != ColumnType.Kind.STRING) {
      wrong(keys.get("whole_numbers").key(), "whole_numbers is for columns of type string alone");
    }
    return new ContractColumn(
        name,
        type == null ? new ColumnType(ColumnType.Kind.STRING, 0, 0) : type,
        from,
        expr,
        min,
        max,
        wholeNumbers,
        flag(keys.get("needed"), false),
        keys.containsKey("about") ? text(keys.get("about"), "a sentence") : "",
        place(entry.key().getStartMark()));
  }

  private void requireOneSource(String name, Entry entry, Map<String, Entry> keys) {
    long sources =
        keys.keySet().stream()
            .filter(key -> Set.of("from", "expr", "derived").contains(key))
            .count();
    if (sources == 0) {
      wrong(
          entry.key(),
          "nothing says where the value of %s comes from; give `from: %s` or an `expr:`"
              .formatted(name, name));
    } else if (sources > 1) {
      wrong(entry.key(), name + " has both from and expr; keep one of them");
    }
  }

  private ColumnType type(String name, Entry column, Entry type) {
    if (type == null) {
      wrong(
          column.key(),
          "%s has no type; give one of %s"
              .formatted(name, String.join(", ", ColumnType.SPELLINGS)));
      return null;
    }
    String text = text(type, "a type");
    Optional<ColumnType> known = ColumnType.of(text);
    if (known.isEmpty()) {
      wrong(
          type.value(),
          text.startsWith("decimal")
              ? "'%s' is no decimal; write decimal(p,s), with 1 to 38 digits, s of them behind the point, such as decimal(18,6)"
                  .formatted(text)
              : "there is no type '%s'; %s"
                  .formatted(text, meant(text, ColumnType.SPELLINGS, "use one of ")));
    }
    return known.orElse(null);
  }

  private List<JsonPath> paths(Entry from) {
    if (from == null) {
      return List.of();
    }
    List<Node> nodes =
        from.value() instanceof SequenceNode list ? list.getValue() : List.of(from.value());
    if (nodes.isEmpty()) {
      wrong(
          from.value(),
          "there is no path; give one or more, such as [category, properties.category]");
    }
    List<JsonPath> paths = new ArrayList<>();
    for (Node node : nodes) {
      String path = text(node, "a path such as properties.category");
      try {
        JsonPath read = JsonPath.of(path);
        paths.add(read);
        requireNotOurs(node, read);
      } catch (IllegalArgumentException e) {
        wrong(
            node,
            "'%s' is no path: %s; write names separated by dots, a dot inside a name as \\."
                .formatted(path, e.getMessage()));
      }
    }
    return paths;
  }

  /** Aliases may be taken; a field's own name may not. */
  private void requireNotOurs(Node node, JsonPath path) {
    if (own || path.isNested()) {
      return;
    }
    Contract.own().columns().stream()
        .filter(column -> column.isRead() && column.from().get(0).equals(path))
        .findFirst()
        .ifPresent(
            column ->
                wrong(
                    node,
                    "the field %s is silver's column %s already; use that one, in an expr"
                        .formatted(path, column.name())));
  }

  private void requireEachPathOnce(List<ContractColumn> columns) {
    Map<JsonPath, String> taken = new HashMap<>();
    for (ContractColumn column : columns) {
      for (JsonPath path : column.from()) {
        String other = taken.putIfAbsent(path, column.name());
        if (other != null) {
          problems.add(
              new ContractProblem(
                  column.place(),
                  "%s takes its value from %s, as %s does; a path belongs to one column, another can be computed of it by `expr: %s`"
                      .formatted(column.name(), path, other, other)));
        }
      }
    }
  }

  private void requireFewFlags(List<ContractRule> rules) {
    List<ContractRule> flags =
        rules.stream().filter(rule -> rule.otherwise() == Otherwise.FLAG).toList();
    if (flags.size() > MOST_FLAGS) {
      problems.add(
          new ContractProblem(
              flags.get(MOST_FLAGS).place(),
              "more than %d rules flag; let some be columns of type boolean, which may be counted as well"
                  .formatted(MOST_FLAGS)));
    }
  }

  private BigDecimal bound(Entry bound, ColumnType type, Map<String, Entry> column) {
    if (bound == null) {
      return null;
    }
    if (type != null && (!type.isNumber() || column.containsKey("expr"))) {
      wrong(
          bound.key(),
          "bounds are for columns of type int, long and decimal that are read from the event; use a rule, such as `check: \"…\"`");
      return null;
    }
    String text = text(bound, "a number");
    try {
      return new BigDecimal(text.replace("_", ""));
    } catch (NumberFormatException e) {
      wrong(bound.value(), "'%s' is no number, such as 0 or 12.5".formatted(text));
      return null;
    }
  }

  private ContractRule rule(String name, Entry entry) {
    requireName(entry.key(), name, "a rule");
    Map<String, Entry> keys =
        mapping(entry, "what a rule is, such as `{check: \"price > 0\", otherwise: flag}`");
    requireKnown(keys, OF_RULE, "a key of a rule");
    String check = null;
    if (keys.containsKey("check")) {
      check = text(keys.get("check"), "a condition");
    } else {
      wrong(
          entry.key(), name + " checks nothing; give a condition, such as `check: \"price > 0\"`");
    }
    String when = keys.containsKey("when") ? text(keys.get("when"), "a condition") : null;
    return new ContractRule(
        name,
        when,
        check,
        otherwise(entry, keys.get("otherwise")),
        place(entry.key().getStartMark()));
  }

  private Otherwise otherwise(Entry rule, Entry otherwise) {
    if (otherwise == null) {
      wrong(
          rule.key(),
          "nothing says what becomes of an event that breaks it; give `otherwise: quarantine` or `otherwise: flag`");
      return Otherwise.FLAG;
    }
    String text = text(otherwise, "quarantine or flag");
    for (Otherwise known : Otherwise.values()) {
      if (known.name().toLowerCase(Locale.ROOT).equals(text)) {
        return known;
      }
    }
    wrong(otherwise.value(), "'%s' is neither quarantine nor flag".formatted(text));
    return Otherwise.FLAG;
  }

  private boolean visitorRequired(Entry visitor) {
    Map<String, Entry> keys = mapping(visitor, "what is asked of a visitor, `{required: false}`");
    requireKnown(keys, List.of("required"), "a key of visitor");
    return flag(keys.get("required"), true);
  }

  private boolean flag(Entry entry, boolean absent) {
    if (entry == null) {
      return absent;
    }
    if (entry.value() instanceof ScalarNode scalar && scalar.getTag().equals(Tag.BOOL)) {
      return scalar.getValue().equalsIgnoreCase("true");
    }
    wrong(entry.value(), "%s is true or false".formatted(entry.key().getValue()));
    return absent;
  }

  private String text(Entry entry, String wanted) {
    return text(entry.value(), wanted);
  }

  private String text(Node node, String wanted) {
    if (node instanceof ScalarNode scalar && !scalar.getValue().isBlank()) {
      return scalar.getValue();
    }
    wrong(node, "this is to be " + wanted);
    return "";
  }

  private Map<String, Entry> mapping(Entry entry, String wanted) {
    return entry == null ? Map.of() : mapping(entry.value(), wanted);
  }

  private Map<String, Entry> mapping(Node node, String wanted) {
    if (node instanceof ScalarNode empty && empty.getTag().equals(Tag.NULL)) {
      return Map.of();
    }
    if (!(node instanceof MappingNode mapping)) {
      wrong(node, "here are to be " + wanted);
      return Map.of();
    }
    Map<String, Entry> entries = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        wrong(tuple.getKeyNode(), "a name is to be here");
      } else if (entries.putIfAbsent(key.getValue(), new Entry(key, tuple.getValueNode()))
          != null) {
        wrong(key, "%s is here twice; remove one of them".formatted(key.getValue()));
      }
    }
    return entries;
  }

  private void requireKnown(Map<String, Entry> entries, List<String> known, String kind) {
    entries.forEach(
        (name, entry) -> {
          if (!known.contains(name)) {
            wrong(
                entry.key(),
                "'%s' is not %s; %s".formatted(name, kind, meant(name, known, "there are ")));
          }
        });
  }

  private static String meant(String name, List<String> known, String all) {
    return Closest.to(name, known)
        .map(near -> "did you mean %s?".formatted(near))
        .orElse(all + String.join(", ", known));
  }

  private void requireName(ScalarNode key, String name, String of) {
    if (!NAME.matcher(name).matches()) {
      wrong(
          key,
          "'%s' is no name of %s: up to 63 small letters, digits and underscores, a letter first"
              .formatted(name, of));
    }
  }

  private void wrong(Node node, String wrong) {
    wrong(place(node.getStartMark()), wrong);
  }

  private void wrong(Place place, String wrong) {
    problems.add(new ContractProblem(place, wrong));
  }

  private static Place place(Mark mark) {
    return mark == null ? Place.NOWHERE : new Place(mark.getLine() + 1, mark.getColumn() + 1);
  }
}
