package io.medallion.gold.mart;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Whose an event is by itself: the best of its ids that is one. What that id was seen with is then
 * known to Postgres alone, where a merge puts the person in its place.
 *
 * <p>Until then an id that may be somebody's is marked by what it is, so that a user, an anonymous
 * id and a session of the same text are three.
 *
 * @param on whether ids are linked
 * @param placeholders in small letters, what producers send for want of an id
 */
public record Stitching(boolean on, Set<String> placeholders) implements Serializable {
  /** Every event counts for the visitor that silver says. */
  public static final Stitching OFF = new Stitching(false, Set.of());

  /** No text that people write begins with it. */
  private static final char MARK = '\u0001';

  /** What an id is, the best first. */
  public enum Kind {
    USER,
    ANONYMOUS,
    SESSION;

    /** As in Postgres. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    /**
     * An id of this kind as the visitor of events that are not merged yet.
     *
     * @param id as {@link Stitching#id} has it
     */
    public String marked(String id) {
      return this == USER && !isMarked(id)
          ? id
          : "" + MARK + Character.toLowerCase(name().charAt(0)) + id;
    }

    /** The same as a key of staged rows. */
    public String key(String id) {
      return Key.of(marked(id));
    }
  }

  /** Takes the placeholders in any case. */
  public static Stitching of(Collection<String> placeholders) {
    return new Stitching(
        true, Set.copyOf(placeholders.stream().map(Stitching::folded).collect(Collectors.toSet())));
  }

  /** Whether a visitor is an id that a merge has to look up. */
  static boolean isMarked(String visitor) {
    return !visitor.isEmpty() && visitor.charAt(0) == MARK;
  }

  private static String folded(String id) {
    return id.strip().toLowerCase(Locale.ROOT);
  }

  /** An id as Postgres has it; null if there is none, or a placeholder for one. */
  String id(String given) {
    if (given == null || given.isBlank()) {
      return null;
    }
    return placeholders.contains(folded(given)) ? null : Key.of(given);
  }

  /** Whether an event has several ids, and fewer of them are ids than texts for want of one. */
  boolean refusesLink(SilverEvent event) {
    if (!on) {
      return false;
    }
    int given = 0;
    int ids = 0;
    for (String id : new String[] {event.userId(), event.anonymousId(), event.sessionId()}) {
      given += id == null || id.isBlank() ? 0 : 1;
      ids += id(id) == null ? 0 : 1;
    }
    return given > 1 && ids < given;
  }

  /** The event with the visitor that it has until it is merged. */
  public SilverEvent marked(SilverEvent event) {
    if (!on) {
      return event;
    }
    String user = id(event.userId());
    if (user != null) {
      return event.of(Kind.USER.marked(user));
    }
    String anonymous = id(event.anonymousId());
    if (anonymous != null) {
      return event.of(Kind.ANONYMOUS.marked(anonymous));
    }
    String session = id(event.sessionId());
    return session == null ? event : event.of(Kind.SESSION.marked(session));
  }

  /** The part of the definition of marts that depend on it; empty if it is off. */
  public String definition() {
    if (!on) {
      return "";
    }
    String sorted = String.join("\n", new TreeSet<>(placeholders));
    return " stitching="
        + HexFormat.of().formatHex(Key.digest(sorted.getBytes(StandardCharsets.UTF_8)), 0, 8);
  }
}
