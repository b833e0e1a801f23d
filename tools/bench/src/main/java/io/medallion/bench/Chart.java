package io.medallion.bench;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;

/** Draws bars into an SVG file. */
final class Chart {
  private static final int WIDTH = 860;
  private static final int HEIGHT = 420;

  /** Told apart also without their colours. */
  private static final Color[] COLOURS = {
    new Color(0x1f6feb), new Color(0xd97706), new Color(0x9ca3af), new Color(0x0f766e)
  };

  private Chart() {}

  /** Draws them; needs no display. */
  static void draw(Bars bars, Path svg) throws IOException {
    System.setProperty("java.awt.headless", "true");
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(bars.title())
            .yAxisTitle(bars.unit())
            .build();
    chart
        .getStyler()
        .setSeriesColors(COLOURS)
        .setChartBackgroundColor(Color.WHITE)
        .setLegendPosition(LegendPosition.OutsideS);
    chart.getStyler().setLegendLayout(LegendLayout.Horizontal);
    // Of dashed lines each dash is a path of its own in the file.
    chart.getStyler().setPlotGridLinesVisible(false);
    chart.getStyler().setLabelsVisible(true);
    chart.getStyler().setYAxisDecimalPattern("#,###");
    bars.series().forEach((name, values) -> chart.addSeries(name, bars.things(), values));
    VectorGraphicsEncoder.saveVectorGraphic(chart, svg.toString(), VectorGraphicsFormat.SVG);
  }
}
