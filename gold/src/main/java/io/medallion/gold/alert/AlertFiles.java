package io.medallion.gold.alert;

import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.gold.alert.AlertDefinition.Target;
import io.medallion.gold.mart.MartRefusal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The alerts that files declare: each {@code NAME.alert.yaml} of the folders of {@code gold.marts}.
 *
 * @param definitions of those that can be judged as far as the file says, in the order of their
 *     names
 * @param refused what is wrong with the others, the first problem of each
 */
public record AlertFiles(List<AlertDefinition> definitions, List<MartRefusal> refused) {
  /** What the name of a file of an alert ends with. */
  public static final String ENDING = ".alert.yaml";

  /** Takes copies of the lists. */
  public AlertFiles {
    definitions = List.copyOf(definitions);
    refused = List.copyOf(refused);
  }

  /**
   * Reads all of them.
   *
   * @throws MedallionException if a folder cannot be read
   */
  public static AlertFiles load(Configuration configuration) {
    Map<String, AlertDefinition> definitions = new TreeMap<>();
    List<MartRefusal> refused = new ArrayList<>();
    for (Path folder : configuration.get(Keys.GOLD_MARTS)) {
      for (Path file : files(folder)) {
        try {
          AlertDefinition definition = read(file, configuration);
          AlertDefinition other = definitions.putIfAbsent(definition.name(), definition);
          if (other != null) {
            refused.add(
                refusal(
                    file,
                    "There is an alert %s already".formatted(definition.name()),
                    "It is in %s.".formatted(other.path()),
                    "Name the file otherwise."));
          }
        } catch (AlertRefused e) {
          refused.add(e.refusals().get(0));
        }
      }
    }
    return new AlertFiles(List.copyOf(definitions.values()), refused);
  }

  /**
   * Reads one.
   *
   * @throws AlertRefused if anything is wrong with it
   */
  public static AlertDefinition read(Path file, Configuration configuration) throws AlertRefused {
    String name = name(file.toString());
    String text;
    try {
      text = Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new AlertRefused(
          List.of(
              refusal(
                  file,
                  "The file cannot be read",
                  "%s: %s".formatted(e.getClass().getSimpleName(), e.getMessage()),
                  "Check who may read it, and that it is UTF-8.")));
    }
    AlertDefinition definition = AlertReader.read(name, file.toString(), text);
    Set<Target> configured = targets(configuration);
    for (Target target : definition.targets()) {
      if (!configured.contains(target)) {
        throw new AlertRefused(
            List.of(
                refusal(
                    file,
                    "%s is to be told and is not configured".formatted(target.word()),
                    "Nobody would hear of the alert.",
                    "Set %s, or leave the target out of `to`.".formatted(setting(target)))));
      }
    }
    return definition;
  }

  /** The alert's name that a file's path says. */
  static String name(String path) {
    String file = Path.of(path).getFileName().toString();
    return file.endsWith(ENDING) ? file.substring(0, file.length() - ENDING.length()) : file;
  }

  /** Those who can be told. */
  public static Set<Target> targets(Configuration configuration) {
    Set<Target> targets = EnumSet.noneOf(Target.class);
    if (configuration.secret(Keys.GOLD_ALERTS_WEBHOOK_URL).isPresent()) {
      targets.add(Target.WEBHOOK);
    }
    if (configuration.find(Keys.GOLD_ALERTS_TOPIC).isPresent()) {
      targets.add(Target.TOPIC);
    }
    if (configuration.get(Keys.GOLD_ALERTS_STDOUT)) {
      targets.add(Target.STDOUT);
    }
    return targets;
  }

  /**
   * Says which alerts cannot be judged.
   *
   * @throws MedallionException if gold is not to start with such a one
   */
  static void requireKept(List<MartRefusal> refused, Configuration configuration) {
    if (!refused.isEmpty() && configuration.get(Keys.GOLD_MARTS_STRICT)) {
      MartRefusal first = refused.get(0);
      throw new MedallionException(
          ErrorCode.ALERT_REFUSED,
          "%s, line %d, column %d: %s"
              .formatted(first.file(), first.line(), first.column(), first.problem()),
          first.reason(),
          first.remedy());
    }
  }

  private static String setting(Target target) {
    return switch (target) {
      case WEBHOOK -> Keys.GOLD_ALERTS_WEBHOOK_URL.name();
      case TOPIC -> Keys.GOLD_ALERTS_TOPIC.name();
      case STDOUT -> Keys.GOLD_ALERTS_STDOUT.name();
    };
  }

  private static MartRefusal refusal(Path file, String problem, String reason, String remedy) {
    return new MartRefusal(file.toString(), 1, 1, problem, reason, remedy, false);
  }

  private static List<Path> files(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(ENDING)).sorted().toList();
    } catch (IOException e) {
      throw new MedallionException(
          ErrorCode.MART_UNREADABLE,
          "%s cannot be read".formatted(folder),
          "%s: %s".formatted(e.getClass().getSimpleName(), e.getMessage()),
          "Check gold.marts, which names folders of files NAME.sql.",
          e);
    }
  }
}
