package io.medallion.bench;

import java.util.List;
import java.util.Map;

/**
 * What a chart shows: for each of some things a bar of each series.
 *
 * @param title of the chart
 * @param unit of the values
 * @param things along its foot
 * @param series values in the things' order by name; null if there is none
 */
record Bars(String title, String unit, List<String> things, Map<String, List<Double>> series) {}
