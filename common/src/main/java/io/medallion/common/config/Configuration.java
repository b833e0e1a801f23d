package io.medallion.common.config;

import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;

/**
 * The settings in force, each with where it came from. Immutable; read once at start.
 *
 * <p>Flags win over the environment ({@code MEDALLION_...}), the environment over the file, the
 * file over services that run here, these over the defaults. A secret and the file that holds it
 * are one setting: a stronger source's file wins over a weaker one's secret. An unknown key is an
 * error wherever it stands.
 */
public final class Configuration {
  static final String ENVIRONMENT_PREFIX = "MEDALLION_";
  private static final String SECRET_FILE = "-file";
  private static final List<ConfigKey<?>> PLACES =
      List.of(Keys.LAKE_PATH, Keys.KAFKA_BOOTSTRAP_SERVERS, Keys.POSTGRES_URL);

  /** Variables of the launcher, which are no settings. */
  private static final Set<String> LAUNCHER_VARIABLES =
      Set.of(
          "MEDALLION_HOME",
          "MEDALLION_CONFIG",
          "MEDALLION_JAVA",
          "MEDALLION_JAVA_OPTS",
          "MEDALLION_HEAP",
          "MEDALLION_JARS",
          "MEDALLION_SERVICES",
          "MEDALLION_CLASS_ARCHIVE",
          "MEDALLION_LAUNCHER");

  /**
   * A value and where it came from.
   *
   * @param text as it was given
   * @param origin such as {@code flag}, {@code environment MEDALLION_LAKE_PATH} or {@code default}
   */
  public record Entry(String text, String origin) {
    private static final String DEFAULT = "default";

    boolean isDefault() {
      return origin.equals(DEFAULT);
    }
  }

  private final Map<String, Entry> entries;
  private final String passedOver;

  private Configuration(Map<String, Entry> entries, String passedOver) {
    this.entries = Map.copyOf(entries);
    this.passedOver = passedOver;
  }

  /** Starts with the defaults alone. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * The value of a key that has a default or that the command cannot do without.
   *
   * @throws MedallionException if nobody gave one, or it is not valid
   */
  public <T> T get(ConfigKey<T> key) {
    return find(key)
        .orElseThrow(
            () ->
                new MedallionException(
                    ErrorCode.CONFIG_MISSING,
                    key.name() + " is not set",
                    "It has no default: "
                        + key.description()
                        + passedOver().map(note -> " " + note).orElse(""),
                    "Set it by %s, by the environment variable %s, or in a file given by --config."
                        .formatted(
                            key.secret() ? key.name() + "-file" : "--" + key.name(),
                            key.environmentName())));
  }

  /** The value of a key, empty if nobody gave one and it has no default. */
  public <T> Optional<T> find(ConfigKey<T> key) {
    Entry entry = entries.get(key.name());
    if (entry == null) {
      return Optional.empty();
    }
    return Optional.of(key.parse(entry.text(), entry.origin()));
  }

  /** Whether nobody gave a value, so that a key has its default, or none. */
  public boolean isDefault(ConfigKey<?> key) {
    Entry entry = entries.get(key.name());
    return entry == null || entry.isDefault();
  }

  /**
   * A secret, given itself or by the name of a file that holds it ({@code <key>-file}).
   *
   * @return empty if neither is set
   */
  public Optional<String> secret(ConfigKey<String> key) {
    Optional<String> direct = find(key);
    if (direct.isPresent()) {
      return direct;
    }
    String name = key.name() + SECRET_FILE;
    return Optional.ofNullable(entries.get(name)).map(file -> readSecret(name, file.text()));
  }

  /**
   * The settings below an open prefix such as {@code kafka.options.}, without the prefix, in order
   * of their names.
   */
  public Map<String, String> below(String prefix) {
    Map<String, String> found = new TreeMap<>();
    entries.forEach(
        (name, entry) -> {
          if (name.startsWith(prefix)) {
            found.put(name.substring(prefix.length()), entry.text());
          }
        });
    return found;
  }

  /** Every setting in force by name, secrets hidden, for people to read. */
  public Map<String, Entry> shown() {
    Map<String, Entry> shown = new TreeMap<>();
    entries.forEach(
        (name, entry) ->
            shown.put(name, Keys.isSecret(name) ? new Entry("(hidden)", entry.origin()) : entry));
    return shown;
  }

  /** Which running services are not used, and why; empty if there are none or they are used. */
  public Optional<String> passedOver() {
    return Optional.ofNullable(passedOver);
  }

  private static String readSecret(String key, String file) {
    try {
      return Files.readString(Path.of(file)).strip();
    } catch (IOException e) {
      throw unreadable(key + " names " + file + ", which cannot be read", e);
    }
  }

  private static MedallionException unreadable(String problem, IOException e) {
    return new MedallionException(
        ErrorCode.CONFIG_FILE_UNREADABLE,
        problem,
        e.toString(),
        "Check the path and the file's rights.",
        e);
  }

  /** Collects the sources, weakest first whatever the order of the calls. */
  public static final class Builder {
    private final Map<String, Entry> services = new LinkedHashMap<>();
    private final Map<String, Entry> file = new LinkedHashMap<>();
    private final Map<String, Entry> environment = new LinkedHashMap<>();
    private final Map<String, Entry> flags = new LinkedHashMap<>();
    private final Map<String, Entry> embedded = new LinkedHashMap<>();
    private final List<String> embeddedPrefixes = new ArrayList<>();
    private String discovered;
    private String undecided;

    private Builder() {}

    /**
     * Settings of services that a command starts for itself. What other sources say below the
     * prefixes is for other commands and has no effect here, so that a demo never writes to the
     * lake, the brokers or the database of somebody's environment; on the command line it is an
     * error.
     */
    public Builder embedded(List<String> prefixes, Map<String, String> settings, String origin) {
      embeddedPrefixes.addAll(prefixes);
      settings.forEach((name, text) -> embedded.put(known(name, origin), new Entry(text, origin)));
      return this;
    }

    /**
     * Settings of services that were found running on this machine. They are used whole or not at
     * all: where another source says where the lake, the brokers or the database is, these are
     * somebody else's, and their passwords do not fit.
     */
    public Builder discovered(Map<String, String> settings, String origin) {
      discovered = origin;
      return services(settings, origin);
    }

    /** Settings of running services are not used, because it is not known which are meant. */
    public Builder undecided(String why) {
      undecided = why;
      return this;
    }

    /** Settings of services that whoever builds this runs itself. */
    public Builder services(Map<String, String> settings, String origin) {
      settings.forEach((name, text) -> services.put(known(name, origin), new Entry(text, origin)));
      return this;
    }

    /** Settings of a properties file. */
    public Builder file(Path path) {
      Properties properties = new Properties();
      try (Reader reader = Files.newBufferedReader(path)) {
        properties.load(reader);
      } catch (IOException e) {
        throw unreadable("The configuration file " + path + " cannot be read", e);
      }
      String origin = "file " + path;
      properties
          .stringPropertyNames()
          .forEach(
              name ->
                  file.put(known(name, origin), new Entry(properties.getProperty(name), origin)));
      return this;
    }

    /** Settings of the variables that begin with {@code MEDALLION_}. */
    public Builder environment(Map<String, String> variables) {
      variables.forEach(
          (variable, text) -> {
            if (variable.startsWith(ENVIRONMENT_PREFIX) && !LAUNCHER_VARIABLES.contains(variable)) {
              String name =
                  Keys.nameOfVariable(variable)
                      .orElseThrow(
                          () ->
                              unknown(
                                  variable, "environment variable " + variable, Keys.variables()));
              environment.put(name, new Entry(text, "environment " + variable));
            }
          });
      return this;
    }

    /**
     * A setting of the command line. A secret there is an error: every user of the machine could
     * read it.
     */
    public Builder flag(String name, String text) {
      known(name, "the command line");
      if (Keys.isSecret(name)) {
        throw new MedallionException(
            ErrorCode.CONFIG_SECRET_IN_ARGUMENTS,
            name + " was given on the command line",
            "Arguments of a process are readable by every user of the machine.",
            "Use the environment variable %s, a file given by --config, or %s-file."
                .formatted(ConfigKey.environmentName(name), name));
      }
      flags.put(name, new Entry(text, "flag"));
      return this;
    }

    /** Puts the sources one over the other. */
    public Configuration build() {
      Map<String, Entry> all = new LinkedHashMap<>();
      Keys.all().stream()
          .filter(key -> key.defaultText() != null)
          .forEach(key -> all.put(key.name(), new Entry(key.defaultText(), Entry.DEFAULT)));
      Optional<String> passedOver =
          Optional.ofNullable(discovered)
              .flatMap(
                  origin -> ownPlace().map(place -> "The " + origin + " are not used: " + place));
      if (passedOver.isEmpty()) {
        putAll(services, all);
      }
      putAll(file, all);
      putAll(environment, all);
      flags.keySet().stream().filter(this::isEmbedded).findFirst().ifPresent(Builder::refuse);
      all.entrySet().removeIf(e -> isEmbedded(e.getKey()) && !e.getValue().isDefault());
      putAll(flags, all);
      putAll(embedded, all);
      Configuration configuration = new Configuration(all, passedOver.orElse(undecided));
      Keys.all().forEach(configuration::find);
      return configuration;
    }

    /** Puts a source over weaker ones. */
    private static void putAll(Map<String, Entry> source, Map<String, Entry> all) {
      for (ConfigKey<?> key : Keys.all()) {
        String file = key.name() + SECRET_FILE;
        if (key.secret() && (source.containsKey(key.name()) || source.containsKey(file))) {
          all.remove(key.name());
          all.remove(file);
        }
      }
      all.putAll(source);
    }

    /** What another source than running services says of a place, and which one. */
    private Optional<String> ownPlace() {
      for (Map<String, Entry> source : List.of(flags, environment, file)) {
        for (ConfigKey<?> place : PLACES) {
          if (source.containsKey(place.name())) {
            return Optional.of(
                place.name() + " is set by " + source.get(place.name()).origin() + ".");
          }
        }
      }
      return Optional.empty();
    }

    private boolean isEmbedded(String name) {
      return embeddedPrefixes.stream().anyMatch(name::startsWith);
    }

    private static void refuse(String name) {
      throw new MedallionException(
          ErrorCode.USAGE,
          "--" + name + " does not fit this command",
          "It brings its own Kafka, Postgres and lake, all in its data folder.",
          "Leave it out, or run the layers themselves, such as `medallion bronze`.");
    }

    private static String known(String name, String origin) {
      if (!Keys.isKnown(name)) {
        throw unknown(name, origin, Keys.names());
      }
      return name;
    }

    private static MedallionException unknown(String name, String origin, Set<String> known) {
      return new MedallionException(
          ErrorCode.CONFIG_UNKNOWN_KEY,
          "%s (from %s) is not a setting".formatted(name, origin),
          "A misspelt setting would be silently without effect.",
          Closest.to(name.toLowerCase(Locale.ROOT), known)
                  .map(near -> "Did you mean " + near + "? ")
                  .orElse("")
              + "`medallion config` lists every setting.");
    }
  }
}
