package io.medallion.common.event;

import io.medallion.common.contract.Contract;
import io.medallion.common.contract.ContractColumn;
import io.medallion.common.contract.JsonPath;
import io.medallion.common.contract.Pseudonyms;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Which records are of erased persons. Not thread-safe.
 *
 * <p>An event is of the person of its best id, as gold counts it: the user, without one the
 * anonymous id, without that the session. A record that breaks a rule has no ids to rely on; it is
 * an erased person's if its key is such an id, if one follows the name of an id anywhere in its
 * bytes, or if any of its texts of {@link #TELLING} bytes or more is one. It counts nowhere, so
 * that one too many is taken rather than one too few. Where there are pseudonyms, an id is an
 * erased person's if one of its pseudonyms is.
 */
public final class ErasedRecords {
  /** A shorter text, such as 42, is too often something else. */
  static final int TELLING = 8;

  private static final List<Integer> IDS =
      List.of(ParsedEvent.USER_ID, ParsedEvent.ANONYMOUS_ID, ParsedEvent.SESSION_ID);

  private final ErasedIds.Lookup ids;
  private final Pseudonyms pseudonyms;
  private final Set<String> placeholders;
  private final Set<String> names = new HashSet<>();

  /**
   * @param rules what names an event's ids have
   * @param erased not empty
   */
  public ErasedRecords(EventRules rules, ErasedIds erased) {
    this.ids = erased.lookup();
    this.placeholders = erased.placeholders();
    this.pseudonyms = rules.contract().pseudonyms();
    List<ContractColumn> own = Contract.own().columns();
    for (int id : IDS) {
      ContractColumn column = own.get(id);
      column.from().forEach(this::name);
      String field = column.from().get(0).toString();
      rules.contract().field(field).ifPresent(mapped -> mapped.from().forEach(this::name));
      if (rules.fields().containsKey(field)) {
        nameOf(rules.fields().get(field));
      }
    }
  }

  private void name(JsonPath path) {
    nameOf(path.toString());
  }

  private void nameOf(String path) {
    names.add(path.substring(path.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
  }

  /**
   * Whether a record is an erased person's.
   *
   * @param event what it says
   * @param key of the record; null if it has none
   * @param value its bytes; null if it has none
   */
  public boolean concerns(ParsedEvent event, byte[] key, byte[] value) {
    if (concerns(
        event.text(ParsedEvent.USER_ID),
        event.text(ParsedEvent.ANONYMOUS_ID),
        event.text(ParsedEvent.SESSION_ID))) {
      return true;
    }
    return !event.isGood() && ((key != null && isOf(key)) || (value != null && concerns(value)));
  }

  /** Whether an event with these ids, each of which may be null, is an erased person's. */
  public boolean concerns(String user, String anonymous, String session) {
    if (isId(user)) {
      return has(ErasedIds.Kind.USER, user);
    }
    if (isId(anonymous)) {
      return has(ErasedIds.Kind.ANONYMOUS, anonymous);
    }
    return isId(session) && has(ErasedIds.Kind.SESSION, session);
  }

  /** Whether one of the pseudonyms of an id, which may be null, is an erased person's. */
  public boolean hasPseudonym(ErasedIds.Kind kind, String id) {
    return id != null && pseudonyms.of(id).stream().anyMatch(of -> ids.has(kind, of));
  }

  private boolean has(ErasedIds.Kind kind, String id) {
    return ids.has(kind, id) || hasPseudonym(kind, id);
  }

  private boolean hasAny(String text) {
    return ids.hasAny(text) || pseudonyms.of(text).stream().anyMatch(ids::hasAny);
  }

  private boolean isId(String id) {
    return id != null
        && !id.isBlank()
        && !placeholders.contains(id.strip().toLowerCase(Locale.ROOT));
  }

  /** Whether an id, which may be null, is an erased person's. */
  public boolean isErased(ErasedIds.Kind kind, String id) {
    return isId(id) && has(kind, id);
  }

  /**
   * Whether a value, which may be null, is what an erasure that keeps totals has left of an event.
   */
  public boolean isAnonymized(byte[] value) {
    return AnonymizedBytes.areIn(value) && ids.areSealed(value);
  }

  /** Whether some bytes are the id of an erased person, as a key or a header may be. */
  public boolean isOf(byte[] text) {
    return hasAny(new String(text, StandardCharsets.UTF_8));
  }

  /** Whether some bytes name an erased person; by them alone, since they may be no JSON. */
  public boolean concerns(byte[] value) {
    RawTexts texts = new RawTexts(value);
    boolean named = false;
    while (texts.next()) {
      String text = texts.text();
      if (texts.isName()) {
        named = names.contains(text.toLowerCase(Locale.ROOT));
      } else {
        boolean telling = texts.bytes() >= TELLING;
        if ((named || telling) && isId(text) && hasAny(text)) {
          return true;
        }
        named = false;
      }
    }
    return false;
  }
}
