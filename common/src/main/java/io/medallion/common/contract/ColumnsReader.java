package io.medallion.common.contract;

import io.medallion.common.contract.YamlNodes.Entry;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads the columns of a contract. */
final class ColumnsReader {
  private static final List<String> OF_COLUMN =
      List.of("type", "from", "expr", "min", "max", "whole_numbers", "about");

  private final YamlNodes nodes;
  private final PathsReader paths;
  private final ValueRulesReader rules;
  private final boolean own;

  /**
   * @param own whether it is our contract, which may declare what the parser itself derives
   */
  ColumnsReader(YamlNodes nodes, PathsReader paths, ValueRulesReader rules, boolean own) {
    this.nodes = nodes;
    this.paths = paths;
    this.rules = rules;
    this.own = own;
  }

  /** Reads one. */
  ContractColumn column(String name, Entry entry, boolean lenient) {
    nodes.requireName(entry.key(), name, "a column");
    Map<String, Entry> keys =
        nodes.mapping(
            entry, "what a column is, such as `{type: string, from: %s}`".formatted(name));
    List<String> known = new ArrayList<>(OF_COLUMN);
    known.addAll(ValueRulesReader.KEYS);
    if (own) {
      known.addAll(List.of("needed", "derived", "stored"));
    } else if (Contract.own().column(name).isPresent()) {
      nodes.wrong(
          entry.key(), "silver has a column %s already; choose another name".formatted(name));
    }
    nodes.requireKnown(keys, known, "a key of a column");
    ColumnType type = type(name, entry, keys.get("type"));
    List<JsonPath> from = paths.paths(keys.get("from"));
    String expr = keys.containsKey("expr") ? nodes.text(keys.get("expr"), "an expression") : null;
    requireOneSource(name, entry, keys);
    BigDecimal min = bound(keys.get("min"), type, keys);
    BigDecimal max = bound(keys.get("max"), type, keys);
    if (min != null && max != null && min.compareTo(max) > 0) {
      nodes.wrong(keys.get("max").value(), "max is less than min; exchange them");
    }
    boolean wholeNumbers = nodes.flag(keys.get("whole_numbers"), false);
    if (wholeNumbers && type != null && type.kind() != ColumnType.Kind.STRING) {
      nodes.wrong(
          keys.get("whole_numbers").key(), "whole_numbers is for columns of type string alone");
    }
    String about = sentence(keys.get("about"), "");
    return new ContractColumn(
        name,
        type == null ? new ColumnType(ColumnType.Kind.STRING, 0, 0) : type,
        from,
        expr,
        min,
        max,
        wholeNumbers,
        nodes.flag(keys.get("needed"), false),
        values(name, type, keys, lenient),
        about,
        sentence(keys.get("stored"), about),
        YamlNodes.place(entry.key()));
  }

  private String sentence(Entry entry, String absent) {
    return entry == null ? absent : nodes.text(entry, "a sentence");
  }

  private void requireOneSource(String name, Entry entry, Map<String, Entry> keys) {
    long sources =
        keys.keySet().stream()
            .filter(key -> Set.of("from", "expr", "derived").contains(key))
            .count();
    if (sources == 0) {
      nodes.wrong(
          entry.key(),
          "nothing says where the value of %s comes from; give `from: %s` or an `expr:`"
              .formatted(name, name));
    } else if (sources > 1) {
      nodes.wrong(entry.key(), name + " has both from and expr; keep one of them");
    }
  }

  private ColumnType type(String name, Entry column, Entry type) {
    if (type == null) {
      nodes.wrong(
          column.key(),
          "%s has no type; give one of %s"
              .formatted(name, String.join(", ", ColumnType.SPELLINGS)));
      return null;
    }
    String text = nodes.text(type, "a type");
    Optional<ColumnType> known = ColumnType.of(text);
    if (known.isEmpty()) {
      nodes.wrong(
          type.value(),
          text.startsWith("decimal")
              ? "'%s' is no decimal; write decimal(p,s), with 1 to 38 digits, s of them behind the point, such as decimal(18,6)"
                  .formatted(text)
              : "there is no type '%s'; %s"
                  .formatted(text, YamlNodes.meant(text, ColumnType.SPELLINGS, "use one of ")));
    }
    return known.orElse(null);
  }

  private ValueRules values(
      String name, ColumnType type, Map<String, Entry> keys, boolean lenient) {
    if (keys.containsKey("expr")) {
      keys.forEach(
          (key, entry) -> {
            if (ValueRulesReader.KEYS.contains(key)) {
              nodes.wrong(entry.key(), key + " is for columns that are read from the event");
            }
          });
      return ValueRules.STRICT;
    }
    return own ? ValueRules.STRICT : rules.rules(name, type, keys, lenient);
  }

  private BigDecimal bound(Entry bound, ColumnType type, Map<String, Entry> column) {
    if (bound == null) {
      return null;
    }
    if (type != null && (!type.isNumber() || column.containsKey("expr"))) {
      nodes.wrong(
          bound.key(),
          "bounds are for columns of type int, long and decimal that are read from the event; use a rule, such as `check: \"…\"`");
      return null;
    }
    String text = nodes.text(bound, "a number");
    try {
      return new BigDecimal(text.replace("_", ""));
    } catch (NumberFormatException e) {
      nodes.wrong(bound.value(), "'%s' is no number, such as 0 or 12.5".formatted(text));
      return null;
    }
  }
}
