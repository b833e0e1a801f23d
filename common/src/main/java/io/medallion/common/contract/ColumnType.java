package io.medallion.common.contract;

import java.io.Serializable;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The type of a column.
 *
 * @param kind which
 * @param precision the most digits of a decimal; 0 for other types
 * @param scale how many of them are behind its point
 */
public record ColumnType(Kind kind, int precision, int scale) implements Serializable {
  /** The types by name; only a decimal has parameters. */
  public enum Kind {
    STRING,
    INT,
    LONG,
    DECIMAL,
    BOOLEAN,
    TIMESTAMP,
    DATE,
    STRINGS
  }

  /** As a contract spells them. */
  static final List<String> SPELLINGS =
      List.of(
          "string",
          "int",
          "long",
          "decimal(p,s)",
          "boolean",
          "timestamp",
          "date",
          "array of string");

  /** As many digits as Spark, Delta and Parquet know. */
  private static final int MOST_DIGITS = 38;

  /** Up to so many digits a decimal is a whole number of 64 bits. */
  private static final int DIGITS_OF_LONG = 18;

  private static final Pattern DECIMAL = Pattern.compile("decimal\\((\\d{1,3}), ?(\\d{1,3})\\)");

  /** Reads one; empty if it is none. */
  static Optional<ColumnType> of(String text) {
    Matcher decimal = DECIMAL.matcher(text);
    if (decimal.matches()) {
      int precision = Integer.parseInt(decimal.group(1));
      int scale = Integer.parseInt(decimal.group(2));
      return precision >= 1 && precision <= MOST_DIGITS && scale <= precision
          ? Optional.of(new ColumnType(Kind.DECIMAL, precision, scale))
          : Optional.empty();
    }
    if (text.equals("array of string")) {
      return Optional.of(new ColumnType(Kind.STRINGS, 0, 0));
    }
    return SPELLINGS.contains(text) && !text.startsWith("decimal")
        ? Optional.of(new ColumnType(Kind.valueOf(text.toUpperCase(Locale.ROOT)), 0, 0))
        : Optional.empty();
  }

  /** Whether it is a number, which may have bounds. */
  public boolean isNumber() {
    return kind == Kind.INT || kind == Kind.LONG || kind == Kind.DECIMAL;
  }

  /** Whether its values are as long as a producer makes them. */
  public boolean isUnbounded() {
    return kind == Kind.STRING || kind == Kind.STRINGS;
  }

  /** Whether it is a decimal of more digits than a whole number of 64 bits has. */
  public boolean isLargeDecimal() {
    return kind == Kind.DECIMAL && precision > DIGITS_OF_LONG;
  }

  /** As a contract spells it. */
  @Override
  public String toString() {
    return switch (kind) {
      case DECIMAL -> "decimal(%d,%d)".formatted(precision, scale);
      case STRINGS -> "array of string";
      default -> kind.name().toLowerCase(Locale.ROOT);
    };
  }
}
