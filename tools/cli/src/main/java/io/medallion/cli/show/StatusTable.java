package io.medallion.cli.show;

import io.medallion.operations.LakeStatus;
import io.medallion.operations.LakeStatus.LayerStatus;
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
                    "! %s:%d:%d: %s; `medallion marts list` says why"
                        .formatted(file.file(), file.line(), file.column(), file.problem())));
    return lines;
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
