package io.medallion.common.config;

import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * From the text of a setting to its value. Every parser throws {@link IllegalArgumentException}
 * with the reason.
 */
public final class ConfigTypes {
  private static final Pattern AMOUNT = Pattern.compile("(\\d+)\\s*([A-Za-z]+)");

  /** Whoever counts it in nanoseconds has room for it, and for a time of today. */
  private static final Duration LONGEST = Duration.ofDays(100_000);

  private static final Map<String, Duration> TIME_UNITS =
      Map.of(
          "ms", Duration.ofMillis(1),
          "s", Duration.ofSeconds(1),
          "m", Duration.ofMinutes(1),
          "h", Duration.ofHours(1),
          "d", Duration.ofDays(1));
  private static final Map<String, Long> SIZE_UNITS =
      Map.of("b", 1L, "kib", 1L << 10, "mib", 1L << 20, "gib", 1L << 30);

  private static final Pattern PASSWORD_PARAMETER = Pattern.compile("(?i)[?&](ssl)?password=");

  private ConfigTypes() {}

  static String text(String value) {
    if (value.isBlank()) {
      throw new IllegalArgumentException("it is blank");
    }
    return value.strip();
  }

  /**
   * A JDBC address, which is shown in many places and so holds no password.
   *
   * @throws MedallionException if it does; its text does not show the address
   */
  static String databaseAddress(String value) {
    if (PASSWORD_PARAMETER.matcher(value).find()) {
      throw new MedallionException(
          ErrorCode.CONFIG_INVALID_VALUE,
          "postgres.url holds a password",
          "An address is shown by `medallion config`, in errors and in logs.",
          "Leave it out, and give it by postgres.password, its variable or its file; a client key's"
              + " by the driver's sslpasswordcallback.");
    }
    return text(value);
  }

  static List<String> list(String value) {
    return Arrays.stream(value.split(",")).map(String::strip).filter(s -> !s.isEmpty()).toList();
  }

  static List<Path> folders(String value) {
    return list(value).stream().filter(name -> !name.isBlank()).map(Path::of).toList();
  }

  static boolean flag(String value) {
    return switch (value.strip().toLowerCase(Locale.ROOT)) {
      case "true", "yes", "on" -> true;
      case "false", "no", "off" -> false;
      default -> throw new IllegalArgumentException("neither true nor false");
    };
  }

  static Function<String, Long> number(long least, long most) {
    return value -> {
      long number;
      try {
        number = Long.parseLong(value.strip().replace("_", ""));
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException("not a whole number", e);
      }
      if (number < least || number > most) {
        throw new IllegalArgumentException("not between %d and %d".formatted(least, most));
      }
      return number;
    };
  }

  /** A duration such as {@code 500ms}, {@code 90s}, {@code 2m}, {@code 1h} or {@code 7d}. */
  public static Duration duration(String value) {
    Matcher amount = AMOUNT.matcher(value.strip());
    Duration unit =
        amount.matches() ? TIME_UNITS.get(amount.group(2).toLowerCase(Locale.ROOT)) : null;
    if (unit == null) {
      throw new IllegalArgumentException("not a number with one of the units ms, s, m, h, d");
    }
    Duration duration = times(amount.group(1), unit::multipliedBy);
    if (duration.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("more than " + LONGEST.toDays() + "d");
    }
    return duration;
  }

  static Optional<Duration> durationOrUnlimited(String value) {
    return value.strip().equalsIgnoreCase("unlimited")
        ? Optional.empty()
        : Optional.of(duration(value));
  }

  static Optional<Duration> durationOrAuto(String value) {
    return value.strip().equalsIgnoreCase("auto") ? Optional.empty() : Optional.of(duration(value));
  }

  static Optional<Duration> durationOrOff(String value) {
    return value.strip().equalsIgnoreCase("off") ? Optional.empty() : Optional.of(duration(value));
  }

  static long bytes(String value) {
    Matcher amount = AMOUNT.matcher(value.strip());
    Long unit = amount.matches() ? SIZE_UNITS.get(amount.group(2).toLowerCase(Locale.ROOT)) : null;
    if (unit == null) {
      throw new IllegalArgumentException("not a number with one of the units B, KiB, MiB, GiB");
    }
    return times(amount.group(1), number -> Math.multiplyExact(number, unit));
  }

  private static <T> T times(String number, LongFunction<T> unit) {
    try {
      return unit.apply(Long.parseLong(number));
    } catch (ArithmeticException | NumberFormatException e) {
      throw new IllegalArgumentException("too large", e);
    }
  }

  static <E extends Enum<E>> Function<String, E> oneOf(Class<E> type) {
    return value -> {
      String wanted = value.strip().toUpperCase(Locale.ROOT).replace('-', '_');
      return Arrays.stream(type.getEnumConstants())
          .filter(e -> e.name().equals(wanted))
          .findFirst()
          .orElseThrow(() -> new IllegalArgumentException("not one of " + names(type)));
    };
  }

  static <E extends Enum<E>> String names(Class<E> type) {
    return Arrays.stream(type.getEnumConstants())
        .map(e -> e.name().toLowerCase(Locale.ROOT).replace('_', '-'))
        .collect(Collectors.joining(", "));
  }
}
