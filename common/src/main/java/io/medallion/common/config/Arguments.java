package io.medallion.common.config;

import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The command line of a layer, the same under {@code spark-submit} and {@code medallion}: {@code
 * --once}, {@code --config FILE}, and any setting, each as {@code --name=value} or {@code --name
 * value}. A value that begins with two dashes needs the equals sign.
 *
 * @param once whether the layer works up to now and stops
 * @param rebuild the marts of gold that are made again from silver first, none named for all of
 *     them; absent if nothing is to be made again. The other layers know no such thing
 * @param configuration the settings in force
 */
public record Arguments(boolean once, Optional<Set<String>> rebuild, Configuration configuration) {
  private static final String OPTION = "--";
  private static final Path DEFAULT_FILE = Path.of("medallion.properties");

  /** Reads a command line over the environment over the file named by either. */
  public static Arguments parse(List<String> args, Map<String, String> environment) {
    return parse(args, environment, Configuration.builder());
  }

  /** The same over a builder that already knows weaker sources. */
  public static Arguments parse(
      List<String> args, Map<String, String> environment, Configuration.Builder builder) {
    boolean once = false;
    Set<String> rebuild = null;
    String file = environment.get("MEDALLION_CONFIG");
    for (int i = 0; i < args.size(); i++) {
      String arg = args.get(i);
      if (!arg.startsWith(OPTION)) {
        throw wrong("'" + arg + "' is not expected here");
      }
      int equals = arg.indexOf('=');
      String name =
          equals < 0 ? arg.substring(OPTION.length()) : arg.substring(OPTION.length(), equals);
      String value = equals < 0 ? null : arg.substring(equals + 1);
      if (name.equals("once")) {
        once = value == null || isTrue(arg, value);
        continue;
      }
      if (name.equals("rebuild")) {
        rebuild = rebuild == null ? new TreeSet<>() : rebuild;
        if (value != null) {
          rebuild.add(value);
        }
        while (hasValue(args, i + 1)) {
          rebuild.add(args.get(++i));
        }
        continue;
      }
      if (value == null) {
        value = valueBehind(args, i++);
      }
      if (name.equals("config")) {
        file = value;
      } else {
        builder.flag(name, value);
      }
    }
    if (file != null) {
      builder.file(Path.of(file));
    } else if (Files.exists(DEFAULT_FILE)) {
      builder.file(DEFAULT_FILE);
    }
    return new Arguments(
        once,
        Optional.ofNullable(rebuild).map(Set::copyOf),
        builder.environment(environment).build());
  }

  /**
   * The value of a setting that stands without an equals sign.
   *
   * @param at where the setting's name is
   * @throws MedallionException if another option follows, or nothing
   */
  public static String valueBehind(List<String> args, int at) {
    if (!hasValue(args, at + 1)) {
      throw wrong(args.get(at) + " wants a value");
    }
    return args.get(at + 1);
  }

  private static boolean hasValue(List<String> args, int at) {
    return at < args.size() && !args.get(at).startsWith(OPTION);
  }

  private static boolean isTrue(String arg, String value) {
    return switch (value) {
      case "true" -> true;
      case "false" -> false;
      default -> throw wrong(arg + " is neither true nor false");
    };
  }

  /**
   * These arguments, for a layer that cannot be made again by a flag.
   *
   * @throws MedallionException if they ask for it
   */
  public Arguments withoutRebuild() {
    if (rebuild.isPresent()) {
      throw wrong("--rebuild is for gold alone");
    }
    return this;
  }

  private static MedallionException wrong(String problem) {
    return new MedallionException(
        ErrorCode.USAGE,
        problem,
        "A layer takes --once, --config FILE and settings as --name=value; gold also takes --rebuild[=MART...].",
        "See `medallion config` for the settings.");
  }
}
