package io.medallion.common.event;

import io.medallion.common.contract.ValueRules;
import io.medallion.common.contract.ValueRules.Accepted;
import io.medallion.common.contract.ValueRules.EpochUnit;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneRules;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads the contract's forms of a timestamp. Used again for each. */
final class EventTime {
  private static final long MICROS_PER_SECOND = 1_000_000L;
  private static final long MILLIS_OF_1980 = 315_532_800_000L;
  private static final int MILLIS_DIGITS = 15;
  private static final int MOST_FRACTION_DIGITS = 9;
  private static final int SECONDS_PER_DAY = 86_400;
  private static final int MOST_OFFSET_SECONDS = 18 * 3600;
  private static final int MOST_MICROS_DIGITS = 18;
  private static final Map<EpochUnit, String> UNITS =
      Map.of(
          EpochUnit.S, "seconds",
          EpochUnit.MS, "milliseconds",
          EpochUnit.US, "microseconds",
          EpochUnit.NS, "nanoseconds");
  private static final Set<String> UTC = Set.of("UTC", "GMT", "Zulu");
  private static final int MOST_ZONES = 2_000;
  private static final String FORMS =
      "give ISO-8601 with an offset or Z, yyyy-MM-dd HH:mm:ss with a zone, or epoch milliseconds"
          + " as a number";

  private final boolean blanks;
  private final boolean comma;
  private final boolean bracketedZone;

  /** Of numbers, which may be texts then; null for milliseconds as a JSON number. */
  private final EpochUnit unit;

  /** Of times that name none; null if there is none for them. */
  private final ZoneRules defaultZone;

  private final Map<String, ZoneRules> zones = new HashMap<>();
  private final Decimal decimal = new Decimal();

  private String text;
  private int at;
  private long day;
  private int second;
  private int fractionMicros;
  private long micros;
  private ReasonCode problem;
  private String message;

  /** Reads the event contract's forms alone. */
  EventTime() {
    this(ValueRules.STRICT);
  }

  /** Reads what a producer writes as well. */
  EventTime(ValueRules values) {
    blanks = values.accepts(Accepted.BLANKS);
    comma = values.accepts(Accepted.COMMA);
    bracketedZone = values.accepts(Accepted.BRACKETED_ZONE);
    unit = values.unit();
    defaultZone = values.zone() == null ? null : ZoneId.of(values.zone()).getRules();
  }

  /** Microseconds since 1970 of what was read last. */
  long micros() {
    return micros;
  }

  /** What was wrong with what was read last. */
  ReasonCode problem() {
    return problem;
  }

  /** What was wrong, for people. */
  String message() {
    return message;
  }

  /** Reads a JSON number: epoch milliseconds; false if it is none. */
  boolean readNumber(String number) {
    if (!decimal.read(number)) {
      return fail(ReasonCode.INVALID_TIMESTAMP, FORMS);
    }
    if (unit != null) {
      return readEpoch();
    }
    boolean before1980 =
        decimal.isNegative()
            || (decimal.isBelowPowerOfTen(MILLIS_DIGITS) && decimal.scaled(0) < MILLIS_OF_1980);
    if (before1980) {
      return fail(
          ReasonCode.TIMESTAMP_EPOCH_SECONDS,
          "as milliseconds it would lie before 1980: epoch seconds?");
    }
    if (!decimal.isBelowPowerOfTen(MILLIS_DIGITS)) {
      return fail(ReasonCode.INVALID_TIMESTAMP, "not a number of milliseconds of our era");
    }
    micros = decimal.scaled(3);
    return true;
  }

  /** A number of a declared unit; when that may be is a matter of the floor. */
  private boolean readEpoch() {
    int power = unit.power();
    if (!decimal.isBelowPowerOfTen(MOST_MICROS_DIGITS - power)) {
      return fail(
          ReasonCode.INVALID_TIMESTAMP, "not a number of %s of our era".formatted(UNITS.get(unit)));
    }
    micros = decimal.isNegative() ? -decimal.scaled(power) : decimal.scaled(power);
    return true;
  }

  /** The part of a text that says the time; null if what is around it may not be. */
  private String bare(String value) {
    String bare = blanks ? value.strip() : value;
    int bracket = bracketedZone && bare.endsWith("]") ? bare.indexOf('[') : -1;
    if (bracket < 0) {
      return bare;
    }
    boolean isZone = lookUp(bare.substring(bracket + 1, bare.length() - 1)) != null;
    char before = bracket < 6 ? ' ' : bare.charAt(bracket - 1);
    boolean hasOffset =
        before == 'Z'
            || before == 'z'
            || bare.lastIndexOf('+', bracket) > 10
            || bare.lastIndexOf('-', bracket) > 10;
    return isZone && hasOffset ? bare.substring(0, bracket) : null;
  }

  /** Reads a JSON string; false if it is none of the forms. */
  boolean readText(String given) {
    String value = blanks || bracketedZone ? bare(given) : given;
    if (value == null) {
      return fail(ReasonCode.INVALID_TIMESTAMP, "in brackets is a zone, behind an offset or Z");
    }
    if (unit != null && decimal.read(value)) {
      return readEpoch();
    }
    text = value;
    int length = value.length();
    if (!hasDate()) {
      return allDigits(0, length)
          ? fail(ReasonCode.INVALID_TIMESTAMP, "epoch milliseconds must be a number, not a string")
          : fail(ReasonCode.INVALID_TIMESTAMP, FORMS);
    }
    if (!readDay()) {
      return fail(ReasonCode.INVALID_TIMESTAMP, "there is no such day");
    }
    if (length == 10) {
      return fail(ReasonCode.TIMESTAMP_WITHOUT_ZONE, "a date alone is no moment");
    }
    return readTime(day * SECONDS_PER_DAY);
  }

  /** Reads a date such as 2026-06-01; false if it is none. */
  boolean readDate(String given) {
    text = given;
    return given.length() == 10 && hasDate() && readDay();
  }

  /** The date that was read, in days since 1970. */
  long day() {
    return day;
  }

  private boolean hasDate() {
    return text.length() >= 10
        && text.charAt(4) == '-'
        && text.charAt(7) == '-'
        && allDigits(0, 4)
        && allDigits(5, 7)
        && allDigits(8, 10);
  }

  /** Reads the date that the text begins with; false if no calendar has it. */
  private boolean readDay() {
    int year = number(0, 4);
    int month = number(5, 7);
    int dayOfMonth = number(8, 10);
    boolean exists =
        year >= 1
            && month >= 1
            && month <= 12
            && dayOfMonth >= 1
            && dayOfMonth <= daysIn(year, month);
    if (exists) {
      day = epochDay(year, month, dayOfMonth);
    }
    return exists;
  }

  private boolean readTime(long midnight) {
    char separator = text.charAt(10);
    boolean form =
        (separator == 'T' || separator == 't' || separator == ' ')
            && text.length() >= 16
            && allDigits(11, 13)
            && text.charAt(13) == ':'
            && allDigits(14, 16);
    at = 16;
    if (!form || !readSecond()) {
      return fail(ReasonCode.INVALID_TIMESTAMP, FORMS);
    }
    int hour = number(11, 13);
    int minute = number(14, 16);
    if (hour > 23 || minute > 59 || second > 60) {
      return fail(ReasonCode.INVALID_TIMESTAMP, "there is no such time of day");
    }
    if (at == text.length() && defaultZone != null) {
      return readLocal(midnight + hour * 3600L + minute * 60L, defaultZone);
    }
    if (at == text.length()) {
      return fail(ReasonCode.TIMESTAMP_WITHOUT_ZONE, "without a zone it could be any of 26 hours");
    }
    return readZone(midnight + hour * 3600L + minute * 60L);
  }

  /** Seconds and their fraction, if any; leaves {@link #at} behind them. */
  private boolean readSecond() {
    second = 0;
    fractionMicros = 0;
    if (at == text.length() || text.charAt(at) != ':') {
      return true;
    }
    if (at + 3 > text.length() || !allDigits(at + 1, at + 3)) {
      return false;
    }
    second = number(at + 1, at + 3);
    at += 3;
    boolean hasFraction =
        at < text.length() && (text.charAt(at) == '.' || (comma && text.charAt(at) == ','));
    return !hasFraction || readFraction();
  }

  private boolean readFraction() {
    int digits = 0;
    int value = 0;
    for (at++; at < text.length() && isDigit(text.charAt(at)); at++) {
      if (digits < 6) {
        value = value * 10 + (text.charAt(at) - '0');
      }
      digits++;
    }
    for (int i = digits; i < 6; i++) {
      value *= 10;
    }
    fractionMicros = value;
    return digits > 0 && digits <= MOST_FRACTION_DIGITS;
  }

  private boolean readZone(long localMinute) {
    char c = text.charAt(at);
    if (c == ' ' && at + 1 < text.length()) {
      c = text.charAt(++at);
      if ((c != 'Z' && c != 'z' && c != '+' && c != '-') || text.length() - at > 9) {
        return readNamedZone(localMinute, text.substring(at));
      }
    }
    if (c == 'Z' || c == 'z') {
      return at + 1 == text.length()
          ? finish(localMinute)
          : readNamedZone(localMinute, text.substring(at));
    }
    int offset = c == '+' || c == '-' ? offset() : Integer.MIN_VALUE;
    return offset == Integer.MIN_VALUE
        ? fail(ReasonCode.INVALID_TIMESTAMP, FORMS)
        : finish(localMinute - (c == '-' ? -offset : offset));
  }

  /** Seconds of {@code HH}, {@code HHmm}, {@code HH:mm} or {@code HH:mm:ss} behind the sign. */
  private int offset() {
    int from = at + 1;
    int length = text.length() - from;
    boolean colons = length > 2 && text.charAt(from + 2) == ':';
    int step = colons ? 3 : 2;
    if (length != 2 && length != 2 + step && (length != 8 || !colons)) {
      return Integer.MIN_VALUE;
    }
    int seconds = 0;
    int unit = 3600;
    for (int i = from; i < text.length(); i += step, unit /= 60) {
      boolean separated = !colons || i == from || text.charAt(i - 1) == ':';
      if (!separated || !allDigits(i, i + 2) || (unit < 3600 && number(i, i + 2) > 59)) {
        return Integer.MIN_VALUE;
      }
      seconds += number(i, i + 2) * unit;
    }
    return seconds > MOST_OFFSET_SECONDS ? Integer.MIN_VALUE : seconds;
  }

  private boolean readNamedZone(long localMinute, String name) {
    if (UTC.contains(name)) {
      return finish(localMinute);
    }
    if (name.indexOf('/') < 0) {
      return fail(
          ReasonCode.INVALID_TIMESTAMP,
          "abbreviations of zones have several meanings: give a name such as Europe/Berlin, or an"
              + " offset");
    }
    ZoneRules rules = zones.get(name);
    if (rules == null) {
      rules = lookUp(name);
      if (rules == null) {
        return fail(ReasonCode.INVALID_TIMESTAMP, "there is no such zone");
      }
    }
    return readLocal(localMinute, rules);
  }

  private boolean readLocal(long localMinute, ZoneRules rules) {
    LocalDateTime local = LocalDateTime.ofEpochSecond(localMinute, 0, ZoneOffset.UTC);
    List<ZoneOffset> offsets = rules.getValidOffsets(local);
    // Where clocks go back the hour exists twice: the first one is taken, always.
    return offsets.isEmpty()
        ? fail(ReasonCode.INVALID_TIMESTAMP, "clocks skip that time in its zone")
        : finish(localMinute - offsets.get(0).getTotalSeconds());
  }

  private ZoneRules lookUp(String name) {
    try {
      ZoneRules rules = ZoneId.of(name).getRules();
      if (zones.size() < MOST_ZONES) {
        zones.put(name, rules);
      }
      return rules;
    } catch (DateTimeException e) {
      return null;
    }
  }

  /** A leap second is the first second of the next day, as every clock with 86,400 has it. */
  private boolean finish(long utcMinute) {
    if (second == 60 && !endsHalfYear(utcMinute + 60)) {
      return fail(ReasonCode.INVALID_TIMESTAMP, "there is no leap second at that time");
    }
    micros = (utcMinute + second) * MICROS_PER_SECOND + fractionMicros;
    return true;
  }

  private static boolean endsHalfYear(long utcSecond) {
    LocalDateTime next = LocalDateTime.ofEpochSecond(utcSecond, 0, ZoneOffset.UTC);
    return next.toLocalTime().toSecondOfDay() == 0
        && next.getDayOfMonth() == 1
        && (next.getMonthValue() == 1 || next.getMonthValue() == 7);
  }

  private boolean fail(ReasonCode code, String why) {
    problem = code;
    message = why;
    return false;
  }

  private boolean allDigits(int from, int to) {
    for (int i = from; i < to; i++) {
      if (!isDigit(text.charAt(i))) {
        return false;
      }
    }
    return to > from;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private int number(int from, int to) {
    int value = 0;
    for (int i = from; i < to; i++) {
      value = value * 10 + (text.charAt(i) - '0');
    }
    return value;
  }

  private static int daysIn(int year, int month) {
    if (month == 2) {
      boolean leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
      return leap ? 29 : 28;
    }
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
  }

  /** Days since 1970, by Howard Hinnant's days_from_civil for years from 1 on. */
  private static long epochDay(int year, int month, int day) {
    int y = month <= 2 ? year - 1 : year;
    int era = y / 400;
    int yearOfEra = y - era * 400;
    int dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
    return era * 146_097L + dayOfEra - 719_468L;
  }
}
