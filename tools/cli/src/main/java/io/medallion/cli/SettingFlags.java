package io.medallion.cli;

import io.medallion.common.config.Arguments;
import io.medallion.common.config.ConfigKey;
import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Every setting as an option of a command, hidden from its help, and the settings in force once the
 * command line is read.
 */
final class SettingFlags {
  private static final String OPEN_SETTING = "--setting";
  private static final List<String> OPEN_PREFIXES =
      List.of(Keys.KAFKA_OPTIONS, Keys.SILVER_FIELDS, Keys.SPARK);

  /** Settings of places, which a command with services of its own takes from nobody else. */
  private static final List<String> EMBEDDED =
      List.of("lake.", "checkpoint.", "kafka.", "postgres.");

  private final CommandContext context;
  private final Map<String, String> given = new LinkedHashMap<>();
  private Path services;

  private SettingFlags(CommandContext context) {
    this.context = context;
  }

  /** Adds {@code --config FILE} and every setting to a command. */
  static SettingFlags addTo(CommandSpec command, CommandContext context) {
    SettingFlags flags = new SettingFlags(context);
    command.addOption(
        OptionSpec.builder("--config")
            .paramLabel("FILE")
            .type(String.class)
            .setter(flags.setter("config"))
            .description("Reads settings from this file.")
            .build());
    command.addOption(
        OptionSpec.builder("--services")
            .paramLabel("DIR")
            .type(Path.class)
            .hidden(true)
            .setter(flags.servicesSetter())
            .description("Of several services that run here, those with their data in DIR.")
            .build());
    Keys.all().stream().flatMap(SettingFlags::names).forEach(name -> flags.add(command, name));
    command.addOption(
        OptionSpec.builder(OPEN_SETTING)
            .type(String[].class)
            .arity("1")
            .hidden(true)
            .setter(flags.openSetter())
            .build());
    return flags;
  }

  private static Stream<String> names(ConfigKey<?> key) {
    return key.secret() ? Stream.of(key.name(), key.name() + "-file") : Stream.of(key.name());
  }

  private void add(CommandSpec command, String name) {
    command.addOption(
        OptionSpec.builder("--" + name)
            .type(String.class)
            .paramLabel("VALUE")
            .hidden(true)
            .setter(setter(name))
            .build());
  }

  /**
   * The settings in force.
   *
   * @param switches a layer's own flags, such as {@code --once}
   */
  Arguments read(List<String> switches) {
    return parse(switches, ServicesChoice.among(context, services).settings());
  }

  /**
   * The settings of a command that brings its own services.
   *
   * @param services if they are; empty before they run
   */
  Configuration readEmbedded(Map<String, String> services) {
    Map<String, String> own = new LinkedHashMap<>(services);
    own.keySet().removeIf(name -> EMBEDDED.stream().noneMatch(name::startsWith));
    Map<String, String> rest = new LinkedHashMap<>(services);
    rest.keySet().removeAll(own.keySet());
    String origin = "this command's own services";
    return parse(
            List.of(),
            Configuration.builder().services(rest, origin).embedded(EMBEDDED, own, origin))
        .configuration();
  }

  private Arguments parse(List<String> switches, Configuration.Builder builder) {
    List<String> arguments = new ArrayList<>(switches);
    given.forEach((name, value) -> arguments.add("--" + name + "=" + value));
    return Arguments.parse(arguments, context.environment(), builder);
  }

  Configuration read() {
    return read(List.of()).configuration();
  }

  /**
   * Settings below an open prefix have no option of their own: {@code --spark.x=1} and {@code
   * --spark.x 1} become one that takes both.
   *
   * @throws io.medallion.common.error.MedallionException if a setting has no value: picocli would
   *     take the next option for it, which {@code spark-submit} of the same layer refuses
   */
  static List<String> joinOpenSettings(List<String> args) {
    List<String> joined = new ArrayList<>();
    for (int i = 0; i < args.size(); i++) {
      String arg = args.get(i);
      if (arg.equals("--")) {
        // Behind it are values, whatever they look like.
        joined.addAll(args.subList(i, args.size()));
        break;
      }
      if (arg.contains("=") || !isSetting(arg)) {
        joined.add(isOpenSetting(arg) ? OPEN_SETTING + "=" + arg.substring(2) : arg);
      } else if (isOpenSetting(arg)) {
        joined.add(OPEN_SETTING + "=" + arg.substring(2) + "=" + Arguments.valueBehind(args, i++));
      } else {
        joined.add(arg + "=" + Arguments.valueBehind(args, i++));
      }
    }
    return joined;
  }

  private static boolean isSetting(String arg) {
    return arg.equals("--config") || (arg.startsWith("--") && Keys.isKnown(arg.substring(2)));
  }

  private static boolean isOpenSetting(String arg) {
    return arg.startsWith("--")
        && OPEN_PREFIXES.stream().anyMatch(prefix -> arg.startsWith(prefix, 2));
  }

  private CommandLine.Model.ISetter setter(String name) {
    return new CommandLine.Model.ISetter() {
      @Override
      @SuppressWarnings("TypeParameterUnusedInFormals") // picocli's own signature
      public <T> T set(T value) {
        if (value != null) {
          given.put(name, value.toString());
        }
        return null;
      }
    };
  }

  private CommandLine.Model.ISetter servicesSetter() {
    return new CommandLine.Model.ISetter() {
      @Override
      @SuppressWarnings("TypeParameterUnusedInFormals") // picocli's own signature
      public <T> T set(T value) {
        services = (Path) value;
        return null;
      }
    };
  }

  private CommandLine.Model.ISetter openSetter() {
    return new CommandLine.Model.ISetter() {
      @Override
      @SuppressWarnings("TypeParameterUnusedInFormals") // picocli's own signature
      public <T> T set(T value) {
        if (value instanceof String[] settings) {
          for (String setting : settings) {
            int equals = setting.indexOf('=');
            given.put(
                equals < 0 ? setting : setting.substring(0, equals),
                equals < 0 ? "" : setting.substring(equals + 1));
          }
        }
        return null;
      }
    };
  }
}
