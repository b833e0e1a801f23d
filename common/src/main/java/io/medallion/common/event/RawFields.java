package io.medallion.common.event;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What one event says, before it is validated: of each column the winning value, and everything
 * else as JSON.
 */
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

  /** In place of a position in the bytes. */
  static final int NOWHERE = -1;

  /**
   * A member of some object whose value is a column's, if no better one is there.
   *
   * @param binding of its name; null if it is dropped whatever else there is
   * @param from where its name begins in the bytes
   * @param until behind its value
   */
  private record Member(FieldBindings.Binding binding, int from, int until) {}

  private final int properties;
  private final Kind[] kinds;
  private final String[] texts;
  private final String[] names;
  private final int[] ranks;

  /** Of a value that is in an array, and stays there whether it wins or not. */
  private final boolean[] stays;

  private final List<String> otherNames = new ArrayList<>();
  private final List<String> otherValues = new ArrayList<>();

  /** Where values of other names lie in the bytes, begin and end in turns. */
  private int[] otherPlaces = new int[32];

  private int propertiesFrom;
  private int propertiesUntil;

  private final List<Member> leaving = new ArrayList<>();
  private byte[] bytes;
  private Charset charset;

  /** The names directly inside the producer's own properties. */
  final List<String> propertyNames = new ArrayList<>();

  /**
   * @param columns how many there are
   * @param properties which of them holds the producer's own properties
   */
  RawFields(int columns, int properties) {
    this.properties = properties;
    this.kinds = new Kind[columns];
    this.texts = new String[columns];
    this.names = new String[columns];
    this.ranks = new int[columns];
    this.stays = new boolean[columns];
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
    leaving.clear();
    bytes = null;
  }

  Kind kind(int column) {
    return kinds[column];
  }

  /**
   * The decoded string, which is not blank, the number's or boolean's own text, or a structure's
   * JSON; null if absent.
   */
  String text(int column) {
    return texts[column];
  }

  /**
   * Takes a value of a column; of several the one of the best name stays, the others are kept,
   * unless the column holds less than it, such as a pseudonym. A blank string is absent, as null
   * is: under one name it does not hide a value under another.
   */
  void put(FieldBindings.Binding binding, Kind kind, String text) {
    if (kind == Kind.STRING && text.isBlank()) {
      return;
    }
    int i = binding.column;
    if (binding.rank > ranks[i]) {
      if (!binding.leaves && !binding.stays) {
        keep(binding.name, kind, text);
      }
      return;
    }
    if (ranks[i] != NONE && !stays[i] && !binding.hidden && !isLeaving(i)) {
      keep(names[i], kinds[i], texts[i]);
    }
    kinds[i] = kind;
    texts[i] = text;
    names[i] = binding.name;
    ranks[i] = binding.rank;
    stays[i] = binding.stays;
  }

  /** Whether the value that a column has so far stays, if it loses, in the object it is in. */
  private boolean isLeaving(int column) {
    for (Member member : leaving) {
      if (member.binding != null
          && member.binding.column == column
          && member.binding.rank == ranks[column]) {
        return true;
      }
    }
    return false;
  }

  /** Notes where a value lies that {@link #put} was given and that leaves its object. */
  void leaves(FieldBindings.Binding binding, int from, int until, byte[] event, Charset encoding) {
    leaving.add(new Member(binding, from, until));
    bytes = event;
    charset = encoding;
  }

  /** Notes where a value lies that is not kept. */
  void drop(int from, int until, byte[] event, Charset encoding) {
    leaves(null, from, until, event, encoding);
  }

  /** Takes a number back of which it is not known where it ends. */
  void forget(FieldBindings.Binding binding) {
    int i = binding.column;
    if (kinds[i] == Kind.NUMBER && ranks[i] == binding.rank) {
      kinds[i] = Kind.ABSENT;
      texts[i] = null;
      ranks[i] = NONE;
    }
  }

  private void keep(String name, Kind kind, String text) {
    putOther(name, kind == Kind.STRING ? quote(text) : text, NOWHERE, NOWHERE);
  }

  /**
   * Takes a value, as JSON, of a name that the contract does not know.
   *
   * @param from where an object lies in the bytes, {@link #NOWHERE} for other values
   */
  void putOther(String name, String json, int from, int until) {
    int at = 2 * otherNames.size();
    if (at == otherPlaces.length) {
      otherPlaces = Arrays.copyOf(otherPlaces, at * 2);
    }
    otherPlaces[at] = from;
    otherPlaces[at + 1] = until;
    otherNames.add(name);
    otherValues.add(json);
  }

  /** Notes where the producer's own properties lie in the bytes. */
  void propertiesAt(int from, int until) {
    propertiesFrom = from;
    propertiesUntil = until;
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
    takeOut();
    String own = text(properties);
    boolean isObject = kind(properties) == Kind.STRUCTURE && own.charAt(0) == '{';
    if (own != null && !isObject) {
      keep(names[properties], kind(properties), own);
      own = null;
    }
    if (otherNames.isEmpty()) {
      return own;
    }
    return own == null || propertyNames.isEmpty() ? others() : merged(own);
  }

  /** Takes what became a column's value out of the objects that it is in. */
  private void takeOut() {
    leaving.removeIf(
        member ->
            member.binding != null
                && !member.binding.hidden
                && ranks[member.binding.column] != member.binding.rank);
    if (leaving.isEmpty()) {
      return;
    }
    leaving.sort(Comparator.comparingInt(Member::from));
    for (int i = 0; i < otherValues.size(); i++) {
      int from = otherPlaces[2 * i];
      if (from != NOWHERE) {
        otherValues.set(i, without(from, otherPlaces[2 * i + 1], otherValues.get(i)));
      }
    }
    if (kind(properties) == Kind.STRUCTURE) {
      texts[properties] = without(propertiesFrom, propertiesUntil, texts[properties]);
    }
  }

  /** The JSON of an object without the members that leave it. */
  private String without(int from, int until, String whole) {
    ByteArrayOutputStream kept = null;
    int at = from;
    for (Member member : leaving) {
      if (member.from >= at && member.until < until) {
        if (kept == null) {
          kept = new ByteArrayOutputStream(until - from);
        }
        kept.write(bytes, at, member.from - at);
        at = member.until;
        while (isSpace(bytes[at])) {
          at++;
        }
        if (bytes[at] == ',') {
          at++;
        } else {
          kept = withoutComma(kept);
        }
      }
    }
    if (kept == null) {
      return whole;
    }
    kept.write(bytes, at, until - at);
    return kept.toString(charset);
  }

  private static ByteArrayOutputStream withoutComma(ByteArrayOutputStream json) {
    byte[] all = json.toByteArray();
    int end = all.length;
    while (end > 0 && isSpace(all[end - 1])) {
      end--;
    }
    if (end == 0 || all[end - 1] != ',') {
      return json;
    }
    ByteArrayOutputStream cut = new ByteArrayOutputStream(all.length + 32);
    cut.write(all, 0, end - 1);
    return cut;
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || b == '\t' || b == '\n' || b == '\r';
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
    json.append(own, 0, isEmpty(own) ? 1 : own.length() - 1);
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

  /** Whether nothing is left in an object. */
  private static boolean isEmpty(String object) {
    int last = object.length() - 2;
    while (last > 0 && isSpace((byte) object.charAt(last))) {
      last--;
    }
    return last == 0;
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
