package io.medallion.cli;

import io.medallion.common.config.Configuration;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.demo.services.RunningServices;
import io.medallion.demo.services.RunningServices.Running;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Which of the services that run on this machine a command uses.
 *
 * @param running all of them
 * @param chosen those used, unless the command's settings name places of their own
 */
record ServicesChoice(List<Running> running, Optional<Running> chosen) {
  private static final String VARIABLE = "MEDALLION_SERVICES";

  /**
   * Those of a data folder; where none is given, the only ones.
   *
   * @param asked the folder, by a flag; null for the environment's, if that names one
   * @throws MedallionException if none run on the folder
   */
  static ServicesChoice among(CommandContext context, Path asked) {
    List<Running> running = RunningServices.all(context.announcements());
    Path folder =
        asked != null
            ? asked
            : Optional.ofNullable(context.environment().get(VARIABLE)).map(Path::of).orElse(null);
    if (folder == null) {
      return new ServicesChoice(
          running, running.size() == 1 ? Optional.of(running.get(0)) : Optional.empty());
    }
    Path wanted = folder.toAbsolutePath().normalize();
    Optional<Running> there =
        running.stream().filter(services -> services.dataDir().equals(wanted)).findFirst();
    if (there.isEmpty()) {
      throw new MedallionException(
          ErrorCode.USAGE,
          "No services run on " + wanted,
          running.isEmpty() ? "None run on this machine." : "These run: " + listed(running) + ".",
          "Start them by `medallion services --data-dir %s`, or name others.".formatted(folder));
    }
    return new ServicesChoice(running, there);
  }

  /** What a command's settings begin with: theirs, or a word why not. */
  Configuration.Builder settings() {
    Configuration.Builder builder = Configuration.builder();
    chosen.ifPresent(
        services ->
            builder.discovered(
                services.settings(),
                "services running as process %d on %s"
                    .formatted(services.pid(), services.dataDir())));
    return chosen.isPresent() || running.isEmpty()
        ? builder
        : builder.undecided(
            "Several services run here, and none is used: %s. Choose by --services=%s or by %s."
                .formatted(listed(running), running.get(0).dataDir(), VARIABLE));
  }

  private static String listed(List<Running> running) {
    return running.stream()
        .map(services -> "%s (process %d)".formatted(services.dataDir(), services.pid()))
        .collect(Collectors.joining(", "));
  }
}
