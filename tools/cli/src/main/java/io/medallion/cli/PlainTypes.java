package io.medallion.cli;

import io.medallion.common.config.ConfigTypes;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.TypeConversionException;

/** Reads values of options, and says in plain words what a wrong one should have been. */
final class PlainTypes {
  private static final String WHOLE_NUMBER = "a whole number, such as 20";
  private static final String NUMBER = "a number, such as 0.5";

  private PlainTypes() {}

  static void register(CommandLine line) {
    add(line, Duration.class, ConfigTypes::duration, "a time, such as 90s, 2m or 1h");
    add(line, LocalDate.class, LocalDate::parse, "a date, such as 2026-03-01");
    add(line, Integer.class, Integer::valueOf, WHOLE_NUMBER);
    add(line, int.class, Integer::valueOf, WHOLE_NUMBER);
    add(line, Long.class, Long::valueOf, WHOLE_NUMBER);
    add(line, long.class, Long::valueOf, WHOLE_NUMBER);
    add(line, Double.class, Double::valueOf, NUMBER);
    add(line, double.class, Double::valueOf, NUMBER);
    add(
        line,
        Charset.class,
        Charset::forName,
        "the name of an encoding, such as " + StandardCharsets.ISO_8859_1);
  }

  private static <T> void add(
      CommandLine line, Class<T> type, Function<String, T> parse, String such) {
    line.registerConverter(
        type,
        text -> {
          try {
            return parse.apply(text);
          } catch (RuntimeException e) {
            throw new TypeConversionException("'%s' is not %s".formatted(text, such));
          }
        });
  }
}
