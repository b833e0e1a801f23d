package io.medallion.common.contract;

import io.medallion.common.contract.YamlNodes.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads how a producer gives the fields of the event contract. */
final class FieldsReader {
  /** Without one of these there is no event, or another one. */
  private static final Set<String> NOT_OPTIONAL =
      Set.of(
          "event_id", "timestamp", "site", "event_type", "user_id", "anonymous_id", "session_id");

  private static final ColumnType STRING = new ColumnType(ColumnType.Kind.STRING, 0, 0);

  private final YamlNodes nodes;
  private final ValueRulesReader values;
  private final PathsReader paths;

  FieldsReader(YamlNodes nodes, ValueRulesReader values, PathsReader paths) {
    this.nodes = nodes;
    this.values = values;
    this.paths = paths;
  }

  /**
   * Reads them.
   *
   * @param lenient whether optional ones are if they do not say so; then all of them are here
   */
  List<FieldRules> fields(Map<String, Entry> given, boolean lenient) {
    List<FieldRules> fields = new ArrayList<>();
    List<String> names = new ArrayList<>(ours());
    names.addAll(FieldRules.CAMPAIGN);
    nodes.requireKnown(given, names, "a field of the event contract");
    given.forEach(
        (name, entry) -> {
          if (names.contains(name)) {
            fields.add(field(name, entry, lenient));
          }
        });
    if (lenient) {
      ours().stream()
          .filter(name -> !given.containsKey(name) && !NOT_OPTIONAL.contains(name))
          .map(name -> new FieldRules(name, List.of(), lenient(), Place.NOWHERE))
          .forEach(fields::add);
    }
    return fields;
  }

  private static ValueRules lenient() {
    return new ValueRules(
        true, Set.of(), Map.of(), ValueRules.Letters.AS_SENT, false, false, null, null, null, null);
  }

  private static List<String> ours() {
    return Contract.own().columns().stream()
        .filter(ContractColumn::isRead)
        .map(column -> column.from().get(0).toString())
        .collect(Collectors.toList());
  }

  private FieldRules field(String name, Entry entry, boolean lenient) {
    Map<String, Entry> keys =
        nodes.mapping(entry, "how it is given, such as `{from: %s}`".formatted(name));
    List<String> known = new ArrayList<>(ValueRulesReader.KEYS);
    known.add(0, "from");
    nodes.requireKnown(keys, known, "a key of a field");
    if (NOT_OPTIONAL.contains(name) && keys.containsKey("optional")) {
      nodes.wrong(
          keys.get("optional").key(), name + " decides what an event is, and is not optional");
    }
    if (FieldRules.CAMPAIGN.contains(name) && !keys.containsKey("from")) {
      nodes.wrong(entry.key(), "nothing says where %s is; give `from: …`".formatted(name));
    }
    return new FieldRules(
        name,
        paths.any(keys.get("from")),
        values.rules(name, type(name), keys, lenient && !NOT_OPTIONAL.contains(name)),
        YamlNodes.place(entry.key()));
  }

  private static ColumnType type(String name) {
    Optional<ContractColumn> own =
        Contract.own().columns().stream()
            .filter(c -> c.isRead() && c.from().get(0).toString().equals(name))
            .findFirst();
    return own.map(ContractColumn::type).orElse(STRING);
  }
}
