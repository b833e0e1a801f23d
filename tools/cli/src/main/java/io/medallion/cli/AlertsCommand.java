package io.medallion.cli;

import io.medallion.cli.show.Columns;
import io.medallion.cli.show.RefusalText;
import io.medallion.cli.show.StatusTable;
import io.medallion.common.config.Configuration;
import io.medallion.common.error.ExitCode;
import io.medallion.gold.alert.AlertCatalog;
import io.medallion.gold.alert.AlertTrial;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The alerts that files declare. */
@Command(
    name = "alerts",
    description = "Shows the alerts that files declare, and tries a file.",
    footer = {
      "",
      "Example:",
      "  medallion alerts list",
      "  medallion alerts test alerts/purchase_burst.alert.yaml"
    })
final class AlertsCommand extends CommandGroup {
  AlertsCommand(CommandContext context) {
    super(context, List.of(new ListCommand(context), new TestCommand(context)));
  }

  @Command(
      name = "list",
      sortOptions = false,
      description =
          "Lists every alert: what it is about, its state (judged, waiting for gold, refused,"
              + " failed), how much is raised and was withdrawn, and where it is declared; and what"
              + " waits to be told, by target. Exits with 1 if one is refused or has failed, or a"
              + " target has not taken what it was sent.",
      footer = {"", "Example:", "  medallion alerts list --json"})
  private static final class ListCommand extends LookCommand {
    ListCommand(CommandContext context) {
      super(context, "alerts");
    }

    @Override
    int run(Configuration configuration) throws IOException {
      AlertCatalog catalog = AlertCatalog.read(configuration);
      if (json()) {
        printJson(catalog);
      } else {
        show(catalog);
      }
      return catalog.alerts().stream().anyMatch(alert -> alert.refused() != null)
              || catalog.waiting().stream().anyMatch(waiting -> waiting.error() != null)
          ? ExitCode.FAILURE
          : ExitCode.OK;
    }

    private void show(AlertCatalog catalog) {
      Columns table =
          new Columns("alert", "about", "state", ">raised", ">withdrawn", "declared in");
      for (AlertCatalog.Entry alert : catalog.alerts()) {
        table.add(
            alert.name(),
            alert.about(),
            alert.state().name().toLowerCase(Locale.ROOT),
            StatusTable.count(alert.raised()),
            StatusTable.count(alert.withdrawn()),
            alert.file());
      }
      print(table);
      catalog.alerts().stream()
          .filter(alert -> alert.refused() != null)
          .flatMap(alert -> RefusalText.lines(alert.refused()).stream())
          .forEach(this::print);
      StatusTable.waiting(catalog.waiting()).forEach(this::print);
    }
  }

  @Command(
      name = "test",
      sortOptions = false,
      description =
          "Judges a file over gold as it is, and prints what it would tell about windows that ended"
              + " within gold.alerts.max-age; or what is wrong with it, where, and what to write"
              + " instead (exit 1). Tells nobody and writes nothing.",
      footer = {"", "Example:", "  medallion alerts test alerts/purchase_burst.alert.yaml"})
  private static final class TestCommand extends LookCommand {
    @Parameters(paramLabel = "FILE", description = "The file, NAME.alert.yaml.")
    private Path file;

    @Option(
        names = "--limit",
        paramLabel = "N",
        defaultValue = "20",
        description = "Shows so many alerts (default: ${DEFAULT-VALUE}).")
    private int limit;

    TestCommand(CommandContext context) {
      super(context, "alerts");
    }

    @Override
    int run(Configuration configuration) throws IOException {
      AlertTrial trial = AlertTrial.of(configuration, file, Math.max(0, limit));
      if (json()) {
        printJson(trial);
      } else {
        show(trial);
      }
      return trial.refused().isEmpty() ? ExitCode.OK : ExitCode.FAILURE;
    }

    private void show(AlertTrial trial) {
      if (!trial.refused().isEmpty()) {
        trial.refused().forEach(refusal -> RefusalText.lines(refusal).forEach(this::print));
        return;
      }
      if (trial.completeUntil() == null) {
        print("gold holds no events yet");
        return;
      }
      Columns table = new Columns("window", "until", "key", "values");
      trial.raised().forEach(r -> table.add(r.windowStart(), r.windowEnd(), r.key(), r.values()));
      if (!trial.raised().isEmpty()) {
        print(table);
      }
      print(
          "%s would be raised %s%d times over windows that ended after %s and by %s"
              .formatted(
                  trial.name(),
                  trial.more() ? "more than " : "",
                  trial.raised().size(),
                  trial.since(),
                  trial.completeUntil()));
    }
  }
}
