package io.medallion.common.event;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Says where the members of an object lie in its bytes, for a program that passes events on byte
 * for byte. It takes for JSON what {@link EventParser} takes for it. Not thread-safe.
 */
public final class EventMembers {
  private static final int MARK = 3;

  /**
   * A name and its value, by their places in the bytes: the first, and the one behind the last.
   *
   * @param name as it reads, not as it is escaped
   * @param nameFrom where the name's quotation mark is
   * @param nameUntil behind its closing one
   * @param from where the value begins
   * @param until behind its last byte
   * @param isAbsent whether the contract takes the value for absent: null, or a blank string
   */
  public record Member(
      String name, int nameFrom, int nameUntil, int from, int until, boolean isAbsent) {
    private Member movedBy(int bytes) {
      return new Member(
          name, nameFrom + bytes, nameUntil + bytes, from + bytes, until + bytes, isAbsent);
    }
  }

  private final JsonFactory factory = EventReader.factory();

  /** The members in their order; empty if the bytes are no whole object. */
  public Optional<List<Member>> of(byte[] json) {
    if (EventParser.isMarked(json, 0)) {
      return in(json, MARK, json.length);
    }
    Optional<List<Member>> members = read(json);
    return members.isPresent() ? members : LoneSurrogates.replaced(json).flatMap(this::read);
  }

  private Optional<List<Member>> read(byte[] json) {
    try (JsonParser parser = factory.createParser(json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      List<Member> members = new ArrayList<>();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        members.add(member(parser, json));
      }
      return parser.nextToken() == null ? Optional.of(members) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** The members of an object that is a part of the bytes, placed in all of them. */
  public Optional<List<Member>> in(byte[] json, int from, int until) {
    return of(Arrays.copyOfRange(json, from, until))
        .map(members -> members.stream().map(member -> member.movedBy(from)).toList());
  }

  private static Member member(JsonParser parser, byte[] json) throws IOException {
    String name = parser.currentName();
    int nameFrom = (int) parser.currentTokenLocation().getByteOffset();
    JsonToken value = parser.nextToken();
    int from = (int) parser.currentTokenLocation().getByteOffset();
    boolean isAbsent =
        value == JsonToken.VALUE_NULL
            || (value == JsonToken.VALUE_STRING && parser.getText().isBlank());
    int until;
    if (value == JsonToken.VALUE_STRING) {
      until = endOfString(json, from);
    } else if (value.isStructStart()) {
      parser.skipChildren();
      until = (int) parser.currentLocation().getByteOffset();
    } else {
      until = from + parser.getTextLength();
    }
    return new Member(name, nameFrom, endOfString(json, nameFrom), from, until, isAbsent);
  }

  private static int endOfString(byte[] json, int open) {
    int at = open + 1;
    while (json[at] != '"') {
      at += json[at] == '\\' ? 2 : 1;
    }
    return at + 1;
  }
}
