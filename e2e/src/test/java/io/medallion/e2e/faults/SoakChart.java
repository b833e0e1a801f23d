package io.medallion.e2e.faults;

import io.medallion.e2e.faults.Trend.Point;
import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.knowm.xchart.AnnotationLine;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.ChartTheme;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws a soak: what may grow with the data, what may not, and each fault as a grey line. */
final class SoakChart {
  private static final int COLUMNS = 2;

  private final Recording recording;

  SoakChart(Recording recording) {
    this.recording = recording;
  }

  void write(Path png) throws IOException {
    List<XYChart> charts =
        List.of(
            chart("Heap after collection, MiB", layers("heap MiB")),
            chart("Behind: sent and not in gold, records", List.of("lag")),
            chart("Threads", layers("threads")),
            chart("Open files and sockets", layers("open files")),
            chart("Files in use, by table", tables("files in use")),
            chart("Checkpoints, files", List.of("checkpoints files")),
            chart("Tables on disk, MiB", tables("MiB")),
            chart("Postgres, MiB", List.of("postgres MiB", "staging MiB")));
    BitmapEncoder.saveBitmap(
        charts, charts.size() / COLUMNS, COLUMNS, png.toString(), BitmapEncoder.BitmapFormat.PNG);
  }

  private static List<String> layers(String value) {
    return FaultyChain.LAYERS.stream().map(layer -> layer + " " + value).toList();
  }

  private static List<String> tables(String value) {
    return Probe.TABLES.stream().map(table -> table.name() + " " + value).toList();
  }

  private XYChart chart(String title, List<String> names) {
    XYChart chart =
        new XYChartBuilder()
            .width(560)
            .height(280)
            .title(title)
            .xAxisTitle("minutes")
            .theme(ChartTheme.Matlab)
            .build();
    chart.getStyler().setLegendPosition(LegendPosition.OutsideS);
    chart.getStyler().setLegendLayout(LegendLayout.Horizontal);
    chart.getStyler().setYAxisMin(0.0);
    chart.getStyler().setAnnotationLineColor(new Color(210, 210, 210));
    chart.getStyler().setAnnotationLineStroke(new BasicStroke(1));
    recording
        .events()
        .forEach(
            fault -> chart.addAnnotation(new AnnotationLine(fault.second() / 60, true, false)));
    for (String name : names) {
      List<Point> points = recording.points(name);
      if (points.isEmpty()) {
        continue;
      }
      chart
          .addSeries(
              name.replaceAll(" (MiB|heap MiB|threads|open files|files|files in use)$", ""),
              points.stream().mapToDouble(point -> point.second() / 60).toArray(),
              points.stream().mapToDouble(Point::value).toArray())
          .setMarker(SeriesMarkers.NONE);
    }
    return chart;
  }
}
