package io.medallion.cli.show;

import io.medallion.gold.alert.AlertCatalog;
import io.medallion.gold.alert.AlertFiles;
import io.medallion.operations.LakeStatus;
import io.medallion.operations.LakeStatus.LayerStatus;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A status as lines of text that fit 80 columns. */
public final class StatusTable {
  private static final String UNKNOWN = "-";
  private static final String ROW = "%-6s %13s %10s  %-14s  %s";

  private StatusTable() {}

  /** One line for Kafka and for each layer, with a heading. */
  public static List<String> lines(LakeStatus status) {
    List<String> lines = new ArrayList<>();
    lines.add(row("", "rows", "lag", "newest record", "position"));
    lines.add(
        row(
            "kafka",
            status.kafka() == null ? UNKNOWN : count(status.kafka().records()),
            "",
            "",
            status.kafka() == null ? "not reached" : status.kafka().brokers()));
    status.layers().forEach(layer -> lines.add(line(layer)));
    return lines;
  }

  /** A line for each mart that is not what its file says. */
  public static List<String> marts(LakeStatus status) {
    List<String> lines = new ArrayList<>();
    status
        .filling()
        .forEach(
            mart -> lines.add("gold.%s is being filled from silver's history".formatted(mart)));
    status
        .refused()
        .forEach(
            file ->
                lines.add(
                    "! %s:%d:%d: %s; `medallion %s list` says why"
                        .formatted(
                            file.file(),
                            file.line(),
                            file.column(),
                            file.problem(),
                            file.file().endsWith(AlertFiles.ENDING) ? "alerts" : "marts")));
    return lines;
  }

  /** What is raised, and a line for each target that has not taken all that it is to be told. */
  public static List<String> alerts(LakeStatus status) {
    if (status.alerts() == null) {
      return List.of();
    }
    List<String> lines = new ArrayList<>();
    lines.add("alerts: %s raised in the last day".formatted(count(status.alerts().raised())));
    lines.addAll(waiting(status.alerts().waiting()));
    return lines;
  }

  /** A line for each target of alerts that has not taken all that it is to be told. */
  public static List<String> waiting(List<AlertCatalog.Waiting> waiting) {
    return waiting.stream()
        .map(
            w ->
                "%s%s: %s alert %s to be told since %s%s"
                    .formatted(
                        w.error() == null ? "" : "! ",
                        w.target(),
                        count(w.messages()),
                        w.messages() == 1 ? "message waits" : "messages wait",
                        w.since().truncatedTo(ChronoUnit.SECONDS),
                        w.error() == null ? "" : "; " + w.error()))
        .toList();
  }

  /** A number of seconds as people read it: tenths below a minute. */
  public static String ago(Double seconds) {
    if (seconds == null) {
      return UNKNOWN;
    }
    return seconds < 60
        ? "%.1f s ago".formatted(seconds)
        : Text.of(java.time.Duration.ofSeconds(seconds.longValue())) + " ago";
  }

  /** A count with its thousands set apart; a dash if it is not known. */
  public static String count(Long number) {
    return number == null ? UNKNOWN : String.format(Locale.ROOT, "%,d", number);
  }

  private static String line(LayerStatus layer) {
    String state =
        layer.process() == null
            ? layer.state()
            : "pid %d on %s".formatted(layer.process(), layer.host());
    return row(
        layer.layer(),
        count(layer.rows()),
        count(layer.lag()),
        ago(layer.freshnessSeconds()),
        layer.position() == null ? "not known, " + state : layer.position() + ", " + state);
  }

  private static String row(String name, String rows, String lag, String newest, String position) {
    return ROW.formatted(name, rows, lag, newest, position).stripTrailing();
  }
}
