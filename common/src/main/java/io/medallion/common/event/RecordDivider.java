package io.medallion.common.event;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.medallion.common.contract.BatchRules;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;

/** Divides records that hold several events by a contract. Not thread-safe. */
public final class RecordDivider {
  /** Of a record that holds more nothing is divided. */
  public static final int MOST_EVENTS = 1 << 16;

  /**
   * Bytes that a record's members are given to all of its events in together; of one that would
   * need more nothing is divided, so that a small record does not become gigabytes.
   */
  static final long MOST_SHARED_BYTES = 64 << 20;

  /** What stands in the place of an event that was erased, as JSON. */
  public static final String GONE = "\"medallion-erased\"";

  private static final byte[] GONE_BYTES = GONE.getBytes(StandardCharsets.US_ASCII);

  private final List<String> names;
  private final Set<String> shared;
  private final JsonFactory factory = EventReader.factory();

  /**
   * @param rules that declare where the events are
   */
  public RecordDivider(BatchRules rules) {
    this.names = rules.names();
    this.shared = Set.copyOf(rules.shared());
  }

  /**
   * What a record holds.
   *
   * @param events the bytes of each, in their order, with the members that they share
   * @param envelope what is around them
   */
  @SuppressWarnings("ArrayRecordComponent") // Compared by nobody.
  public record Divided(List<byte[]> events, byte[] envelope) {}

  /**
   * Divides a record.
   *
   * @return null if it is to be judged as one event: if it is no JSON, has no such array, or an
   *     empty one
   */
  public Divided divide(byte[] value) {
    if (AnonymizedBytes.areIn(value)) {
      return null;
    }
    byte[] json =
        EventParser.isMarked(value, 0) ? Arrays.copyOfRange(value, 3, value.length) : value;
    if ((Utf8.scan(json) & (Utf8.INVALID | Utf8.ZERO)) != 0) {
      return null;
    }
    List<byte[]> events = new ArrayList<>();
    ByteArrayOutputStream envelope = new ByteArrayOutputStream();
    Map<String, byte[]> given = new LinkedHashMap<>();
    try (JsonParser parser = factory.createParser(json)) {
      parser.nextToken();
      int behind = read(parser, json, 0, events, envelope, given, 0);
      if (events.isEmpty() || events.size() > MOST_EVENTS || parser.nextToken() != null) {
        return null;
      }
      envelope.write(json, behind, json.length - behind);
      return given.isEmpty() || share(events, given)
          ? new Divided(events, envelope.toByteArray())
          : null;
    } catch (IOException e) {
      return null;
    }
  }

  /**
   * Reads the value at hand to its end.
   *
   * @param level how many of the names led to it
   * @param from where what is not in the envelope yet begins
   * @return the same, once it is read
   */
  private int read(
      JsonParser parser,
      byte[] json,
      int level,
      List<byte[]> events,
      ByteArrayOutputStream envelope,
      Map<String, byte[]> given,
      int from)
      throws IOException {
    if (level == names.size()) {
      return parser.currentToken() == JsonToken.START_ARRAY
          ? readArray(parser, json, events, envelope, from)
          : skipped(parser, from);
    }
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      return skipped(parser, from);
    }
    int at = from;
    boolean found = false;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      boolean isNext = name.equals(names.get(level));
      if (isNext && found) {
        throw new IOException("a name of the path is there twice");
      }
      found |= isNext;
      parser.nextToken();
      if (isNext) {
        at = read(parser, json, level + 1, events, envelope, given, at);
      } else if (level == 0 && shared.contains(name)) {
        // Of a name that is there twice the last one holds, as it does in an event.
        given.put(name, value(parser, json));
      } else {
        at = skipped(parser, at);
      }
    }
    return at;
  }

  /** The bytes of the value at hand, which is read to its end. */
  private static byte[] value(JsonParser parser, byte[] json) throws IOException {
    JsonToken token = parser.currentToken();
    int start = (int) parser.currentTokenLocation().getByteOffset();
    parser.skipChildren();
    parser.finishToken();
    boolean isScalar = token.isNumeric() || token.isBoolean() || token == JsonToken.VALUE_NULL;
    int end =
        isScalar ? start + parser.getTextLength() : (int) parser.currentLocation().getByteOffset();
    return Arrays.copyOfRange(json, start, end);
  }

  /**
   * Gives members to all events that are objects and have none of the name.
   *
   * @return whether there is room
   */
  private boolean share(List<byte[]> events, Map<String, byte[]> given) throws IOException {
    long bytes = given.values().stream().mapToLong(value -> value.length).sum();
    if (bytes * events.size() > MOST_SHARED_BYTES) {
      return false;
    }
    for (int i = 0; i < events.size(); i++) {
      byte[] event = events.get(i);
      if (event[0] == '{' && !AnonymizedBytes.areIn(event)) {
        events.set(i, with(event, given));
      }
    }
    return true;
  }

  private byte[] with(byte[] event, Map<String, byte[]> given) throws IOException {
    Map<String, byte[]> missing = new LinkedHashMap<>(given);
    boolean isEmpty = true;
    try (JsonParser parser = factory.createParser(event)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        isEmpty = false;
        missing.remove(parser.currentName());
        parser.nextToken();
        parser.skipChildren();
      }
    }
    ByteArrayOutputStream all = new ByteArrayOutputStream(event.length + 64);
    all.write(event, 0, event.length - 1);
    for (Map.Entry<String, byte[]> member : missing.entrySet()) {
      StringBuilder before = new StringBuilder(isEmpty ? "\"" : ",\"");
      JsonStringEncoder.getInstance().quoteAsString(member.getKey(), before);
      all.writeBytes(before.append("\":").toString().getBytes(StandardCharsets.UTF_8));
      all.writeBytes(member.getValue());
      isEmpty = false;
    }
    all.write('}');
    return all.toByteArray();
  }

  private static int skipped(JsonParser parser, int from) throws IOException {
    parser.skipChildren();
    parser.finishToken();
    return from;
  }

  private static int readArray(
      JsonParser parser, byte[] json, List<byte[]> events, ByteArrayOutputStream envelope, int from)
      throws IOException {
    int at = from;
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      if (token == null) {
        throw new IOException("the array does not end");
      }
      int start = (int) parser.currentTokenLocation().getByteOffset();
      byte[] event = value(parser, json);
      events.add(event);
      envelope.write(json, at, start - at);
      at = start + event.length;
    }
    return at;
  }

  /**
   * A record with the same events at the same places but for some, and nothing around them.
   *
   * @param gone the places, from 0 on, of those in whose place {@link #GONE} is
   * @return null if the record cannot be divided
   */
  public byte[] without(byte[] value, IntPredicate gone) {
    return replaced(value, place -> gone.test(place) ? GONE_BYTES : null);
  }

  /**
   * A record with the same events at the same places but for some, and nothing around them.
   *
   * @param others by place, from 0 on, what is there instead; null where the event stays
   * @return null if the record cannot be divided
   */
  public byte[] replaced(byte[] value, IntFunction<byte[]> others) {
    Divided divided = divide(value);
    if (divided == null) {
      return null;
    }
    ByteArrayOutputStream kept = new ByteArrayOutputStream(value.length);
    StringBuilder before = new StringBuilder();
    for (String name : names) {
      before.append("{\"");
      JsonStringEncoder.getInstance().quoteAsString(name, before);
      before.append("\":");
    }
    kept.writeBytes(before.append('[').toString().getBytes(StandardCharsets.UTF_8));
    for (int i = 0; i < divided.events().size(); i++) {
      if (i > 0) {
        kept.write(',');
      }
      byte[] other = others.apply(i);
      kept.writeBytes(other == null ? divided.events().get(i) : other);
    }
    kept.writeBytes(("]" + "}".repeat(names.size())).getBytes(StandardCharsets.US_ASCII));
    return kept.toByteArray();
  }

  /** Whether an event was erased. */
  public static boolean isGone(byte[] event) {
    return Arrays.equals(event, GONE_BYTES);
  }

  /** Whether all of a record's events were, or stand for somebody unknown. */
  public boolean areAllNobodys(byte[] value) {
    Divided divided = divide(value);
    return divided != null
        && divided.events().stream()
            .allMatch(event -> isGone(event) || AnonymizedBytes.areIn(event));
  }

  /** Whether any of a record's events stands for somebody unknown. */
  public boolean hasAnonymized(byte[] value) {
    Divided divided = divide(value);
    return divided != null && divided.events().stream().anyMatch(AnonymizedBytes::areIn);
  }
}
