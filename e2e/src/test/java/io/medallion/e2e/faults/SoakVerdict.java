package io.medallion.e2e.faults;

import io.medallion.e2e.faults.Trend.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What grew in a soak that should not. Caches fill and code is compiled while a process is young:
 * the first third of each stretch is left out.
 */
final class SoakVerdict {
  /** Too few measurements prove nothing. */
  private static final int LEAST_POINTS = 12;

  private final Recording recording;
  private final List<String> trends = new ArrayList<>();
  private final List<String> findings = new ArrayList<>();

  /**
   * @param recording of the whole run
   * @param quiet the stretch of it through which every layer lived
   */
  SoakVerdict(Recording recording, Stretch quiet) {
    this.recording = recording;
    for (String layer : FaultyChain.LAYERS) {
      steady(layer + " heap MiB", quiet, 0.10, 32);
      steady(layer + " threads", quiet, 0.05, 4);
      steady(layer + " open files", quiet, 0.05, 8);
    }
    Stretch all = new Stretch(0, recording.end());
    steady("checkpoints files", all, 0.25, 50);
    steady("checkpoints MiB", all, 0.25, 4);
    steady("staging MiB", all, 0.25, 8);
    steady("lag", all, 0.50, 60_000);
    Probe.TABLES.forEach(table -> steady(table.name() + " files in use", all, 0.25, 100));
    Probe.TABLES.forEach(table -> inProportion(table.name() + " MiB", all));
    inProportion("postgres MiB", all);
  }

  /**
   * @param from seconds since the start of the run
   */
  record Stretch(double from, double until) {
    private Stretch later(double share) {
      return new Stretch(from + (until - from) * share, until);
    }

    private Stretch half(int which) {
      double middle = (from + until) / 2;
      return which == 0 ? new Stretch(from, middle) : new Stretch(middle, until);
    }
  }

  /** What grew and should not, in words. */
  List<String> findings() {
    return List.copyOf(findings);
  }

  /** A line for each value that was validated. */
  List<String> trends() {
    return List.copyOf(trends);
  }

  /** It stays if it is, but for a share of it and a remainder. */
  private void steady(String name, Stretch offsetRange, double share, double remainder) {
    List<Point> points = points(name, offsetRange.later(1.0 / 3));
    if (points.isEmpty()) {
      return;
    }
    Trend trend = Trend.of(points);
    String line =
        String.format(
            Locale.ROOT,
            "%s: median %.1f, %+.1f in %.0f minutes",
            name,
            trend.median(),
            trend.growth(),
            trend.seconds() / 60);
    trends.add(line);
    if (trend.growth() > share * trend.median() + remainder) {
      findings.add(line);
    }
  }

  /** Data come evenly, so what holds them grows evenly: not faster in the second half. */
  private void inProportion(String name, Stretch offsetRange) {
    Stretch late = offsetRange.later(1.0 / 3);
    List<Point> first = points(name, late.half(0));
    List<Point> second = points(name, late.half(1));
    if (first.isEmpty() || second.isEmpty()) {
      return;
    }
    double before = Trend.of(first).perSecond() * 3_600;
    double after = Trend.of(second).perSecond() * 3_600;
    String line = String.format(Locale.ROOT, "%s: %+.0f an hour, then %+.0f", name, before, after);
    trends.add(line);
    if (after > 1.5 * before + 20) {
      findings.add(line);
    }
  }

  private List<Point> points(String name, Stretch offsetRange) {
    List<Point> points = recording.points(name, offsetRange.from(), offsetRange.until());
    if (points.size() >= LEAST_POINTS) {
      return points;
    }
    findings.add("%s was measured %d times only".formatted(name, points.size()));
    return List.of();
  }
}
