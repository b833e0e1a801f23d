package io.medallion.common.contract;

import io.medallion.common.config.Closest;
import java.io.StringReader;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
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

/** Reads YAML into keys and values with their places, and collects what is wrong with them. */
public final class YamlNodes {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,62}");

  /** A key with its value. */
  public record Entry(ScalarNode key, Node value) {}

  private final List<ContractProblem> problems = new ArrayList<>();

  /** What was wrong so far; may be added to. */
  public List<ContractProblem> problems() {
    return problems;
  }

  /** The keys at the top; none if it is no YAML, which is a problem then. */
  public Map<String, Entry> top(String yaml, String wanted) {
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
    return root == null ? Map.of() : mapping(root, wanted);
  }

  /**
   * The keys below one.
   *
   * @param entry null for none
   * @param wanted what is to be there, for people
   */
  public Map<String, Entry> mapping(Entry entry, String wanted) {
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

  /** Notes those that are not known. */
  public void requireKnown(Map<String, Entry> entries, List<String> known, String kind) {
    entries.forEach(
        (name, entry) -> {
          if (!known.contains(name)) {
            wrong(
                entry.key(),
                "'%s' is not %s; %s".formatted(name, kind, meant(name, known, "there are ")));
          }
        });
  }

  /** Notes a name that cannot be one of silver. */
  void requireName(ScalarNode key, String name, String of) {
    if (!NAME.matcher(name).matches()) {
      wrong(
          key,
          "'%s' is no name of %s: up to 63 small letters, digits and underscores, a letter first"
              .formatted(name, of));
    }
  }

  /** What may have been meant: a near name, or all. */
  public static String meant(String name, List<String> known, String all) {
    return Closest.to(name, known)
        .map(near -> "did you mean %s?".formatted(near))
        .orElse(all + String.join(", ", known));
  }

  /** True or false. */
  public boolean flag(Entry entry, boolean absent) {
    if (entry == null) {
      return absent;
    }
    if (entry.value() instanceof ScalarNode scalar && scalar.getTag().equals(Tag.BOOL)) {
      return scalar.getValue().equalsIgnoreCase("true");
    }
    wrong(entry.value(), "%s is true or false".formatted(entry.key().getValue()));
    return absent;
  }

  /**
   * One of some words.
   *
   * @param entry null if it is not there
   * @param absent what it is then, and if it is wrong
   */
  public <T extends Enum<T>> T word(Entry entry, Class<T> words, T absent) {
    return entry == null
        ? absent
        : word(entry.value(), entry.key().getValue(), words).orElse(absent);
  }

  /**
   * One of some words; empty if it is none, which is a problem then.
   *
   * @param kind what it is to be one of
   */
  public <T extends Enum<T>> Optional<T> word(Node node, String kind, Class<T> words) {
    List<String> known = spelled(words);
    String text = text(node, "one of " + String.join(", ", known));
    Optional<T> meant =
        Arrays.stream(words.getEnumConstants()).filter(w -> spelled(w).equals(text)).findFirst();
    if (meant.isEmpty() && !text.isEmpty()) {
      wrong(node, "'%s' is no %s; %s".formatted(text, kind, meant(text, known, "there are ")));
    }
    return meant;
  }

  private static String spelled(Enum<?> word) {
    return word.name().toLowerCase(Locale.ROOT);
  }

  /** As contracts spell the constants of an enum. */
  static <T extends Enum<T>> List<String> spelled(Class<T> words) {
    return Arrays.stream(words.getEnumConstants()).map(YamlNodes::spelled).toList();
  }

  /**
   * A time zone; null if none is given, or it is none, which is a problem then.
   *
   * @param entry null if it is not there
   */
  ZoneId zone(Entry entry) {
    if (entry == null) {
      return null;
    }
    String name = text(entry, "a zone such as Europe/Berlin");
    try {
      return name.isEmpty() ? null : ZoneId.of(name);
    } catch (DateTimeException e) {
      wrong(
          entry.value(),
          "there is no zone '%s'; give a name such as Europe/Berlin, UTC, or an offset such as +02:00"
              .formatted(name));
      return null;
    }
  }

  /** The same of a key's value. */
  public String text(Entry entry, String wanted) {
    return text(entry.value(), wanted);
  }

  /** A text that is not blank; empty if it is none, which is a problem then. */
  public String text(Node node, String wanted) {
    if (node instanceof ScalarNode scalar && !scalar.getValue().isBlank()) {
      return scalar.getValue();
    }
    wrong(node, "this is to be " + wanted);
    return "";
  }

  /** The elements of a list, or the one value that is there instead of one. */
  public static List<Node> elements(Entry entry) {
    return entry.value() instanceof SequenceNode list ? list.getValue() : List.of(entry.value());
  }

  /** Notes what is wrong with something, and what would be right. */
  public void wrong(Node node, String wrong) {
    wrong(place(node), wrong);
  }

  /** The same of a place. */
  public void wrong(Place place, String wrong) {
    problems.add(new ContractProblem(place, wrong));
  }

  /** Where something begins. */
  public static Place place(Node node) {
    return place(node.getStartMark());
  }

  private static Place place(Mark mark) {
    return mark == null ? Place.NOWHERE : new Place(mark.getLine() + 1, mark.getColumn() + 1);
  }
}
