package io.medallion.bench;

import io.medallion.common.config.Keys;
import io.medallion.lakehouse.schema.TableDefinition;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What it costs to be so fresh: our layers as three processes at several settings of {@code
 * freshness}, each under live traffic of several rates, and what a day of it would bring to the
 * tables' logs.
 */
public final class Pace {
  private static final double MIB = 1 << 20;
  private static final List<TableDefinition> TABLES =
      List.of(TableDefinition.BRONZE, TableDefinition.SILVER);

  private final Launcher launcher;
  private final Path folder;
  private final BenchProgress progress;

  /**
   * A measurement.
   *
   * @param launcher the script that runs our commands
   * @param folder for servers and tables; nothing is deleted
   * @param progress told what is being done
   */
  public Pace(Path launcher, Path folder, BenchProgress progress) {
    this.launcher = new Launcher(launcher.toAbsolutePath());
    this.folder = folder.toAbsolutePath();
    this.progress = progress;
  }

  /**
   * Measures.
   *
   * @param freshness settings of that name
   * @param live the traffic under each; then there is none
   */
  public Report run(List<String> freshness, LiveRates live) throws InterruptedException {
    List<Double> rates = new ArrayList<>(live.rates());
    rates.add(0.0);
    ReportTable cost =
        ReportTable.of(
            "cost",
            "freshness",
            "events/s",
            "bronze, % of a core",
            "silver, % of a core",
            "gold, % of a core",
            "all, % of a core",
            "p50 ms",
            "p95 ms");
    ReportTable logs =
        ReportTable.of(
            "a day of it",
            "freshness",
            "events/s",
            "table",
            "commits",
            "log MiB",
            "files",
            "data MiB");
    Map<String, List<Double>> cores = new LinkedHashMap<>();
    for (String fresh : freshness) {
      Path own = folder.resolve("freshness-" + fresh);
      try (TestBed bed = TestBed.open(own.resolve("data"));
          ContenderRun run =
              new ContenderRun(bed, new MedallionProcesses(launcher, flags(fresh)), own)) {
        for (double rate : rates) {
          String what = "freshness %s, %,.0f events/s".formatted(fresh, rate);
          progress.step(what);
          List<Map<String, TableWrites>> written = new ArrayList<>();
          ContenderRun.Measured found = run.measure(rate, live, () -> written.add(written(bed)));
          cost.add(
              fresh,
              rate,
              found.percent(0),
              found.percent(1),
              found.percent(2),
              found.percent(),
              found.ages().p50(),
              found.ages().p95());
          written
              .get(1)
              .forEach(
                  (table, now) -> {
                    TableWrites day = now.aDaySince(written.get(0).get(table), found.time());
                    logs.add(
                        fresh,
                        rate,
                        table,
                        day.commits(),
                        day.logBytes() / MIB,
                        day.files(),
                        day.dataBytes() / MIB);
                  });
          cores.computeIfAbsent(fresh, f -> new ArrayList<>()).add(found.percent());
          progress.step("%s: %.1f %% of a core".formatted(what, found.percent()));
        }
      }
    }
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("freshness", freshness);
    live.addTo(settings);
    return Report.of(
        "pace",
        settings,
        List.of(cost, logs),
        new Bars(
            "Three layers, by freshness",
            "% of a core",
            rates.stream().map("%,.0f events/s"::formatted).toList(),
            cores));
  }

  private static Map<String, List<String>> flags(String freshness) {
    Map<String, List<String>> flags = new TreeMap<>();
    MedallionProcesses.LAYERS.forEach(
        layer -> flags.put(layer, List.of("--%s=%s".formatted(Keys.FRESHNESS.name(), freshness))));
    return flags;
  }

  private static Map<String, TableWrites> written(TestBed bed) {
    Map<String, TableWrites> written = new LinkedHashMap<>();
    for (TableDefinition table : TABLES) {
      written.put(table.name(), TableWrites.of(bed.folderOf(table)));
    }
    return written;
  }
}
