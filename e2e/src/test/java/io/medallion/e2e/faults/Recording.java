package io.medallion.e2e.faults;

import io.medallion.e2e.faults.Trend.Point;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Measurements of a run by time, and what befell it. A value that was not to be had is absent. */
final class Recording {
  /**
   * @param second since the start of the run
   * @param values by name
   */
  record Sample(double second, Map<String, Double> values) {
    Sample {
      values = Map.copyOf(values);
    }
  }

  /**
   * @param second since the start of the run
   */
  record Event(double second, String name) {}

  private final long start = System.nanoTime();
  private final List<Sample> samples = new ArrayList<>();
  private final List<Event> events = new ArrayList<>();

  /** Seconds since the start of the run. */
  double now() {
    return (System.nanoTime() - start) / 1e9;
  }

  void add(Map<String, Double> values) {
    add(new Sample(now(), values));
  }

  synchronized void add(Sample sample) {
    samples.add(sample);
  }

  synchronized void add(String event) {
    events.add(new Event(now(), event));
  }

  synchronized List<Event> events() {
    return List.copyOf(events);
  }

  /** When the last measurement was made. */
  synchronized double end() {
    return samples.get(samples.size() - 1).second();
  }

  /** Of all values, in order. */
  synchronized Set<String> names() {
    return samples.stream()
        .flatMap(sample -> sample.values().keySet().stream())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** One value over the time from a second until another. */
  synchronized List<Point> points(String name, double from, double until) {
    return samples.stream()
        .filter(sample -> sample.second() >= from && sample.second() <= until)
        .filter(sample -> sample.values().containsKey(name))
        .map(sample -> new Point(sample.second(), sample.values().get(name)))
        .toList();
  }

  /** One value over the whole run. */
  List<Point> points(String name) {
    return points(name, 0, Double.MAX_VALUE);
  }

  /**
   * A line for each sample, a column for each value; what happened stands in the first after it.
   */
  synchronized void write(Path csv) throws IOException {
    Set<String> names = names();
    List<String> lines = new ArrayList<>();
    lines.add("second,event," + String.join(",", names));
    double before = 0;
    for (Sample sample : samples) {
      double since = before;
      String happened =
          events.stream()
              .filter(event -> event.second() > since && event.second() <= sample.second())
              .map(Event::name)
              .collect(Collectors.joining("; "));
      Map<String, Double> values = new TreeMap<>(sample.values());
      lines.add(
          String.format(Locale.ROOT, "%.1f,%s,", sample.second(), happened)
              + names.stream()
                  .map(name -> text(values.get(name)))
                  .collect(Collectors.joining(",")));
      before = sample.second();
    }
    Files.write(csv, lines);
  }

  private static String text(Double value) {
    return value == null ? "" : String.format(Locale.ROOT, "%.2f", value);
  }
}
