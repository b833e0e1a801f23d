package io.medallion.bench;

import io.medallion.bronze.BronzeJob;
import io.medallion.gold.GoldJob;
import io.medallion.silver.SilverJob;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Our three layers, each a process of the launcher.
 *
 * @param flags of each layer by its name; the others have their defaults
 */
record MedallionProcesses(Launcher launcher, Map<String, List<String>> flags) implements Contender {
  /** In the order in which data passes them. */
  static final List<String> LAYERS = List.of(BronzeJob.NAME, SilverJob.NAME, GoldJob.NAME);

  @Override
  public String name() {
    return MedallionBacklog.NAME;
  }

  @Override
  public String schema() {
    return "gold";
  }

  @Override
  public List<ProcessBuilder> following(TestBed bed, Path folder) {
    return layers(bed, folder, List.of());
  }

  @Override
  public List<ProcessBuilder> draining(TestBed bed, Path folder) {
    return layers(bed, folder, List.of("--once"));
  }

  /** Each takes what there is, one after the other. */
  void drain(TestBed bed, Path folder, BenchProgress progress) throws InterruptedException {
    for (ProcessBuilder layer : draining(bed, folder)) {
      try (MeasuredProcess process = MeasuredProcess.in(folder, layer)) {
        progress.detail("%.0f CPU s".formatted(process.await().toMillis() / 1e3));
      }
    }
  }

  private List<ProcessBuilder> layers(TestBed bed, Path folder, List<String> common) {
    List<ProcessBuilder> layers = new ArrayList<>();
    for (String layer : LAYERS) {
      List<String> arguments = new ArrayList<>(List.of(layer));
      arguments.addAll(common);
      arguments.addAll(flags.getOrDefault(layer, List.of()));
      layers.add(launcher.command(folder, bed.services().settings(), arguments));
    }
    return layers;
  }
}
