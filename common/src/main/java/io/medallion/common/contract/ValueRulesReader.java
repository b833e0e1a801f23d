package io.medallion.common.contract;

import io.medallion.common.contract.ValueRules.Accepted;
import io.medallion.common.contract.ValueRules.Address;
import io.medallion.common.contract.ValueRules.Clock;
import io.medallion.common.contract.ValueRules.EpochUnit;
import io.medallion.common.contract.ValueRules.Letters;
import io.medallion.common.contract.YamlNodes.Entry;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.yaml.snakeyaml.nodes.Node;

/** Reads the keys of a field or column that say how its values are written. */
final class ValueRulesReader {
  /** All of them. */
  static final List<String> KEYS =
      List.of(
          "optional",
          "accept",
          "map",
          "case",
          "round",
          "negative",
          "unit",
          "zone",
          "clock",
          "address");

  private static final Set<ColumnType.Kind> WITH_BLANKS =
      EnumSet.complementOf(EnumSet.of(ColumnType.Kind.STRINGS));
  private static final Set<ColumnType.Kind> WITH_COMMA =
      EnumSet.of(
          ColumnType.Kind.DECIMAL,
          ColumnType.Kind.INT,
          ColumnType.Kind.LONG,
          ColumnType.Kind.TIMESTAMP);

  /** What becomes of a value that breaks a rule. */
  private enum Optionality {
    STRICT,
    LENIENT
  }

  /** What a negative number means. */
  private enum Negative {
    REFUND
  }

  private final YamlNodes nodes;

  ValueRulesReader(YamlNodes nodes) {
    this.nodes = nodes;
  }

  /** Whether all that is optional is lenient. */
  boolean lenient(Entry optional, boolean absent) {
    return nodes.word(
            optional, Optionality.class, absent ? Optionality.LENIENT : Optionality.STRICT)
        == Optionality.LENIENT;
  }

  /**
   * Reads them.
   *
   * @param name of the field or column
   * @param type of it; null if that is wrong itself
   * @param keys all that it has, those that say something else among them
   * @param lenient whether it is if it does not say so
   */
  ValueRules rules(String name, ColumnType type, Map<String, Entry> keys, boolean lenient) {
    if (type == null) {
      return ValueRules.STRICT;
    }
    ColumnType.Kind kind = type.kind();
    boolean isString = kind == ColumnType.Kind.STRING;
    requireFor(keys, "map", isString, "of type string");
    requireFor(keys, "case", isString, "of type string");
    requireFor(keys, "round", type.isNumber(), "of type int, long and decimal");
    boolean isTime = kind == ColumnType.Kind.TIMESTAMP;
    requireFor(keys, "unit", isTime, "of type timestamp");
    requireFor(keys, "zone", isTime, "of type timestamp");
    requireFor(keys, "clock", name.equals("timestamp"), "named timestamp");
    requireFor(keys, "address", name.equals("ip_address"), "named ip_address");
    boolean isAmount = name.equals("price") || name.equals("quantity");
    requireFor(keys, "negative", isAmount, "named price or quantity");
    return new ValueRules(
        lenient(keys.get("optional"), lenient),
        accepted(keys.get("accept"), kind),
        map(keys.get("map")),
        nodes.word(keys.get("case"), Letters.class, Letters.AS_SENT),
        nodes.flag(keys.get("round"), false),
        nodes.word(keys.get("negative"), Negative.class, null) != null,
        nodes.word(keys.get("unit"), EpochUnit.class, null),
        Optional.ofNullable(nodes.zone(keys.get("zone"))).map(ZoneId::getId).orElse(null),
        clock(keys.get("clock")),
        address(keys.get("address")));
  }

  private void requireFor(Map<String, Entry> keys, String key, boolean fits, String those) {
    if (!fits && keys.containsKey(key)) {
      nodes.wrong(
          keys.get(key).key(), "%s is for fields and columns %s alone".formatted(key, those));
    }
  }

  private Set<Accepted> accepted(Entry accept, ColumnType.Kind kind) {
    Set<Accepted> accepted = EnumSet.noneOf(Accepted.class);
    if (accept == null) {
      return accepted;
    }
    for (Node node : YamlNodes.elements(accept)) {
      nodes
          .word(node, "way of writing", Accepted.class)
          .ifPresent(
              way -> {
                if (!fits(way, kind)) {
                  nodes.wrong(
                      node,
                      "values of this type have no %s; leave it out"
                          .formatted(way.name().toLowerCase(Locale.ROOT)));
                }
                accepted.add(way);
              });
    }
    return accepted;
  }

  private static boolean fits(Accepted way, ColumnType.Kind kind) {
    return switch (way) {
      case BLANKS -> WITH_BLANKS.contains(kind);
      case COMMA -> WITH_COMMA.contains(kind);
      case BRACKETED_ZONE -> kind == ColumnType.Kind.TIMESTAMP;
    };
  }

  private Map<String, String> map(Entry map) {
    Map<String, String> words = new HashMap<>();
    nodes
        .mapping(map, "words, such as `{Order Completed: purchase}`")
        .forEach(
            (theirs, entry) -> {
              String ours = nodes.text(entry, "the word that it is mapped to");
              if (words.putIfAbsent(ValueRules.key(theirs), ours) != null) {
                nodes.wrong(
                    entry.key(),
                    "'%s' is here twice, as case does not count; remove one".formatted(theirs));
              }
            });
    return words;
  }

  private Clock clock(Entry clock) {
    if (clock == null) {
      return null;
    }
    Map<String, Entry> keys =
        nodes.mapping(clock, "two columns, `{sent: sent_at, received: received_at}`");
    nodes.requireKnown(keys, List.of("sent", "received"), "a key of clock");
    if (!keys.containsKey("sent") || !keys.containsKey("received")) {
      nodes.wrong(
          clock.key(),
          "a clock needs two columns of type timestamp, `{sent: sent_at, received: received_at}`");
      return null;
    }
    return new Clock(
        nodes.text(keys.get("sent"), "a column of type timestamp"),
        nodes.text(keys.get("received"), "a column of type timestamp"));
  }

  private Address address(Entry address) {
    if (address == null) {
      return null;
    }
    String text = nodes.text(address, "first, last, or a number from the end");
    if (text.equals("first")) {
      return new Address(0);
    }
    if (text.equals("last")) {
      return new Address(1);
    }
    if (text.matches("[1-9]\\d{0,2}")) {
      return new Address(Integer.parseInt(text));
    }
    nodes.wrong(
        address.value(),
        "'%s' chooses no address; give first, last, or which one counted from the end, such as 2"
            .formatted(text));
    return null;
  }
}
