package io.medallion.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a small live batch costs as tables and their logs grow. */
public final class Growth {
  /**
   * What is compared.
   *
   * @param rows sizes of the silver table that silver works on
   * @param goldRows sizes of the one that gold has merged
   * @param batches how many of each kind are measured over each size
   * @param late the share of events that are late, in silver's table and in each batch; at 0
   *     silver's table has none, and a batch at most one
   * @param commits lengths of every table's log
   * @param warmUp how long layers run over each log before it counts
   * @param measured how long it counts
   */
  public record Sizes(
      List<Long> rows,
      List<Long> goldRows,
      int batches,
      double late,
      List<Long> commits,
      Duration warmUp,
      Duration measured) {}

  private final Path folder;
  private final BenchProgress progress;

  /**
   * @param folder for servers and tables; nothing is deleted
   * @param progress told what is being done
   */
  public Growth(Path folder, BenchProgress progress) {
    this.folder = folder;
    this.progress = progress;
  }

  /** Measures over each size, of which there is one at least. The chart shows what came last. */
  public Report run(Sizes sizes) throws InterruptedException {
    List<BatchTimes> bySilver = new ArrayList<>();
    for (long rows : sizes.rows()) {
      bySilver.addAll(
          new SilverGrowth(folder, sizes.batches(), new Lateness(sizes.late()), progress)
              .run(rows));
    }
    List<BatchTimes> byGold = new ArrayList<>();
    for (long rows : sizes.goldRows()) {
      byGold.addAll(new GoldGrowth(folder, sizes.batches(), progress).run(rows));
    }
    List<CommitGrowth.Result> byCommits = new ArrayList<>();
    for (long commits : sizes.commits()) {
      byCommits.addAll(
          new CommitGrowth(folder, sizes.warmUp(), sizes.measured(), progress).run(commits));
    }
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("rows", sizes.rows());
    settings.put("gold rows", sizes.goldRows());
    settings.put("late", sizes.late());
    settings.put("commits", sizes.commits());
    List<ReportTable> sheets = new ArrayList<>();
    Bars bars = null;
    if (!bySilver.isEmpty()) {
      sheets.add(rows("silver", sizes.late() > 0 ? "a week" : "a year", bySilver));
      bars = rowBars("silver", bySilver);
    }
    if (!byGold.isEmpty()) {
      sheets.add(rows("gold", "a year", byGold));
      bars = rowBars("gold", byGold);
    }
    if (!byCommits.isEmpty()) {
      sheets.add(commits(byCommits));
      bars = commitBars(byCommits);
    }
    return Report.of("growth", settings, sheets, bars);
  }

  private static ReportTable rows(String layer, String period, List<BatchTimes> results) {
    Map<String, Long> phases = results.get(0).phases();
    List<String> columns =
        new ArrayList<>(List.of("silver rows", "batch", "median ms", "p95 ms", "CPU ms"));
    phases.keySet().forEach(phase -> columns.add(phase + " ms"));
    ReportTable reportTable =
        ReportTable.of(
            "a %s batch of 1,000 events over %s".formatted(layer, period),
            columns.toArray(String[]::new));
    for (BatchTimes result : results) {
      List<Object> values =
          new ArrayList<>(
              List.of(
                  result.rows(), result.batch(), result.median(), result.p95(), result.meanCpu()));
      phases.keySet().forEach(phase -> values.add(result.phases().get(phase)));
      reportTable.add(values.toArray());
    }
    return reportTable;
  }

  private static ReportTable commits(List<CommitGrowth.Result> results) {
    ReportTable reportTable =
        ReportTable.of(
            "a live batch of each layer over logs",
            "commits",
            "layer",
            "batches",
            "median ms",
            "ms from batch to batch",
            "medians by phase");
    for (CommitGrowth.Result result : results) {
      Map<String, Long> phases = new LinkedHashMap<>();
      result.phases().forEach(time -> phases.put(time.phase(), time.median()));
      reportTable.add(
          result.commits(),
          result.layer(),
          result.batches(),
          result.median(),
          result.cycle(),
          phases.toString());
    }
    return reportTable;
  }

  private static Bars rowBars(String layer, List<BatchTimes> results) {
    List<String> sizes = new ArrayList<>();
    Map<String, List<Double>> series = new LinkedHashMap<>();
    for (BatchTimes result : results) {
      String size = "%,d rows".formatted(result.rows());
      if (!sizes.contains(size)) {
        sizes.add(size);
      }
      series
          .computeIfAbsent(result.batch(), batch -> new ArrayList<>())
          .add((double) result.median());
    }
    return new Bars("A %s batch of 1,000 events".formatted(layer), "ms", sizes, series);
  }

  private static Bars commitBars(List<CommitGrowth.Result> results) {
    List<String> layers = new ArrayList<>();
    Map<String, List<Double>> series = new LinkedHashMap<>();
    for (CommitGrowth.Result result : results) {
      if (!layers.contains(result.layer())) {
        layers.add(result.layer());
      }
      series
          .computeIfAbsent("%,d commits".formatted(result.commits()), size -> new ArrayList<>())
          .add((double) result.median());
    }
    return new Bars("A live batch", "ms", layers, series);
  }
}
