package io.medallion.common.config;

import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import java.util.Locale;
import java.util.function.Function;

/**
 * One setting: its name, type, default and meaning.
 *
 * @param <T> the type of its value
 * @param name as it stands in files and flags, such as {@code lake.path}
 * @param type what a value looks like, for help texts
 * @param parser from text to value; throws {@link IllegalArgumentException} with the reason
 * @param defaultText the value if nobody gives one; null if there is none
 * @param secret whether the value must not be shown nor given on a command line
 * @param description what it means, one sentence
 */
public record ConfigKey<T>(
    String name,
    String type,
    Function<String, T> parser,
    String defaultText,
    boolean secret,
    String description) {

  /** The environment variable that sets it, such as {@code MEDALLION_LAKE_PATH}. */
  public String environmentName() {
    return environmentName(name);
  }

  /** The variable that sets the key of a name: {@code lake.path} is {@code MEDALLION_LAKE_PATH}. */
  public static String environmentName(String name) {
    return Configuration.ENVIRONMENT_PREFIX
        + name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }

  T parse(String text, String origin) {
    try {
      return parser.apply(text);
    } catch (IllegalArgumentException e) {
      throw new MedallionException(
          ErrorCode.CONFIG_INVALID_VALUE,
          "%s = %s (from %s) is not valid".formatted(name, secret ? "(hidden)" : text, origin),
          e.getMessage() == null ? "not a " + type : e.getMessage(),
          "Give a " + type + ": " + description,
          e);
    }
  }
}
