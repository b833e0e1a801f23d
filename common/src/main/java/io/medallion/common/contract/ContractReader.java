package io.medallion.common.contract;

import io.medallion.common.config.ConfigTypes;
import io.medallion.common.contract.ContractRule.Otherwise;
import io.medallion.common.contract.ValueRules.Clock;
import io.medallion.common.contract.YamlNodes.Entry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;

/** Reads a contract from YAML, and finds every error in it, not only the first. */
final class ContractReader {
  private static final List<String> SECTIONS =
      List.of(
          "preset",
          "fields",
          "columns",
          "rules",
          "visitor",
          "optional",
          "pages",
          "identity",
          "batch",
          "sites");

  /** A section of our contract alone. */
  private static final String RULES_VERSION = "rules_version";

  private static final List<String> OF_RULE = List.of("when", "check", "otherwise", "fields");

  /** What an event is known by, and counts for. */
  private static final Set<String> KEPT =
      Set.of("event_id", "event_time", "site", "local_date", "event_type", "visitor");

  /** Each flag is a counter of the table's state, of which Delta keeps a hundred at hand. */
  private static final int MOST_FLAGS = 40;

  /** In place of a path where a record is itself the array of events. */
  private static final String THE_RECORD = "[]";

  /** What a lookup reads grows with it; a copy lies on its event's day or on one next to it. */
  private static final Duration MOST_WITHIN = Duration.ofDays(1);

  private final String file;
  private final boolean own;
  private final YamlNodes nodes = new YamlNodes();
  private final ValueRulesReader values = new ValueRulesReader(nodes);
  private final PathsReader paths;

  private ContractReader(String file, boolean own) {
    this.file = file;
    this.own = own;
    this.paths = new PathsReader(nodes, own);
  }

  /** Reads a user's. */
  static Contract user(String file, String yaml) {
    return new ContractReader(file, false).read(yaml);
  }

  /** Reads ours, which may declare what the parser itself derives. */
  static Contract own(String file, String yaml) {
    return new ContractReader(file, true).read(yaml);
  }

  /** The version of the rules that our contract states. */
  static int rulesVersion(String file, String yaml) {
    ContractReader reader = new ContractReader(file, true);
    Entry stated = reader.sections(yaml).get(RULES_VERSION);
    return Integer.parseInt(reader.nodes.text(stated, "a whole number"));
  }

  private Contract read(String yaml) {
    Map<String, Entry> given = sections(yaml);
    Map<String, Entry> preset = preset(given.get("preset"));
    boolean lenient =
        values.lenient(given.get("optional"), values.lenient(preset.get("optional"), false));
    ColumnsReader columnsReader = new ColumnsReader(nodes, paths, values, own);
    List<ContractColumn> columns = new ArrayList<>();
    section("columns", preset, given, "columns, each with its name, such as `category: {…}`")
        .forEach((name, entry) -> columns.add(columnsReader.column(name, entry, lenient)));
    List<ContractRule> rules = new ArrayList<>();
    section("rules", preset, given, "rules, each with its name, such as `has_order: {…}`")
        .forEach((name, entry) -> rules.add(rule(name, entry)));
    Contract contract =
        new Contract(
            file,
            columns,
            rules,
            visitorRequired(
                section(
                    "visitor", preset, given, "what is asked of a visitor, `{required: false}`")),
            own
                ? List.of()
                : new FieldsReader(nodes, values, paths)
                    .fields(
                        section(
                            "fields",
                            preset,
                            given,
                            "fields of the event contract, such as `user_id: {from: userId}`"),
                        lenient),
            new PagesReader(nodes)
                .pages(section("pages", preset, given, "what pages are, such as `case: lower`")),
            identity(
                section("identity", preset, given, "an event's identity, `{ignore: [sent_at]}`")),
            batch(section("batch", preset, given, "where a record's events are, `{from: batch}`")),
            new SitesReader(nodes)
                .sites(
                    section(
                        "sites",
                        preset,
                        given,
                        "sites, each with its name, such as `shop-de: {time_zone: Europe/Berlin}`")),
            lenient,
            Pseudonyms.NONE);
    requireEachPathOnce(contract);
    requireClock(contract);
    requireFewFlags(contract);
    if (contract.isWithholding()) {
      requireRedactable(contract);
    }
    requireRight();
    return contract;
  }

  private void requireRight() {
    List<ContractProblem> problems = nodes.problems();
    if (!problems.isEmpty()) {
      problems.sort(
          Comparator.comparingInt((ContractProblem p) -> p.place().line())
              .thenComparingInt(p -> p.place().column()));
      throw Contract.invalid(file, problems);
    }
  }

  private Map<String, Entry> sections(String yaml) {
    Map<String, Entry> sections = nodes.top(yaml, "the sections " + String.join(", ", SECTIONS));
    List<String> known = new ArrayList<>(SECTIONS);
    if (own) {
      known.add(RULES_VERSION);
    }
    nodes.requireKnown(sections, known, "a section of a contract");
    return sections;
  }

  /** The sections of the one that a contract begins with. */
  private Map<String, Entry> preset(Entry preset) {
    if (preset == null) {
      return Map.of();
    }
    String name = nodes.text(preset, "the name of a preset");
    if (!Presets.NAMES.contains(name)) {
      nodes.wrong(
          preset.value(),
          "there is no preset '%s'; %s"
              .formatted(name, YamlNodes.meant(name, Presets.NAMES, "there are ")));
      return Map.of();
    }
    return sections(Presets.yaml(name));
  }

  /** A preset's entries, those of the file itself in their place or behind them. */
  private Map<String, Entry> section(
      String name, Map<String, Entry> preset, Map<String, Entry> given, String wanted) {
    Map<String, Entry> entries = new LinkedHashMap<>(nodes.mapping(preset.get(name), wanted));
    entries.putAll(nodes.mapping(given.get(name), wanted));
    return entries;
  }

  private void requireEachPathOnce(Contract contract) {
    Map<JsonPath, String> taken = new HashMap<>();
    for (FieldRules field : contract.fields()) {
      field.from().forEach(path -> requireFree(taken, path, field.field(), field.place()));
    }
    for (ContractColumn column : contract.columns()) {
      column.from().forEach(path -> requireFree(taken, path, column.name(), column.place()));
    }
  }

  private void requireFree(Map<JsonPath, String> taken, JsonPath path, String name, Place place) {
    String other = taken.putIfAbsent(path, name);
    if (other != null) {
      nodes.wrong(
          place,
          "%s takes its value from %s, as %s does; a path belongs to one column, another can be computed of it by `expr: %s`"
              .formatted(name, path, other, other));
    }
  }

  private void requireClock(Contract contract) {
    for (FieldRules field : contract.fields()) {
      Clock clock = field.values().clock();
      if (clock == null) {
        continue;
      }
      for (String name : List.of(clock.sent(), clock.received())) {
        boolean isTime =
            contract.read().stream()
                .anyMatch(
                    c -> c.name().equals(name) && c.type().kind() == ColumnType.Kind.TIMESTAMP);
        if (!isTime) {
          nodes.wrong(
              field.place(),
              "the clock's %s is no column of type timestamp of this contract; add `%s: {type: timestamp, from: %s}` to columns"
                  .formatted(name, name, name));
        }
      }
    }
  }

  private void requireFewFlags(Contract contract) {
    Set<String> flags = new HashSet<>(contract.readingFlags());
    for (ContractRule rule : contract.flagging()) {
      if (!flags.add(rule.name())) {
        nodes.wrong(
            rule.place(),
            "%s is the flag of a value that was dropped or rounded; choose another name"
                .formatted(rule.name()));
      } else if (flags.size() == MOST_FLAGS + 1) {
        nodes.wrong(
            rule.place(),
            "more than %d rules flag, with %d flags of values that are dropped or rounded among them; let some be columns of type boolean, which may be counted as well"
                .formatted(MOST_FLAGS, contract.readingFlags().size()));
      }
    }
  }

  private IdentityRules identity(Map<String, Entry> identity) {
    nodes.requireKnown(identity, List.of("ignore", "within"), "a key of identity");
    return new IdentityRules(ignored(identity), within(identity.get("within")));
  }

  private Duration within(Entry entry) {
    if (entry == null) {
      return Duration.ZERO;
    }
    try {
      Duration within = ConfigTypes.duration(text(entry));
      if (within.compareTo(MOST_WITHIN) <= 0) {
        return within;
      }
    } catch (IllegalArgumentException e) {
      // Told below.
    }
    nodes.wrong(entry.value(), "this is to be a duration of at most a day, such as 500ms or 10m");
    return Duration.ZERO;
  }

  private static String text(Entry entry) {
    return entry.value() instanceof ScalarNode scalar ? scalar.getValue() : "";
  }

  private BatchRules batch(Map<String, Entry> batch) {
    nodes.requireKnown(batch, List.of("from", "share"), "a key of batch");
    Entry from = batch.get("from");
    if (from == null) {
      return BatchRules.NONE;
    }
    if (text(from).equals(THE_RECORD)) {
      if (batch.containsKey("share")) {
        nodes.wrong(batch.get("share").value(), "nothing is around a record that is the array");
      }
      return new BatchRules(true, List.of(), List.of());
    }
    List<JsonPath> path = paths.any(from);
    if (path.size() != 1 || path.get(0).hasChoices()) {
      nodes.wrong(
          from.value(), "this is to be one path to an array, or [] where the record is the array");
      return BatchRules.NONE;
    }
    return new BatchRules(true, path.get(0).names(), shared(batch.get("share"), path.get(0)));
  }

  private List<String> shared(Entry share, JsonPath events) {
    List<JsonPath> paths = this.paths.any(share);
    if (paths.stream().anyMatch(path -> path.hasChoices() || path.names().size() > 1)) {
      nodes.wrong(share.value(), "these are to be names of the record's own members");
      return List.of();
    }
    List<String> names = paths.stream().map(path -> path.names().get(0)).distinct().toList();
    if (names.contains(events.names().get(0))) {
      nodes.wrong(share.value(), "an event cannot have what its events are in");
    }
    return names;
  }

  private List<JsonPath> ignored(Map<String, Entry> identity) {
    List<JsonPath> ignored = paths.any(identity.get("ignore"));
    if (ignored.stream().anyMatch(JsonPath::hasChoices)) {
      nodes.wrong(
          identity.get("ignore").value(),
          "an element of an array cannot be left out; name the array, or what is around it");
    }
    return ignored;
  }

  private ContractRule rule(String name, Entry entry) {
    nodes.requireName(entry.key(), name, "a rule");
    Map<String, Entry> keys =
        nodes.mapping(entry, "what a rule is, such as `{check: \"price > 0\", otherwise: flag}`");
    nodes.requireKnown(keys, OF_RULE, "a key of a rule");
    String check = null;
    if (keys.containsKey("check")) {
      check = nodes.text(keys.get("check"), "a condition");
    } else {
      nodes.wrong(
          entry.key(), name + " checks nothing; give a condition, such as `check: \"price > 0\"`");
    }
    Otherwise otherwise = otherwise(entry, keys.get("otherwise"));
    String when = keys.containsKey("when") ? nodes.text(keys.get("when"), "a condition") : null;
    return new ContractRule(
        name,
        when,
        check,
        otherwise,
        redacted(keys.get("fields"), otherwise),
        YamlNodes.place(entry.key()));
  }

  private Otherwise otherwise(Entry rule, Entry otherwise) {
    if (otherwise == null) {
      nodes.wrong(
          rule.key(),
          "nothing says what becomes of an event that breaks it; give `otherwise: quarantine`, `otherwise: flag` or `otherwise: redact`");
      return Otherwise.FLAG;
    }
    String text = nodes.text(otherwise, "quarantine, flag or redact");
    for (Otherwise known : Otherwise.values()) {
      if (known.name().toLowerCase(Locale.ROOT).equals(text)) {
        return known;
      }
    }
    nodes.wrong(
        otherwise.value(), "'%s' is neither quarantine nor flag nor redact".formatted(text));
    return Otherwise.FLAG;
  }

  private List<String> redacted(Entry fields, Otherwise otherwise) {
    if (fields == null) {
      return List.of();
    }
    if (otherwise != Otherwise.REDACT) {
      nodes.wrong(
          fields.key(), "only a rule with `otherwise: redact` takes fields out of an event");
    }
    List<String> names = new ArrayList<>();
    for (Node element : YamlNodes.elements(fields)) {
      names.add(nodes.text(element, "the name of a column that is read from the event"));
    }
    if (names.isEmpty()) {
      nodes.wrong(
          fields.value(), "no field is named; without `fields` the event as a whole is redacted");
    }
    return names;
  }

  private void requireRedactable(Contract contract) {
    List<String> known =
        Stream.concat(Contract.own().columns().stream(), contract.columns().stream())
            .filter(column -> !column.isComputed())
            .map(ContractColumn::name)
            .filter(name -> !KEPT.contains(name))
            .toList();
    for (ContractRule rule : contract.rules()) {
      for (String field : rule.fields()) {
        if (!known.contains(field)) {
          nodes.wrong(
              rule.place(),
              "%s cannot redact '%s'; %s"
                  .formatted(rule.name(), field, YamlNodes.meant(field, known, "there are ")));
        }
      }
    }
  }

  private boolean visitorRequired(Map<String, Entry> keys) {
    nodes.requireKnown(keys, List.of("required"), "a key of visitor");
    return nodes.flag(keys.get("required"), true);
  }
}
