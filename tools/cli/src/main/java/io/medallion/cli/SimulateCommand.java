package io.medallion.cli;

import io.medallion.cli.show.Text;
import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.error.ExitCode;
import io.medallion.demo.traffic.Simulator;
import io.medallion.demo.traffic.TrafficProgress;
import io.medallion.demo.traffic.TrafficReport;
import io.medallion.demo.traffic.TrafficSettings;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Sends made-up traffic to Kafka. */
@Command(
    name = "simulate",
    sortOptions = false,
    description =
        "Acts out the visitors of a web shop and sends what they do to Kafka, with a share of"
            + " late, duplicate, out-of-order and broken events.",
    footer = {"", "Example:", "  medallion simulate --rate 5000 --duration 1m --seed 7"})
final class SimulateCommand extends MedallionCommand {
  private static final TrafficSettings.Shares USUAL = TrafficSettings.Shares.USUAL;

  @Option(
      names = "--users",
      defaultValue = "10000",
      paramLabel = "N",
      description = "How many people visit (default: ${DEFAULT-VALUE}).")
  private int users;

  @Option(
      names = "--rate",
      defaultValue = "1000",
      paramLabel = "N",
      description = "Records a second; 0 is as fast as possible (default: ${DEFAULT-VALUE}).")
  private double rate;

  @Option(
      names = "--duration",
      defaultValue = "0s",
      paramLabel = "TIME",
      description = "How long, such as 90s or 2m (default: until Ctrl-C).")
  private Duration duration;

  @Option(
      names = "--count",
      defaultValue = "0",
      paramLabel = "N",
      description = "Ends after so many records (default: never).")
  private long count;

  @Option(
      names = "--seed",
      defaultValue = "42",
      paramLabel = "N",
      description =
          "What chance begins with; the same seed acts the same (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--threads",
      defaultValue = "2",
      paramLabel = "N",
      description = "How many threads act (default: ${DEFAULT-VALUE}).")
  private int threads;

  @Option(
      names = "--late",
      paramLabel = "SHARE",
      description = "Share of late events, 0 to 1 (default: ${DEFAULT-VALUE}).")
  private double late = USUAL.late();

  @Option(
      names = "--duplicate",
      paramLabel = "SHARE",
      description = "Share of records sent again byte for byte (default: ${DEFAULT-VALUE}).")
  private double duplicate = USUAL.duplicate();

  @Option(
      names = "--out-of-order",
      paramLabel = "SHARE",
      description = "Share of events held back for some seconds (default: ${DEFAULT-VALUE}).")
  private double outOfOrder = USUAL.outOfOrder();

  @Option(
      names = "--broken",
      paramLabel = "SHARE",
      description = "Share of records that no one can read (default: ${DEFAULT-VALUE}).")
  private double broken = USUAL.broken();

  @Option(
      names = "--conflict",
      paramLabel = "SHARE",
      description =
          "Share of records that use the id of another event (default: ${DEFAULT-VALUE}).")
  private double conflict = USUAL.conflict();

  @Option(
      names = "--bots",
      paramLabel = "SHARE",
      description = "Share of users that are crawlers (default: ${DEFAULT-VALUE}).")
  private double bots = USUAL.bots();

  @Option(
      names = "--logins",
      paramLabel = "SHARE",
      description = "Share of users' visits that begin without their user id.")
  private double logins = USUAL.logins();

  @Option(
      names = "--sites",
      split = ",",
      paramLabel = "SITE,...",
      description = "The shops that people visit; none where not given.")
  private List<String> sites = List.of();

  SimulateCommand(CommandContext context) {
    super(context);
  }

  @Override
  public Integer call() {
    TrafficSettings traffic = traffic(settings().read());
    LogFile.open(context().data(), "simulate");
    try (StopSignal stop = StopSignal.listen()) {
      TrafficReport report = run(traffic, stop);
      print(summary(report));
      return report.failed() == 0 ? ExitCode.OK : ExitCode.FAILURE;
    }
  }

  private TrafficReport run(TrafficSettings traffic, StopSignal stop) {
    try (Progress progress = new Progress(context())) {
      return new Simulator(traffic).run(stop::asked, p -> progress.show(line(p)));
    }
  }

  private TrafficSettings traffic(Configuration configuration) {
    try {
      return TrafficSettings.of(KafkaClient.options(configuration))
          .withTopic(configuration.get(Keys.KAFKA_TOPICS).get(0))
          .withSites(sites)
          .withUsers(users)
          .withRate(rate)
          .withSeed(seed)
          .withThreads(threads)
          .withCount(count)
          .withDuration(duration)
          .withShares(
              new TrafficSettings.Shares(
                  late, duplicate, outOfOrder, broken, conflict, bots, logins));
    } catch (IllegalArgumentException e) {
      throw WrongUsage.because(e);
    }
  }

  private static String line(TrafficProgress p) {
    return "sent %,d  acknowledged %,d  %,.0f/s  %s"
        .formatted(
            p.sent(),
            p.acknowledged(),
            p.acknowledged() * 1000.0 / Math.max(1, p.elapsed().toMillis()),
            Text.of(p.elapsed()));
  }

  private static String summary(TrafficReport r) {
    return """
    sent          %,d
    acknowledged  %,d
    failed        %,d
    of these
      events      %,d (crawlers %,d, late %,d, out of order %,d)
      duplicates  %,d
      conflicts   %,d
      broken      %,d"""
        .formatted(
            r.sent(),
            r.acknowledged(),
            r.failed(),
            r.validUnique(),
            r.bots(),
            r.late(),
            r.outOfOrder(),
            r.duplicates(),
            r.conflicts(),
            r.broken());
  }
}
