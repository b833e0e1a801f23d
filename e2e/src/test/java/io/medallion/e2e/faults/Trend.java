package io.medallion.e2e.faults;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * How a measured value goes with time, by Theil and Sen: the median of the slopes between all pairs
 * of points, which a third of wild points does not move.
 *
 * @param median of the values
 * @param perSecond the slope
 * @param seconds from the first point to the last
 */
record Trend(double median, double perSecond, double seconds) {

  /**
   * One measurement.
   *
   * @param second since the start
   */
  record Point(double second, double value) {}

  /**
   * @param points at least two, of rising seconds
   */
  static Trend of(List<Point> points) {
    List<Double> slopes = new ArrayList<>();
    for (int i = 0; i < points.size(); i++) {
      for (int j = i + 1; j < points.size(); j++) {
        Point a = points.get(i);
        Point b = points.get(j);
        slopes.add((b.value() - a.value()) / (b.second() - a.second()));
      }
    }
    return new Trend(
        median(points.stream().map(Point::value).toList()),
        median(slopes),
        points.get(points.size() - 1).second() - points.get(0).second());
  }

  /** How much the value grew from the first point to the last; negative if it shrank. */
  double growth() {
    return perSecond * seconds;
  }

  private static double median(List<Double> values) {
    if (values.isEmpty()) {
      throw new IllegalArgumentException("a trend needs two points");
    }
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }
}
