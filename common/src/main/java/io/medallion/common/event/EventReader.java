package io.medallion.common.event;

import static io.medallion.common.event.RawFields.NOWHERE;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.util.BufferRecycler;
import com.fasterxml.jackson.core.util.RecyclerPool.ThreadLocalPoolBase;
import io.medallion.common.event.FieldBindings.Binding;
import io.medallion.common.event.RawFields.Kind;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Reads the bytes of an event in one pass into {@link RawFields}, with its fingerprint. */
final class EventReader {
  private static final int UNKNOWN_NAMES_WITHOUT_SET = 16;

  /**
   * A reader is used by one thread, which reads one event after the other with the same buffers.
   */
  private static final class OwnBuffers extends ThreadLocalPoolBase<BufferRecycler> {
    private static final long serialVersionUID = 1;

    private final transient BufferRecycler buffers = new BufferRecycler();

    @Override
    public BufferRecycler acquirePooled() {
      return buffers;
    }
  }

  /** What is wrong with a value. */
  private record Spoiled(ReasonCode code, String message) {}

  private final EventRules rules;

  /** Whether any value is dropped if it breaks a rule. */
  private final boolean lenient;

  /** By column the flag of an event that lost it; null if it costs the event. */
  private final String[] dropFlags;

  private final ArrayElements elements;
  private final ParsedEvent event;
  private final Map<String, Binding> bindings;
  private final RawFields fields;
  private final Reasons reasons;
  private final JsonFactory factory;
  private final Set<String> manyNames = new HashSet<>();

  /** What comes before the first name. */
  private final Binding begin = new Binding("");

  private byte[] bytes;
  private Binding before;

  /** The field that was a number, as long as nothing behind it is known. */
  private Binding lastNumber;

  private JsonParser json;
  private Charset charset;

  /** Of a string whose bytes are its characters: if they are. */
  private boolean plain;

  private int plainStart;
  private int plainEnd;

  private boolean lookAtCharacters;
  private boolean lookAtLengths;
  private long eventNumber;

  /** What is wrong with the value at hand, if that costs the value alone; null if nothing. */
  private Spoiled spoiled;

  private int keys;
  private String topName;
  private long fingerprint;

  EventReader(EventRules rules, ParsedEvent event, RawFields fields, Reasons reasons) {
    this.rules = rules;
    this.event = event;
    this.dropFlags = rules.columns().stream().map(ColumnReader::dropFlag).toArray(String[]::new);
    this.lenient = Arrays.stream(dropFlags).anyMatch(Objects::nonNull);
    this.bindings = FieldBindings.of(rules.fields(), rules.contract(), rules.hidesAddress());
    this.fields = fields;
    this.reasons = reasons;
    this.factory = factory();
    this.elements = new ArrayElements(factory, fields, reasons);
  }

  /**
   * Jackson's own limits are out of the way, since ours are validated here; so is its refusal of
   * names whose hashes collide, which would depend on the events before. The table of names is
   * bounded all the same.
   */
  static JsonFactory factory() {
    return JsonFactory.builder()
        .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
        .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
        .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
        .recyclerPool(new OwnBuffers())
        .streamReadConstraints(
            StreamReadConstraints.builder()
                .maxNestingDepth(Integer.MAX_VALUE)
                .maxStringLength(Integer.MAX_VALUE)
                .maxNameLength(Integer.MAX_VALUE)
                .maxNumberLength(Integer.MAX_VALUE)
                .build())
        .build();
  }

  /** The fingerprint of what was read. */
  long fingerprint() {
    return fingerprint;
  }

  /**
   * Reads an event.
   *
   * @param flags what {@link Utf8#scan} found
   */
  void read(byte[] value, int flags) throws StructuralProblem {
    bytes = value;
    charset = (flags & Utf8.WIDE) == 0 ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8;
    lookAtCharacters = (flags & Utf8.ESCAPES) != 0;
    lookAtLengths = value.length > rules.maxStringBytes();
    plain = flags == Utf8.ASCII && !lookAtLengths;
    eventNumber++;
    keys = 0;
    fingerprint = 0;
    before = begin;
    lastNumber = null;
    spoiled = null;
    manyNames.clear();
    try (JsonParser parser = factory.createParser(value)) {
      json = parser;
      readEvent();
    } catch (JsonProcessingException e) {
      if (lastNumber != null) {
        fields.forget(lastNumber);
      }
      throw new StructuralProblem(ReasonCode.MALFORMED_JSON, Excerpt.of(e.getOriginalMessage()));
    } catch (IOException e) {
      throw new StructuralProblem(ReasonCode.MALFORMED_JSON, Excerpt.of(String.valueOf(e)));
    } finally {
      json = null;
      bytes = null;
    }
  }

  private void readEvent() throws IOException, StructuralProblem {
    JsonToken first = json.nextToken();
    if (first == null) {
      throw new StructuralProblem(ReasonCode.EMPTY_VALUE, "the value is white space alone");
    }
    if (first != JsonToken.START_OBJECT) {
      throw new StructuralProblem(ReasonCode.NOT_AN_OBJECT, "an event is one JSON object");
    }
    String name;
    while ((name = json.nextFieldName()) != null) {
      topName = name;
      readMember(name);
    }
    fingerprint = Fingerprint.mix(fingerprint);
    endOfText();
  }

  private void endOfText() throws StructuralProblem {
    boolean more;
    try {
      more = json.nextToken() != null;
    } catch (IOException e) {
      more = true;
    }
    if (more) {
      throw new StructuralProblem(
          ReasonCode.TRAILING_DATA, "something follows the object; a record holds one event");
    }
  }

  private void readMember(String name) throws IOException, StructuralProblem {
    countName(name);
    Binding binding = binding(name);
    if (binding == null) {
      noticeUnknown(name);
      JsonToken token = json.nextToken();
      int start = startOf(token);
      long hash = readValue(token, null, 2);
      if (spoiled != null) {
        dropUnknown();
      } else {
        putOther(name, token, start);
      }
      fingerprint += Fingerprint.ofField(Fingerprint.ofName(name), hash);
    } else {
      long hash = readBound(binding, 2, NOWHERE);
      fingerprint += binding.ignored ? 0 : Fingerprint.ofField(binding.nameHash, hash);
    }
  }

  /** Notes that a value of a name that means nothing is dropped. */
  private void dropUnknown() {
    String flag = dropFlags[ParsedEvent.PROPERTIES];
    if (flag == null) {
      reasons.add(spoiled.code(), topName, spoiled.message());
    } else {
      event.flag(flag);
    }
    spoiled = null;
  }

  /**
   * Whether a value can be a column's; if it is spoiled it is dropped or the event has a reason.
   */
  private boolean isSound(Binding binding) {
    if (spoiled == null) {
      return true;
    }
    String flag = dropFlags[binding.column];
    if (flag == null) {
      reasons.add(spoiled.code(), topName, spoiled.message());
    } else {
      event.flag(flag);
    }
    spoiled = null;
    return flag == null;
  }

  /** Something in a string or number may not be. */
  private void problem(ReasonCode code, String message) {
    if (!lenient) {
      reasons.add(code, topName, message);
    } else if (spoiled == null) {
      spoiled = new Spoiled(code, message);
    }
  }

  /**
   * Most events have their names in the same order, and Jackson gives one object for a name: what
   * followed last time is looked at before the map.
   */
  @SuppressWarnings("ReferenceEquality") // Another object of the same name is in the map.
  private Binding binding(String name) {
    Binding expected = before.next;
    if (expected == null || expected.readAs != name) {
      expected = bindings.get(name);
      if (expected == null) {
        return null;
      }
      expected.readAs = name;
      before.next = expected;
    }
    before = expected;
    return expected;
  }

  /**
   * Reads the value of a name that means a column, or leads to names that do.
   *
   * @param nameFrom where the name begins, if the value may leave the object that it is in
   */
  private long readBound(Binding binding, int depth, int nameFrom)
      throws IOException, StructuralProblem {
    notice(binding);
    JsonToken token = json.nextToken();
    boolean isColumn = binding.column != FieldBindings.NONE;
    boolean other = !isColumn && depth == 2;
    if (token == JsonToken.VALUE_STRING && !other) {
      long hash = readString();
      if (isColumn) {
        if (isSound(binding)) {
          fields.put(binding, Kind.STRING, stringRead());
          noteLeaving(binding, nameFrom, token);
        } else {
          drop(nameFrom, token);
        }
      }
      return hash;
    }
    int start = startOf(token);
    long hash = readValue(token, binding, depth);
    if (binding.elements != null && token == JsonToken.START_ARRAY && spoiled == null) {
      elements.take(binding.elements, bytes, start, end());
    }
    if (other) {
      if (spoiled != null) {
        dropUnknown();
      } else {
        putOther(binding.name, token, start);
      }
    } else if (isColumn && !isSound(binding)) {
      drop(nameFrom, token);
    } else if (isColumn && token != JsonToken.VALUE_NULL) {
      Kind kind = kindOf(token);
      fields.put(binding, kind, slice(token, start));
      noteLeaving(binding, nameFrom, token);
      if (kind == Kind.STRUCTURE && isProperties(binding)) {
        fields.propertiesAt(start, end());
      }
      lastNumber = kind == Kind.NUMBER ? binding : null;
    }
    return hash;
  }

  /** Takes a value of a name that means nothing; something in an object may still leave it. */
  private void putOther(String name, JsonToken token, int start) throws IOException {
    if (token.isStructStart()) {
      fields.putOther(name, slice(token, start), start, end());
    } else {
      fields.putOther(name, slice(token, start), NOWHERE, NOWHERE);
    }
  }

  private void noteLeaving(Binding binding, int nameFrom, JsonToken token) throws IOException {
    if (nameFrom != NOWHERE && binding.leaves) {
      fields.leaves(binding, nameFrom, until(token), bytes, charset);
    }
  }

  /** Takes the member just read out of the object that it is in, if it is in one. */
  private void drop(int nameFrom, JsonToken token) throws IOException {
    if (nameFrom != NOWHERE) {
      fields.drop(nameFrom, until(token), bytes, charset);
    }
  }

  /** Where the value just read ends. */
  private int until(JsonToken token) throws IOException {
    return token == JsonToken.VALUE_STRING && plain
        ? plainEnd + 1
        : token == JsonToken.VALUE_STRING || token.isStructStart() || token.isStructEnd()
            ? end()
            : tokenStart() + json.getTextLength();
  }

  /** Where the string or structure just read ends. */
  private int end() {
    return (int) json.currentLocation().getByteOffset();
  }

  private int tokenStart() {
    return (int) json.currentTokenLocation().getByteOffset();
  }

  private static Kind kindOf(JsonToken token) {
    return switch (token) {
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> Kind.NUMBER;
      case VALUE_TRUE, VALUE_FALSE -> Kind.BOOLEAN;
      default -> Kind.STRUCTURE;
    };
  }

  /**
   * Reads a value to its end.
   *
   * @param binding of the value's name, null if nothing in it means a field
   * @param depth the level of nesting that the value would open
   * @return its hash
   */
  private long readValue(JsonToken token, Binding binding, int depth)
      throws IOException, StructuralProblem {
    return switch (token) {
      case VALUE_STRING -> readString();
      case VALUE_NUMBER_INT -> readNumber();
      case VALUE_NUMBER_FLOAT -> {
        if (json.isNaN()) {
          problem(ReasonCode.INVALID_NUMBER, "JSON has no " + json.getText());
        }
        yield readNumber();
      }
      case START_OBJECT -> {
        boolean bound = binding != null && (binding.below != null || isProperties(binding));
        yield bound ? readMapped(binding, depth) : skim(depth);
      }
      case START_ARRAY -> skim(depth);
      default -> Fingerprint.ofKind(token.id());
    };
  }

  private static boolean isProperties(Binding binding) {
    return binding.column == ParsedEvent.PROPERTIES;
  }

  /** Reads an object with mapped names in it, or the producer's own properties. */
  private long readMapped(Binding binding, int depth) throws IOException, StructuralProblem {
    checkDepth(depth);
    long hash = Fingerprint.ofKind(JsonToken.START_OBJECT.id());
    String name;
    while ((name = json.nextFieldName()) != null) {
      countName(name);
      if (isProperties(binding)) {
        fields.propertyNames.add(name);
      }
      Binding below = binding.below == null ? null : binding.below.get(name);
      int nameFrom = lenient || (below != null && below.leaves) ? tokenStart() : NOWHERE;
      long value;
      if (below == null) {
        JsonToken token = json.nextToken();
        value = readValue(token, null, depth + 1);
        dropSpoiled(nameFrom, token);
      } else {
        value = readBound(below, depth + 1, nameFrom);
        dropSpoiled(nameFrom, json.currentToken());
      }
      if (below == null || !below.ignored) {
        hash = Fingerprint.add(hash, Fingerprint.ofName(name));
        hash = Fingerprint.add(hash, value);
      }
    }
    return Fingerprint.add(hash, Fingerprint.ofKind(JsonToken.END_OBJECT.id()));
  }

  private void dropSpoiled(int nameFrom, JsonToken token) throws IOException {
    if (spoiled != null) {
      drop(nameFrom, token);
      dropUnknown();
    }
  }

  /** Reads an object or array to its end, without recursion. */
  private long skim(int depth) throws IOException, StructuralProblem {
    checkDepth(depth);
    long hash = Fingerprint.ofKind(json.currentToken().id());
    for (int open = 1; open > 0; ) {
      JsonToken token = json.nextToken();
      long tokenHash;
      if (token == JsonToken.FIELD_NAME) {
        countName(json.currentName());
        tokenHash = Fingerprint.ofName(json.currentName());
      } else if (token.isStructStart()) {
        checkDepth(depth + open);
        open++;
        tokenHash = Fingerprint.ofKind(token.id());
      } else {
        open -= token.isStructEnd() ? 1 : 0;
        tokenHash = readValue(token, null, depth);
      }
      hash = Fingerprint.add(hash, tokenHash);
    }
    return hash;
  }

  /**
   * Most events are plain: their strings are taken from the bytes as they lie, which Jackson then
   * passes by without having to decode them. What no string may hold Jackson refuses at once.
   */
  private long readString() throws IOException {
    if (plain) {
      plainStart = (int) json.currentTokenLocation().getByteOffset() + 1;
      plainEnd = Utf8.endOfString(bytes, plainStart);
      if (plainEnd < bytes.length && bytes[plainEnd] == '"') {
        return Fingerprint.ofAscii(Fingerprint.STRING, bytes, plainStart, plainEnd - plainStart);
      }
    }
    char[] characters = json.getTextCharacters();
    int offset = json.getTextOffset();
    int length = json.getTextLength();
    if (lookAtCharacters) {
      if (TextRules.illegalCharacter(characters, offset, length)) {
        problem(ReasonCode.ILLEGAL_CHARACTER, "a string holds U+0000 or a lone surrogate");
      }
    }
    if (lookAtLengths) {
      if (TextRules.longerThan(rules.maxStringBytes(), characters, offset, length)) {
        problem(
            ReasonCode.STRING_TOO_LONG,
            "a string has more than " + rules.maxStringBytes() + " bytes");
      }
    }
    return Fingerprint.ofText(Fingerprint.STRING, characters, offset, length);
  }

  /** The string that was read last. */
  private String stringRead() throws IOException {
    return plain
        ? new String(bytes, plainStart, plainEnd - plainStart, StandardCharsets.ISO_8859_1)
        : json.getText();
  }

  private long readNumber() throws IOException {
    return Fingerprint.ofText(
        Fingerprint.NUMBER, json.getTextCharacters(), json.getTextOffset(), json.getTextLength());
  }

  private void checkDepth(int depth) throws StructuralProblem {
    if (depth > rules.maxDepth()) {
      throw new StructuralProblem(
          ReasonCode.TOO_DEEP, "nested deeper than " + rules.maxDepth() + " levels");
    }
  }

  private void countName(String name) throws StructuralProblem {
    lastNumber = null;
    if (++keys > rules.maxKeys()) {
      throw new StructuralProblem(
          ReasonCode.TOO_MANY_KEYS, "more than " + rules.maxKeys() + " names");
    }
    if (lookAtCharacters) {
      if (TextRules.illegalCharacter(name.toCharArray(), 0, name.length())) {
        problem(ReasonCode.ILLEGAL_CHARACTER, "a name holds U+0000 or a lone surrogate");
      }
    }
    if (lookAtLengths) {
      if (TextRules.longerThan(rules.maxStringBytes(), name.toCharArray(), 0, name.length())) {
        problem(
            ReasonCode.STRING_TOO_LONG,
            "a name has more than " + rules.maxStringBytes() + " bytes");
      }
    }
  }

  private void notice(Binding binding) {
    if (binding.seenIn == eventNumber) {
      duplicate(binding.name);
    }
    binding.seenIn = eventNumber;
  }

  /** A handful of names is compared one by one; only if there are many a set pays. */
  private void noticeUnknown(String name) {
    int count = fields.otherNames().size();
    if (count == UNKNOWN_NAMES_WITHOUT_SET) {
      manyNames.addAll(fields.otherNames());
    }
    boolean known =
        count < UNKNOWN_NAMES_WITHOUT_SET
            ? fields.otherNames().contains(name)
            : !manyNames.add(name);
    if (known) {
      duplicate(name);
    }
  }

  private void duplicate(String name) {
    reasons.add(ReasonCode.DUPLICATE_KEY, name, "the name stands twice; which value is meant?");
  }

  /** Where a value begins in the bytes, as far as its slice needs it. */
  private int startOf(JsonToken token) {
    return token == JsonToken.VALUE_STRING || token.isStructStart() ? tokenStart() : 0;
  }

  /** The JSON of the value just read, as the producer wrote it. */
  private String slice(JsonToken token, int start) throws IOException {
    if (token != JsonToken.VALUE_STRING && !token.isStructStart()) {
      return json.getText();
    }
    int end = plain && token == JsonToken.VALUE_STRING ? plainEnd + 1 : end();
    return new String(bytes, start, end - start, charset);
  }
}
