package io.medallion.gold.alert;

import io.medallion.common.config.ConfigTypes;
import io.medallion.common.contract.ContractProblem;
import io.medallion.common.contract.Place;
import io.medallion.common.contract.YamlNodes;
import io.medallion.common.contract.YamlNodes.Entry;
import io.medallion.gold.alert.AlertDefinition.Condition;
import io.medallion.gold.alert.AlertDefinition.Freshness;
import io.medallion.gold.alert.AlertDefinition.Matches;
import io.medallion.gold.alert.AlertDefinition.OverMart;
import io.medallion.gold.alert.AlertDefinition.Quarantine;
import io.medallion.gold.alert.AlertDefinition.Severity;
import io.medallion.gold.alert.AlertDefinition.Side;
import io.medallion.gold.alert.AlertDefinition.Target;
import io.medallion.gold.alert.AlertDefinition.Test;
import io.medallion.gold.alert.AlertDefinition.Unusual;
import io.medallion.gold.alert.AlertDefinition.Window;
import io.medallion.gold.mart.MartRefusal;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;

/** Reads an alert from YAML, and finds every error in it, not only the first. */
final class AlertReader {
  private static final List<String> CONDITIONS = List.of("mart", "freshness", "quarantine");
  private static final List<String> OF_MART = List.of("window", "key", "show", "when", "unusual");
  private static final List<String> KEYS =
      List.of(
          "description",
          "severity",
          "to",
          "mart",
          "window",
          "key",
          "show",
          "when",
          "unusual",
          "freshness",
          "quarantine");

  private static final Pattern COLUMN = Pattern.compile("[a-z][a-z0-9_]{0,62}");

  private static final Duration LONGEST = Duration.ofDays(366);
  private static final int MOST_WEEKS = 12;
  private static final int LEAST_WEEKS = 3;
  private static final String USUAL_WEEKS = "4";

  /** Iglewicz and Hoaglin's. */
  private static final String USUAL_SCORE = "3.5";

  private static final String REASON = "It has to be known what is judged, when, and over whom.";

  private final String name;
  private final String path;
  private final YamlNodes nodes = new YamlNodes();
  private final Map<String, Place> places = new HashMap<>();

  private AlertReader(String name, String path) {
    this.name = name;
    this.path = path;
  }

  /**
   * Reads one.
   *
   * @param name the file's, without its ending
   * @throws AlertRefused if anything is wrong with it
   */
  static AlertDefinition read(String name, String path, String yaml) throws AlertRefused {
    AlertReader reader = new AlertReader(name, path);
    AlertDefinition definition = reader.definition(yaml);
    reader.requireRight();
    return definition;
  }

  private AlertDefinition definition(String yaml) {
    if (!COLUMN.matcher(name).matches()) {
      nodes.wrong(
          new Place(1, 1),
          "'%s' is no name of an alert; name the file NAME.alert.yaml, with up to 63 small letters,"
                  .formatted(name)
              + " digits and underscores, a letter first");
    }
    Map<String, Entry> given = nodes.top(yaml, "the keys " + String.join(", ", KEYS));
    nodes.requireKnown(given, KEYS, "a key of an alert");
    Entry description = given.get("description");
    return new AlertDefinition(
        name,
        path,
        yaml,
        description == null ? "" : nodes.text(description, "what the alert means").strip(),
        nodes.word(given.get("severity"), Severity.class, Severity.WARNING),
        targets(given.get("to")),
        condition(given),
        places);
  }

  private void requireRight() throws AlertRefused {
    if (nodes.problems().isEmpty()) {
      return;
    }
    throw new AlertRefused(
        nodes.problems().stream()
            .sorted(
                Comparator.comparingInt((ContractProblem p) -> p.place().line())
                    .thenComparingInt(p -> p.place().column()))
            .map(this::refusal)
            .toList());
  }

  private MartRefusal refusal(ContractProblem problem) {
    Place place = problem.place();
    return new MartRefusal(
        path,
        Math.max(1, place.line()),
        Math.max(1, place.column()),
        problem.wrong(),
        REASON,
        "Mend the file; `medallion alerts test FILE` tries it, and docs/alerts.md has the keys.",
        false);
  }

  private Set<Target> targets(Entry entry) {
    EnumSet<Target> targets = EnumSet.noneOf(Target.class);
    if (entry != null) {
      for (Node node : YamlNodes.elements(entry)) {
        nodes.word(node, "target", Target.class).ifPresent(targets::add);
      }
    }
    return targets;
  }

  private Condition condition(Map<String, Entry> given) {
    List<String> conditions = CONDITIONS.stream().filter(given::containsKey).toList();
    if (conditions.size() != 1) {
      nodes.wrong(
          conditions.isEmpty()
              ? new Place(1, 1)
              : YamlNodes.place(given.get(conditions.get(1)).key()),
          "an alert is about one of mart, freshness and quarantine; give %s"
              .formatted(
                  conditions.isEmpty()
                      ? "one, such as `mart: revenue`"
                      : "%s a file of its own".formatted(conditions.get(1))));
      return null;
    }
    if (!given.containsKey("mart")) {
      OF_MART.stream()
          .filter(given::containsKey)
          .forEach(
              key ->
                  nodes.wrong(
                      given.get(key).key(),
                      "%s is about a mart, this alert is about %s; remove it"
                          .formatted(key, conditions.get(0))));
    }
    return switch (conditions.get(0)) {
      case "mart" -> overMart(given);
      case "freshness" -> freshness(given.get("freshness"));
      default -> quarantine(given.get("quarantine"));
    };
  }

  private Condition overMart(Map<String, Entry> given) {
    String mart = column(given.get("mart").value(), "the name of a table or view of gold");
    List<String> key = columns(given.get("key"), "a column that tells one alert from another");
    List<String> shown = columns(given.get("show"), "a column to be shown");
    Test test = test(given);
    if (test instanceof Unusual && !shown.isEmpty()) {
      nodes.wrong(
          given.get("show").key(),
          "an alert on an unusual number shows that, its median and its deviation; remove show");
    }
    Window window = window(given.get("window"), test instanceof Unusual);
    return test == null || window == null ? null : new OverMart(mart, window, key, shown, test);
  }

  private Window window(Entry entry, boolean unusual) {
    if (entry == null) {
      nodes.wrong(
          new Place(1, 1),
          "it is not known when a window is complete; give its start and length, such as `window:"
              + " {start: window_start, length: 1m}`");
      return null;
    }
    Map<String, Entry> given =
        nodes.mapping(entry, "where a row's window is, `{start: window_start, length: 1m}`");
    nodes.requireKnown(given, List.of("start", "length", "every", "reach"), "a key of a window");
    Entry start = required(entry, given, "start", "start: window_start");
    Entry length = required(entry, given, "length", "length: 1m");
    Duration every = duration(given.get("every"), Duration.ZERO);
    if (unusual && !every.isZero()) {
      nodes.wrong(
          given.get("every").key(),
          "every is for alerts with `when`, not with `unusual`; remove it");
    }
    return start == null || length == null
        ? null
        : new Window(
            column(start.value(), "a column with a time or a day"),
            duration(length, Duration.ZERO),
            every,
            duration(given.get("reach"), every));
  }

  private Test test(Map<String, Entry> given) {
    Entry when = given.get("when");
    Entry unusual = given.get("unusual");
    if ((when == null) == (unusual == null)) {
      nodes.wrong(
          when == null ? YamlNodes.place(given.get("mart").key()) : YamlNodes.place(unusual.key()),
          "an alert over a mart has one of when and unusual; "
              + (when == null ? "give one, such as `when: views > 1000`" : "remove one of them"));
      return null;
    }
    return when == null ? unusual(unusual) : matches(when);
  }

  private Test matches(Entry when) {
    String sql = nodes.text(when, "a condition over the mart's columns, such as `views > 1000`");
    boolean block =
        when.value() instanceof ScalarNode scalar
            && (scalar.getScalarStyle() == ScalarStyle.LITERAL
                || scalar.getScalarStyle() == ScalarStyle.FOLDED);
    Place place = YamlNodes.place(when.value());
    boolean quoted =
        when.value() instanceof ScalarNode scalar
            && (scalar.getScalarStyle() == ScalarStyle.SINGLE_QUOTED
                || scalar.getScalarStyle() == ScalarStyle.DOUBLE_QUOTED);
    return new Matches(sql, quoted ? new Place(place.line(), place.column() + 1) : place, block);
  }

  private Test unusual(Entry entry) {
    Map<String, Entry> given =
        nodes.mapping(entry, "which number may be unusual, `{number: orders, weeks: 4}`");
    nodes.requireKnown(
        given, List.of("number", "weeks", "score", "least", "side"), "a key of unusual");
    Entry number = required(entry, given, "number", "number: orders");
    BigDecimal weeks = number(given.get("weeks"), USUAL_WEEKS);
    if (weeks.stripTrailingZeros().scale() > 0
        || weeks.compareTo(BigDecimal.valueOf(LEAST_WEEKS)) < 0
        || weeks.compareTo(BigDecimal.valueOf(MOST_WEEKS)) > 0) {
      nodes.wrong(
          given.get("weeks").value(),
          "weeks is a whole number from %d to %d".formatted(LEAST_WEEKS, MOST_WEEKS));
      return null;
    }
    return number == null
        ? null
        : new Unusual(
            column(number.value(), "a column with a number"),
            weeks.intValueExact(),
            number(given.get("score"), USUAL_SCORE),
            number(given.get("least"), "1"),
            nodes.word(given.get("side"), Side.class, Side.BOTH));
  }

  private Condition freshness(Entry entry) {
    Map<String, Entry> given = nodes.mapping(entry, "how old is too old, `{behind: 5m}`");
    nodes.requireKnown(given, List.of("behind"), "a key of freshness");
    Entry behind = required(entry, given, "behind", "behind: 5m");
    return behind == null ? null : new Freshness(duration(behind, Duration.ZERO));
  }

  private Condition quarantine(Entry entry) {
    Map<String, Entry> given =
        nodes.mapping(entry, "which share is too much, `{share: 0.05, within: 10m}`");
    nodes.requireKnown(given, List.of("reason", "share", "within", "least"), "a key of quarantine");
    Entry share = required(entry, given, "share", "share: 0.05");
    Entry reason = given.get("reason");
    if (share == null) {
      return null;
    }
    BigDecimal part = number(share, "0");
    if (part.compareTo(BigDecimal.ONE) >= 0) {
      nodes.wrong(share.value(), "a share is less than 1; 5 % are 0.05");
    }
    return new Quarantine(
        reason == null ? null : nodes.text(reason, "a reason's code, or the name of a rule"),
        part,
        duration(given.get("within"), Duration.ofMinutes(10)),
        number(given.get("least"), "1").longValue());
  }

  private Entry required(Entry in, Map<String, Entry> given, String key, String example) {
    Entry entry = given.get(key);
    if (entry == null) {
      nodes.wrong(
          in.key(),
          "%s lacks %s; give one, such as `%s`".formatted(in.key().getValue(), key, example));
    }
    return entry;
  }

  private List<String> columns(Entry entry, String wanted) {
    List<String> columns = new ArrayList<>();
    if (entry != null) {
      YamlNodes.elements(entry).forEach(node -> columns.add(column(node, wanted)));
    }
    return columns;
  }

  private String column(Node node, String wanted) {
    String column = nodes.text(node, wanted);
    if (!column.isEmpty() && !COLUMN.matcher(column).matches()) {
      nodes.wrong(
          node,
          "'%s' is no name of a column or table; this is to be %s, in small letters, digits and"
                  .formatted(column, wanted)
              + " underscores");
    }
    places.putIfAbsent(column, YamlNodes.place(node));
    return column;
  }

  private Duration duration(Entry entry, Duration absent) {
    if (entry == null) {
      return absent;
    }
    String text = nodes.text(entry, "a duration such as 10m");
    if (text.equals("0")) {
      return Duration.ZERO;
    }
    try {
      Duration duration = text.isEmpty() ? absent : ConfigTypes.duration(text);
      if (duration.compareTo(LONGEST) > 0) {
        nodes.wrong(entry.value(), "%s is longer than a year".formatted(text));
      }
      return duration;
    } catch (IllegalArgumentException e) {
      nodes.wrong(
          entry.value(),
          "'%s' is no duration: %s; write one such as 90s, 10m, 1h or 1d"
              .formatted(text, e.getMessage()));
      return absent;
    }
  }

  private BigDecimal number(Entry entry, String absent) {
    if (entry == null) {
      return new BigDecimal(absent);
    }
    String text = nodes.text(entry, "a number");
    try {
      BigDecimal number = new BigDecimal(text.isEmpty() ? absent : text);
      if (number.signum() < 0) {
        nodes.wrong(entry.value(), "%s is not to be less than 0".formatted(entry.key().getValue()));
      }
      return number;
    } catch (NumberFormatException e) {
      nodes.wrong(entry.value(), "'%s' is no number".formatted(text));
      return new BigDecimal(absent);
    }
  }
}
