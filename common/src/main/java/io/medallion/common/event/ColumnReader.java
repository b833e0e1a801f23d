package io.medallion.common.event;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.medallion.common.contract.ColumnType;
import io.medallion.common.contract.Contract;
import io.medallion.common.contract.ContractColumn;
import io.medallion.common.contract.ValueRules;
import io.medallion.common.contract.ValueRules.Accepted;
import io.medallion.common.event.RawFields.Kind;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Reads a column's value as its type wants it. Used again for each event. */
final class ColumnReader {
  private static final int DIGITS_OF_LONG = 18;
  private static final int MOST_DIGITS = 38;

  /** More than any double has that is written out; 1e-1000000000 would cost hours. */
  private static final int MOST_DECIMALS_ROUNDED = 400;

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
  private final ValueRules values;

  /** Whether values are as the event contract says. */
  private final boolean strict;

  /** The flag of an event whose value is dropped; null if such an event is none. */
  private final String dropFlag;

  private ParsedEvent event;

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
    this.name = name(column);
    this.values = column.values();
    this.strict = values.isStrict();
    this.dropFlag = dropFlag(column);
    this.fields = fields;
    this.reasons = reasons;
    this.decimal = decimal;
    this.time = strict ? time : new EventTime(values);
    this.json = json;
    this.scale = column.type().scale();
    if (column.type().isNumber()) {
      BigDecimal most = most(column.type());
      BigDecimal least =
          type == ColumnType.Kind.DECIMAL ? most.negate() : most.negate().subtract(BigDecimal.ONE);
      exactMin =
          column.min() == null || values.negativeIsRefund() ? least : column.min().max(least);
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

  /** What a column's field is called in reasons and flags. */
  private static String name(ContractColumn column) {
    return Contract.own()
        .column(column.name())
        .map(own -> own.from().get(0).toString())
        .orElse(column.name());
  }

  /** The flag of an event that lost a column's value; null if such an event is none. */
  static String dropFlag(ContractColumn column) {
    return column.values().lenient() ? ValueRules.dropped(name(column)) : null;
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
  void read(ParsedEvent read) {
    Kind kind = fields.kind(number);
    if (kind == Kind.ABSENT) {
      return;
    }
    event = read;
    switch (type) {
      case STRING -> event.values[number] = strict ? string(kind) : rewritten(kind);
      case INT, LONG, DECIMAL -> readNumber(kind);
      case BOOLEAN -> readBoolean(kind);
      case TIMESTAMP -> readTime(kind);
      case DATE -> readDate(kind);
      case STRINGS -> readStrings(kind);
    }
  }

  /** A string as the contract makes it ours. */
  private String rewritten(Kind kind) {
    if (values.address() != null) {
      return address(kind);
    }
    String text = string(kind);
    if (text == null) {
      return null;
    }
    if (values.accepts(Accepted.BLANKS)) {
      text = text.strip();
    }
    text =
        switch (values.letters()) {
          case AS_SENT -> text;
          case UPPER -> text.toUpperCase(Locale.ROOT);
          case LOWER -> text.toLowerCase(Locale.ROOT);
        };
    // What a type is mapped to is the validator's matter.
    return number == ParsedEvent.EVENT_TYPE ? text : values.mapped(text).orElse(text);
  }

  private String address(Kind kind) {
    String list = fields.text(number);
    if (kind == Kind.STRUCTURE) {
      String[] texts = strings(kind);
      list = texts == null ? null : String.join(",", texts);
    } else if (kind != Kind.STRING) {
      list = null;
    }
    if (list == null) {
      wrongType("a string or an array of strings");
      return null;
    }
    return AddressList.choose(list, values.address());
  }

  /** The value of a text, if that may be written otherwise than JSON's numbers are. */
  private String numeral(String text) {
    String numeral = values.accepts(Accepted.BLANKS) ? text.strip() : text;
    boolean hasComma =
        values.accepts(Accepted.COMMA)
            && numeral.indexOf(',') >= 0
            && numeral.indexOf(',') == numeral.lastIndexOf(',')
            && numeral.indexOf('.') < 0;
    return hasComma ? numeral.replace(',', '.') : numeral;
  }

  private String rounded(String text) {
    event.flag(ValueRules.rounded(name));
    return decimal.exact(text).setScale(scale, RoundingMode.HALF_UP).toPlainString();
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
  private void readNumber(Kind kind) {
    String text = fields.text(number);
    if (kind != Kind.NUMBER && kind != Kind.STRING) {
      wrongType("a number");
      return;
    }
    if (!strict && kind == Kind.STRING) {
      text = numeral(text);
    }
    if (!decimal.read(text)) {
      // A token such as NaN has its reason from the reader.
      if (kind == Kind.STRING) {
        wrong(ReasonCode.INVALID_NUMBER, "'" + Excerpt.of(text) + "' is not a number");
      }
      return;
    }
    if (values.round()
        && !decimal.hasAtMostDecimals(scale)
        && decimal.hasAtMostDecimals(MOST_DECIMALS_ROUNDED)
        && decimal.isBelowPowerOfTen(MOST_DIGITS)) {
      text = rounded(text);
      decimal.read(text);
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
      inRange = readExactly(text, precise);
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
  private boolean readExactly(String text, boolean precise) {
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

  private void readBoolean(Kind kind) {
    String text = textWithoutBlanks();
    boolean isTrue = text.equals("true");
    if ((kind == Kind.BOOLEAN || kind == Kind.STRING) && (isTrue || text.equals("false"))) {
      event.put(number, isTrue ? 1 : 0);
    } else {
      wrongType("true or false");
    }
  }

  private void readTime(Kind kind) {
    String text = fields.text(number);
    if (kind != Kind.STRING && kind != Kind.NUMBER) {
      wrongType("a string or a number");
    } else if (kind == Kind.STRING ? time.readText(text) : time.readNumber(text)) {
      event.put(number, time.micros());
    } else {
      breaks(time.problem(), time.message());
    }
  }

  private void readDate(Kind kind) {
    String text = textWithoutBlanks();
    if (kind != Kind.STRING) {
      wrongType("a date such as 2026-06-01");
      return;
    }
    if (time.readDate(text)) {
      event.put(number, time.day());
      return;
    }
    breaks(ReasonCode.INVALID_TIMESTAMP, "not a date such as 2026-06-01");
  }

  private String textWithoutBlanks() {
    String text = fields.text(number);
    return values.accepts(Accepted.BLANKS) ? text.strip() : text;
  }

  private void readStrings(Kind kind) {
    String[] texts = strings(kind);
    if (texts == null) {
      wrongType("an array of strings");
    } else {
      event.values[number] = texts;
    }
  }

  /** The elements of an array of strings; null if it is none. */
  private String[] strings(Kind kind) {
    String[] plain = kind == Kind.STRUCTURE ? plainStrings(fields.text(number)) : null;
    if (plain != null) {
      return plain;
    }
    List<String> texts = new ArrayList<>();
    try (JsonParser parser = json.createParser(fields.text(number))) {
      boolean isArray = kind == Kind.STRUCTURE && parser.nextToken() == JsonToken.START_ARRAY;
      while (isArray && parser.nextToken() == JsonToken.VALUE_STRING) {
        texts.add(parser.getText());
      }
      return isArray && parser.currentToken() == JsonToken.END_ARRAY
          ? texts.toArray(String[]::new)
          : null;
    } catch (IOException e) {
      throw new IllegalStateException("what was JSON is none", e);
    }
  }

  /** The same of an array as most are, without escapes; null if it is another one, or none. */
  private static String[] plainStrings(String array) {
    if (array.charAt(0) != '[' || array.indexOf('\\') >= 0) {
      return null;
    }
    List<String> texts = new ArrayList<>();
    int at = 0;
    do {
      int from = behindSpace(array, at + 1);
      if (array.charAt(from) != '"') {
        return null;
      }
      int until = array.indexOf('"', from + 1);
      texts.add(array.substring(from + 1, until));
      at = behindSpace(array, until + 1);
    } while (array.charAt(at) == ',');
    return texts.toArray(String[]::new);
  }

  private static int behindSpace(String json, int from) {
    int at = from;
    while (json.charAt(at) <= ' ') {
      at++;
    }
    return at;
  }

  private void wrongType(String wanted) {
    wrong(
        ReasonCode.WRONG_TYPE, "'%s' is not %s".formatted(Excerpt.of(fields.text(number)), wanted));
  }

  private void breaks(ReasonCode code, String broken) {
    wrong(code, "'" + Excerpt.of(fields.text(number)) + "': " + broken);
  }

  /** A value that breaks a rule costs the event, or itself alone. */
  private void wrong(ReasonCode code, String message) {
    if (dropFlag == null) {
      reasons.add(code, name, message);
    } else {
      event.flag(dropFlag);
    }
  }
}
