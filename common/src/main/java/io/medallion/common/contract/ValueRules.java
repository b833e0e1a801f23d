package io.medallion.common.contract;

import java.io.Serializable;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How a producer writes the values of a field or column, where that is not how we ask for them.
 *
 * @param lenient whether a value that breaks a rule is dropped with a flag, and costs not the event
 * @param accepted ways of writing that are taken as well
 * @param map our words by the producer's, which are in lower case and without blanks around; of
 *     strings
 * @param letters what becomes of the case of a string
 * @param round whether a number of too many decimals is rounded, with a flag
 * @param negativeIsRefund whether a purchase with a negative number is a refund
 * @param unit of epoch numbers, which may be texts then; null for milliseconds as a JSON number
 * @param zone of times that name none; null if such times are refused
 * @param clock corrects times of a device's own clock; null for none
 * @param address which of several addresses counts; null if there is to be one alone
 */
public record ValueRules(
    boolean lenient,
    Set<Accepted> accepted,
    Map<String, String> map,
    Letters letters,
    boolean round,
    boolean negativeIsRefund,
    EpochUnit unit,
    String zone,
    Clock clock,
    Address address)
    implements Serializable {
  /** Nothing but what the event contract says. */
  public static final ValueRules STRICT =
      new ValueRules(
          false, Set.of(), Map.of(), Letters.AS_SENT, false, false, null, null, null, null);

  /** Ways of writing that are refused if not declared. */
  public enum Accepted {
    /** White space around a value. */
    BLANKS,
    /** A comma before a second's fraction, or a number's. */
    COMMA,
    /** A zone in brackets behind an offset, which alone counts. */
    BRACKETED_ZONE
  }

  /** What becomes of a string's letters. */
  public enum Letters {
    AS_SENT,
    UPPER,
    LOWER
  }

  /** The unit of a number of time since 1970. */
  public enum EpochUnit {
    S(6),
    MS(3),
    US(0),
    NS(-3);

    private final int power;

    EpochUnit(int power) {
      this.power = power;
    }

    /** Microseconds are it times ten to this power. */
    public int power() {
      return power;
    }
  }

  /**
   * Two columns of the contract whose difference is what a device's clock is off by.
   *
   * @param sent when the device sent the event, by its clock
   * @param received when it was received, by a clock that is right
   */
  public record Clock(String sent, String received) implements Serializable {}

  /**
   * Which address of a list counts, without port, brackets and zone.
   *
   * @param fromEnd 0 for the first, otherwise which, counted from the last, which is 1
   */
  public record Address(int fromEnd) implements Serializable {}

  /** Puts them in an order, as {@link #toString} tells contracts apart. */
  public ValueRules {
    accepted = new TreeSet<>(accepted);
    map = new TreeMap<>(map);
  }

  /** Whether some way of writing is taken. */
  public boolean accepts(Accepted way) {
    return accepted.contains(way);
  }

  /** Whether values are as the event contract says. */
  public boolean isStrict() {
    return equals(STRICT);
  }

  /** The flag of an event that lost a value of this name. */
  public static String dropped(String name) {
    return "dropped_" + name;
  }

  /** The flag of an event with a value of this name that was rounded. */
  public static String rounded(String name) {
    return "rounded_" + name;
  }

  /** Our word for a producer's, blanks and case aside; empty if there is none. */
  public Optional<String> mapped(String theirs) {
    return Optional.ofNullable(map.get(key(theirs)));
  }

  /** As the keys of {@link #map} are. */
  static String key(String word) {
    return word.strip().toLowerCase(Locale.ROOT);
  }
}
