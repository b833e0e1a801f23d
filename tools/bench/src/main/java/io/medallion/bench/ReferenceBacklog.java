package io.medallion.bench;

import io.medallion.bench.reference.Reference;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The reference, layer by layer. */
final class ReferenceBacklog implements Backlog {
  static final String NAME = "reference";

  private final Path folder;
  private final Reference.Sources sources;
  private final BenchProgress progress;

  ReferenceBacklog(Path folder, Reference.Sources sources, BenchProgress progress) {
    this.folder = folder;
    this.sources = sources;
    this.progress = progress;
  }

  @Override
  public List<Drained> drain(long events) {
    Map<String, Consumer<Reference>> layers = new LinkedHashMap<>();
    layers.put("bronze", Reference::startBronze);
    layers.put("silver", Reference::startSilver);
    layers.put("gold", Reference::startGold);
    List<Drained> drained = new ArrayList<>();
    try (Reference reference = Reference.open(folder, sources, Reference.Reading.BACKLOG)) {
      layers.forEach(
          (name, start) -> {
            progress.detail("%s of the reference: %,d events".formatted(name, events));
            Drained.Output before = output(folder.resolve(name));
            Meter meter = Meter.start();
            start.accept(reference);
            reference.awaitEnd();
            Meter.Reading reading = meter.stop();
            drained.add(
                new Drained(
                    NAME, name, events, reading, output(folder.resolve(name)).minus(before)));
          });
    }
    return drained;
  }

  /** It only appends, so that its table's files are those on disk. */
  private static Drained.Output output(Path table) {
    if (!Files.isDirectory(table)) {
      return Drained.Output.NONE;
    }
    try (Stream<Path> files = Files.walk(table)) {
      List<Path> parquet = files.filter(file -> file.toString().endsWith(".parquet")).toList();
      return new Drained.Output(
          parquet.size(), parquet.stream().mapToLong(file -> file.toFile().length()).sum());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
