package io.medallion.cli.demo;

import io.medallion.cli.show.StatusTable;
import io.medallion.cli.show.Text;
import io.medallion.gold.read.CurrentMetrics;
import io.medallion.gold.read.CurrentMetrics.Ranked;
import io.medallion.operations.LakeStatus.LayerStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A frame as text: a screen for a person, a line for a pipe. */
final class FrameText {
  private static final int MOST_RANKED = 5;
  private static final int LABEL = 28;

  private FrameText() {}

  /** Some 20 lines. */
  static List<String> screen(Frame frame) {
    List<String> lines = new ArrayList<>();
    lines.add("Medallion demo, %s: %s".formatted(Text.of(frame.running()), frame.phase()));
    lines.add("");
    lines.addAll(StatusTable.lines(frame.status()));
    lines.add("");
    frame.numbers().ifPresentOrElse(n -> numbers(lines, n), () -> lines.add(frame.without()));
    lines.add("");
    lines.add(
        label("Simulator")
            + "sent %,d, acknowledged %,d, failed %,d"
                .formatted(
                    frame.traffic().sent(),
                    frame.traffic().acknowledged(),
                    frame.traffic().failed()));
    frame.status().troubles().forEach(trouble -> lines.add("! " + trouble));
    return lines;
  }

  /** Everything in one line, with the same words in the same order each time. */
  static String line(Frame frame) {
    StringBuilder line = new StringBuilder();
    line.append("%4d s".formatted(frame.running().toSeconds()));
    line.append(
        "  kafka %s"
            .formatted(
                StatusTable.count(
                    frame.status().kafka() == null ? null : frame.status().kafka().records())));
    frame.status().layers().forEach(layer -> line.append("  ").append(layer(layer)));
    frame.numbers().ifPresent(n -> line.append("  | ").append(numbers(n)));
    frame.status().troubles().forEach(trouble -> line.append("  ! ").append(trouble));
    return line.toString();
  }

  private static String layer(LayerStatus layer) {
    return "%s %s (lag %s, newest %s)"
        .formatted(
            layer.layer(),
            StatusTable.count(layer.rows()),
            StatusTable.count(layer.lag()),
            StatusTable.ago(layer.freshnessSeconds()));
  }

  private static String numbers(CurrentMetrics n) {
    return "page views %,d  active %,d  sessions %,d open %,d closed  conversion %s  top %s  %s"
        .formatted(
            n.recentPageViews(),
            n.activeUsers(),
            n.openSessions(),
            n.closedSessions(),
            conversion(n),
            ranked(n.topPages(), 1),
            ranked(n.topCountries(), 1));
  }

  private static void numbers(List<String> lines, CurrentMetrics n) {
    lines.add(
        label("Page views, 5 minutes")
            + "%,d  (by minute: %s)"
                .formatted(
                    n.recentPageViews(),
                    list(n.pageViews(), minute -> "%,d".formatted(minute.views()))));
    if (n.sites().size() > 1) {
      lines.add(label("By site, 15 minutes") + ranked(n.sites(), MOST_RANKED));
    }
    lines.add(label("Active users, 5 minutes") + "%,d".formatted(n.activeUsers()));
    lines.add(
        label("Sessions") + "%,d open, %,d closed".formatted(n.openSessions(), n.closedSessions()));
    lines.add(label("Conversion rate") + conversion(n));
    lines.add(label("Top pages, 15 minutes") + ranked(n.topPages(), MOST_RANKED));
    lines.add(label("Top countries, 15 minutes") + ranked(n.topCountries(), MOST_RANKED));
  }

  private static String conversion(CurrentMetrics n) {
    return n.conversionRate().isEmpty()
        ? "-"
        : String.format(Locale.ROOT, "%.1f %%", n.conversionRate().getAsDouble() * 100);
  }

  private static String ranked(List<Ranked> ranked, int most) {
    return ranked.isEmpty()
        ? "-"
        : list(
            ranked.subList(0, Math.min(most, ranked.size())),
            r -> "%s %,d".formatted(printable(r.name()), r.count()));
  }

  /** Names come from events: nothing in them may steer a terminal. */
  private static String printable(String name) {
    String clean = name.replaceAll("\\p{C}", "?");
    return clean.length() <= 24 ? clean : clean.substring(0, 23) + "\u2026";
  }

  private static <T> String list(List<T> items, Function<T, String> text) {
    return items.stream().map(text).collect(Collectors.joining(", "));
  }

  private static String label(String text) {
    return String.format(Locale.ROOT, "%-" + LABEL + "s", text);
  }
}
