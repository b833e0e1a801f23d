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
 * --once}, {@code --config FILE}, and any setting as {@code --name=value} or {@code --name value}.
 *
 * @param once whether the layer works up to now and stops
 * @param rebuild the marts of gold that are made anew from silver first, none named for all of
 *     them; absent where nothing is to be made anew. The other layers know no such thing
 * @param configuration the settings in force
 */
public record Arguments(boolean once, Optional<Set<String>> rebuild, Configuration configuration) {
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
      if (arg.equals("--once")) {
        once = true;
        continue;
      }
      if (arg.equals("--rebuild")) {
        rebuild = rebuild == null ? new TreeSet<>() : rebuild;
        while (i + 1 < args.size() && !args.get(i + 1).startsWith("--")) {
          rebuild.add(args.get(++i));
        }
        continue;
      }
      int equals = arg.indexOf('=');
      if (!arg.startsWith("--")) {
        throw wrong("'" + arg + "' is not expected here");
      }
      String name = equals < 0 ? arg.substring(2) : arg.substring(2, equals);
      if (equals < 0 && ++i == args.size()) {
        throw wrong(arg + " wants a value");
      }
      String value = equals < 0 ? args.get(i) : arg.substring(equals + 1);
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
   * These arguments, for a layer that cannot be made anew by a flag.
   *
   * @throws MedallionException where they ask for it
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
        "A layer takes --once, --config FILE and settings as --name=value; gold also takes --rebuild [MART...].",
        "See `medallion config` for the settings.");
  }
}
