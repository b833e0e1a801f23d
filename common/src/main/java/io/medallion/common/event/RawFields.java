package io.medallion.common.event;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What one event says, before it is validated: of each contract field the winning value, and
 * everything else as JSON.
 */
@SuppressWarnings("EnumOrdinal") // Arrays by field, for speed; nothing of it is stored.
final class RawFields {
  /** The JSON type of a field's value. */
  enum Kind {
    ABSENT,
    STRING,
    NUMBER,
    BOOLEAN,
    /** An object or an array; the text is its JSON. */
    STRUCTURE
  }

  private static final int NONE = Integer.MAX_VALUE;

  private final Kind[] kinds = new Kind[ContractField.COUNT];
  private final String[] texts = new String[ContractField.COUNT];
  private final String[] names = new String[ContractField.COUNT];
  private final int[] ranks = new int[ContractField.COUNT];

  private final List<String> otherNames = new ArrayList<>();
  private final List<String> otherValues = new ArrayList<>();

  /** The names directly inside the producer's own properties. */
  final List<String> propertyNames = new ArrayList<>();

  RawFields() {
    clear();
  }

  void clear() {
    for (int i = 0; i < kinds.length; i++) {
      kinds[i] = Kind.ABSENT;
      texts[i] = null;
      ranks[i] = NONE;
    }
    otherNames.clear();
    otherValues.clear();
    propertyNames.clear();
  }

  Kind kind(ContractField field) {
    return kinds[field.ordinal()];
  }

  /**
   * The decoded string, which is not blank, the number's or boolean's own text, or a structure's
   * JSON; null if absent.
   */
  String text(ContractField field) {
    return texts[field.ordinal()];
  }

  /**
   * Takes a value of a field; of several the one of the best name stays, the others are kept. A
   * blank string is absent, as null is: under one name it does not hide a value under another.
   */
  void put(FieldBindings.Binding binding, Kind kind, String text) {
    if (kind == Kind.STRING && text.isBlank()) {
      return;
    }
    int i = binding.field.ordinal();
    if (binding.rank > ranks[i]) {
      keep(binding.name, kind, text);
      return;
    }
    if (ranks[i] != NONE) {
      keep(names[i], kinds[i], texts[i]);
    }
    kinds[i] = kind;
    texts[i] = text;
    names[i] = binding.name;
    ranks[i] = binding.rank;
  }

  /** Takes a number back of which it is not known where it ends. */
  void forget(FieldBindings.Binding binding) {
    int i = binding.field.ordinal();
    if (kinds[i] == Kind.NUMBER && ranks[i] == binding.rank) {
      kinds[i] = Kind.ABSENT;
      texts[i] = null;
      ranks[i] = NONE;
    }
  }

  private void keep(String name, Kind kind, String text) {
    putOther(name, kind == Kind.STRING ? quote(text) : text);
  }

  /** Takes a value, as JSON, of a name that the contract does not know. */
  void putOther(String name, String json) {
    otherNames.add(name);
    otherValues.add(json);
  }

  List<String> otherNames() {
    return otherNames;
  }

  /**
   * The producer's properties and everything else in one object; null if there is nothing.
   *
   * <p>Where a name outside the producer's properties stands inside them too, it is kept as {@code
   * $.name}, with as many {@code $.} as it takes to be alone.
   */
  String properties() {
    String own = text(ContractField.PROPERTIES);
    boolean isObject = kind(ContractField.PROPERTIES) == Kind.STRUCTURE && own.charAt(0) == '{';
    if (own != null && !isObject) {
      keep(names[ContractField.PROPERTIES.ordinal()], kind(ContractField.PROPERTIES), own);
      own = null;
    }
    if (otherNames.isEmpty()) {
      return own;
    }
    return own == null || propertyNames.isEmpty() ? others() : merged(own);
  }

  private String others() {
    StringBuilder json = new StringBuilder("{");
    for (int i = 0; i < otherNames.size(); i++) {
      append(json, otherNames.get(i), otherValues.get(i));
    }
    return json.append('}').toString();
  }

  private String merged(String own) {
    Set<String> taken = new HashSet<>(propertyNames);
    StringBuilder json = new StringBuilder(own.length() + 64);
    json.append(own, 0, own.length() - 1);
    Set<String> waiting = new HashSet<>(otherNames);
    waiting.retainAll(taken);
    taken.addAll(otherNames);
    for (int i = 0; i < otherNames.size(); i++) {
      String name = otherNames.get(i);
      if (waiting.contains(name)) {
        do {
          name = "$." + name;
        } while (!taken.add(name));
      }
      append(json, name, otherValues.get(i));
    }
    return json.append('}').toString();
  }

  private static void append(StringBuilder json, String name, String value) {
    if (json.length() > 1) {
      json.append(',');
    }
    json.append('"');
    JsonStringEncoder.getInstance().quoteAsString(name, json);
    json.append("\":").append(value);
  }

  private static String quote(String text) {
    StringBuilder json = new StringBuilder(text.length() + 2).append('"');
    JsonStringEncoder.getInstance().quoteAsString(text, json);
    return json.append('"').toString();
  }
}
