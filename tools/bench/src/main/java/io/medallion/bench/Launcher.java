package io.medallion.bench;

import io.medallion.common.config.ConfigKey;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The script that runs our commands, for processes that know nothing of the configuration of this
 * one.
 */
record Launcher(Path script) {
  /**
   * A command that is not started yet.
   *
   * @param home its {@code MEDALLION_HOME}, and where it runs
   * @param settings by key, which it finds in its environment
   * @param arguments the command's name and flags
   */
  ProcessBuilder command(Path home, Map<String, String> settings, List<String> arguments) {
    List<String> command = new ArrayList<>(List.of(script.toString()));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).directory(home.toFile());
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(v -> v.startsWith("MEDALLION_") && !v.equals("MEDALLION_JAVA"));
    environment.put("MEDALLION_HOME", home.toString());
    settings.forEach((key, value) -> environment.put(ConfigKey.environmentName(key), value));
    return builder;
  }
}
