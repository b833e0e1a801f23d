package io.medallion.common.event;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.medallion.common.contract.ColumnType;
import io.medallion.common.contract.Contract;
import io.medallion.common.contract.ContractColumn;
import io.medallion.common.event.RawFields.Kind;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;

/** Reads a column's value as its type wants it. Used again for each event. */
final class ColumnReader {
  private static final int DIGITS_OF_LONG = 18;
  private static final int MOST_DIGITS = 38;
  private static final int LENGTH_OF_DATE = 10;

  private final int number;
  private final ContractColumn column;
  private final ColumnType.Kind type;

  /** What the field is called in reasons. */
  private final String name;

  /** What a number out of range is told. */
  private final String rule;

  private final int scale;
  private final long min;
  private final long max;

  /** The bounds of numbers that 64 bits do not hold. */
  private final BigDecimal exactMin;

  private final BigDecimal exactMax;
  private final RawFields fields;
  private final Reasons reasons;
  private final Decimal decimal;
  private final EventTime time;
  private final JsonFactory json;

  /**
   * @param number of the column
   */
  ColumnReader(
      int number,
      ContractColumn column,
      RawFields fields,
      Reasons reasons,
      Decimal decimal,
      EventTime time,
      JsonFactory json) {
    this.number = number;
    this.column = column;
    this.type = column.type().kind();
    this.name =
        number < Contract.own().columns().size() ? column.from().get(0).toString() : column.name();
    this.fields = fields;
    this.reasons = reasons;
    this.decimal = decimal;
    this.time = time;
    this.json = json;
    this.scale = column.type().scale();
    if (column.type().isNumber()) {
      BigDecimal most = most(column.type());
      BigDecimal least =
          type == ColumnType.Kind.DECIMAL ? most.negate() : most.negate().subtract(BigDecimal.ONE);
      exactMin = column.min() == null ? least : column.min().max(least);
      exactMax = column.max() == null ? most : column.max().min(most);
      min = scaled(exactMin, RoundingMode.CEILING);
      max = scaled(exactMax, RoundingMode.FLOOR);
      rule =
          "%s is at least %s and at most %s"
              .formatted(name, exactMin.toPlainString(), exactMax.toPlainString());
    } else {
      exactMin = null;
      exactMax = null;
      min = 0;
      max = 0;
      rule = null;
    }
  }

  private static BigDecimal most(ColumnType type) {
    return switch (type.kind()) {
      case INT -> BigDecimal.valueOf(Integer.MAX_VALUE);
      case LONG -> BigDecimal.valueOf(Long.MAX_VALUE);
      default ->
          BigDecimal.TEN.pow(type.precision()).subtract(BigDecimal.ONE).movePointLeft(type.scale());
    };
  }

  /** Saturates, as a large decimal's bounds do not fit. */
  private long scaled(BigDecimal bound, RoundingMode rounding) {
    BigDecimal unscaled = bound.movePointRight(scale).setScale(0, rounding);
    if (unscaled.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
      return Long.MAX_VALUE;
    }
    return unscaled.compareTo(BigDecimal.valueOf(Long.MIN_VALUE)) < 0
        ? Long.MIN_VALUE
        : unscaled.longValueExact();
  }

  /** Reads the value into the event; what is wrong with it becomes a reason. */
  void read(ParsedEvent event) {
    Kind kind = fields.kind(number);
    if (kind == Kind.ABSENT) {
      return;
    }
    switch (type) {
      case STRING -> event.values[number] = string(kind);
      case INT, LONG, DECIMAL -> readNumber(event, kind);
      case BOOLEAN -> readBoolean(event, kind);
      case TIMESTAMP -> readTime(event, kind);
      case DATE -> readDate(event, kind);
      case STRINGS -> readStrings(event, kind);
    }
  }

  /** A string as it is. */
  private String string(Kind kind) {
    String text = fields.text(number);
    if (kind == Kind.STRING) {
      return text;
    }
    if (column.wholeNumbers() && kind == Kind.NUMBER && isWhole(text)) {
      return text;
    }
    wrongType(column.wholeNumbers() ? "a string or a whole number" : "a string");
    return null;
  }

  private static boolean isWhole(String number) {
    for (int i = number.charAt(0) == '-' ? 1 : 0; i < number.length(); i++) {
      if (number.charAt(i) < '0' || number.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }

  /** Numbers come as JSON numbers or, from producers that know only text, as strings. */
  private void readNumber(ParsedEvent event, Kind kind) {
    String text = fields.text(number);
    if (kind != Kind.NUMBER && kind != Kind.STRING) {
      wrongType("a number");
      return;
    }
    if (!decimal.read(text)) {
      // A token such as NaN has its reason from the reader.
      reasons.addIf(
          kind == Kind.STRING,
          ReasonCode.INVALID_NUMBER,
          name,
          "'" + Excerpt.of(text) + "' is not a number");
      return;
    }
    boolean precise = decimal.hasAtMostDecimals(scale);
    boolean inRange;
    if (decimal.isBelowPowerOfTen(DIGITS_OF_LONG - scale) && !column.type().isLargeDecimal()) {
      long value = decimal.isNegative() ? -decimal.scaled(scale) : decimal.scaled(scale);
      inRange = isInRange(value, precise);
      if (inRange && precise) {
        event.put(number, value);
      }
    } else {
      inRange = readExactly(event, text, precise);
    }
    if (!inRange) {
      breaks(ReasonCode.NUMBER_OUT_OF_RANGE, rule);
    }
    if (!precise) {
      breaks(
          ReasonCode.NUMBER_TOO_PRECISE,
          scale == 0
              ? name + " is a whole number"
              : "%s has at most %d decimals".formatted(name, scale));
    }
  }

  /** What is cut off behind the last decimal takes a value further from 0. */
  private boolean isInRange(long value, boolean precise) {
    if (precise) {
      return value >= min && value <= max;
    }
    return decimal.isNegative() ? value > min && value <= max : value >= min && value < max;
  }

  /** Whether a number of more digits than 64 bits hold is in range; then it is taken. */
  private boolean readExactly(ParsedEvent event, String text, boolean precise) {
    if (!decimal.isBelowPowerOfTen(MOST_DIGITS)) {
      return false;
    }
    BigDecimal value = decimal.exact(text);
    if (value.compareTo(exactMin) < 0 || value.compareTo(exactMax) > 0) {
      return false;
    }
    if (!precise) {
      return true;
    }
    BigDecimal scaled = value.setScale(scale, RoundingMode.UNNECESSARY);
    if (column.type().isLargeDecimal()) {
      event.values[number] = scaled;
    } else {
      event.put(number, scaled.unscaledValue().longValueExact());
    }
    return true;
  }

  private void readBoolean(ParsedEvent event, Kind kind) {
    String text = fields.text(number);
    boolean isTrue = text.equals("true");
    if ((kind == Kind.BOOLEAN || kind == Kind.STRING) && (isTrue || text.equals("false"))) {
      event.put(number, isTrue ? 1 : 0);
    } else {
      wrongType("true or false");
    }
  }

  private void readTime(ParsedEvent event, Kind kind) {
    String text = fields.text(number);
    if (kind != Kind.STRING && kind != Kind.NUMBER) {
      wrongType("a string or a number");
    } else if (kind == Kind.STRING ? time.readText(text) : time.readNumber(text)) {
      event.put(number, time.micros());
    } else {
      breaks(time.problem(), time.message());
    }
  }

  private void readDate(ParsedEvent event, Kind kind) {
    String text = fields.text(number);
    if (kind != Kind.STRING) {
      wrongType("a date such as 2026-06-01");
      return;
    }
    try {
      if (text.length() == LENGTH_OF_DATE) {
        event.put(number, LocalDate.parse(text).toEpochDay());
        return;
      }
    } catch (DateTimeParseException e) {
      // Told below.
    }
    breaks(ReasonCode.INVALID_TIMESTAMP, "not a date such as 2026-06-01");
  }

  private void readStrings(ParsedEvent event, Kind kind) {
    String text = fields.text(number);
    List<String> texts = new ArrayList<>();
    try (JsonParser parser = json.createParser(text)) {
      boolean isArray = kind == Kind.STRUCTURE && parser.nextToken() == JsonToken.START_ARRAY;
      while (isArray && parser.nextToken() == JsonToken.VALUE_STRING) {
        texts.add(parser.getText());
      }
      if (isArray && parser.currentToken() == JsonToken.END_ARRAY) {
        event.values[number] = texts.toArray(String[]::new);
        return;
      }
    } catch (IOException e) {
      throw new IllegalStateException("what was JSON is none", e);
    }
    wrongType("an array of strings");
  }

  private void wrongType(String wanted) {
    reasons.add(
        ReasonCode.WRONG_TYPE,
        name,
        "'%s' is not %s".formatted(Excerpt.of(fields.text(number)), wanted));
  }

  private void breaks(ReasonCode code, String rule) {
    reasons.add(code, name, "'" + Excerpt.of(fields.text(number)) + "': " + rule);
  }
}
