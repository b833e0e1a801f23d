package io.medallion.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.medallion.bronze.BronzeJob;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.demo.traffic.Simulator;
import io.medallion.demo.traffic.TrafficReport;
import io.medallion.demo.traffic.TrafficSettings;
import io.medallion.gold.GoldJob;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.TableState;
import io.medallion.lakehouse.layer.Layer;
import io.medallion.lakehouse.layer.LayerLauncher;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.silver.SilverJob;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.delta.DeltaLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of checkpoints and of tables' logs that are old, cut short, or gone. */
@Tag("full")
class LostFilesIT {
  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final List<LayerLauncher.Start> LAYERS =
      List.of(BronzeJob::start, SilverJob::start, GoldJob::start);

  @TempDir Path folder;
  private Pipeline pipeline;
  private Oracle oracle;
  private long sent;
  private long seed = 41;

  @BeforeEach
  void start() {
    pipeline = Pipeline.in(folder);
    oracle = new Oracle(pipeline.lake(), pipeline.kafka(), pipeline::gold);
  }

  @AfterEach
  void stop() {
    pipeline.close();
  }

  @Test
  void checkpointsDecideNothing() throws Exception {
    Path checkpoints = Path.of(pipeline.lake().checkpoints());
    Path old = folder.resolve("old");
    live();
    copy(checkpoints, old);
    live();

    delete(checkpoints);
    copy(old, checkpoints);
    live();

    files(checkpoints).forEach(LostFilesIT::cutInHalf);
    live();

    for (String kind : List.of("offsets", "commits")) {
      List<Path> last = newest(checkpoints, kind);
      assertThat(last).hasSize(LAYERS.size());
      last.forEach(LostFilesIT::deleteFile);
      live();
    }
  }

  @Test
  void theLastVersionsOfATableAreMadeAgainWhereNobodyHasReadThem() throws Exception {
    produce();
    pipeline.drain();

    produce();
    once(BronzeJob::start);
    long bronze = lastRows(TableDefinition.BRONZE);
    loseLastVersion(TableDefinition.BRONZE);
    assertThat(lastRows(TableDefinition.BRONZE)).isLessThan(bronze);
    once(BronzeJob::start);

    once(SilverJob::start);
    loseLastVersion(TableDefinition.SILVER);
    pipeline.drain();

    oracle.reconciliation(sent);
  }

  @Test
  void aTableThatEndsBeforeWhatWasReadOfItStopsItsReader() throws Exception {
    produce();
    pipeline.drain();
    List<List<String>> numbers = numbers();

    loseLastVersion(TableDefinition.SILVER);
    assertThat(refusal(GoldJob::start)).isEqualTo(ErrorCode.LAKE_TABLE_WENT_BACK);
    assertThat(numbers()).isEqualTo(numbers);
    once(SilverJob::start);
    pipeline.rebuildGold();
    oracle.reconciliation(sent);
    assertThat(numbers()).isEqualTo(numbers);

    loseLastVersion(TableDefinition.BRONZE);
    assertThat(refusal(SilverJob::start)).isEqualTo(ErrorCode.LAKE_TABLE_WENT_BACK);
  }

  /** All layers as they run for days, until all that was sent is in gold. */
  private void live() throws Exception {
    produce();
    List<Layer> layers = new ArrayList<>();
    for (LayerLauncher.Start job : LAYERS) {
      layers.add(pipeline.start(job));
    }
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              layers.forEach(layer -> assertThat(layer.failure()).isEmpty());
              TableState silver = pipeline.state(TableDefinition.SILVER);
              return silver.read() == sent && pipeline.merged() == silver.rows();
            });
    layers.forEach(Layer::close);
    oracle.reconciliation(sent);
  }

  private void produce() {
    TrafficReport report =
        new Simulator(
                TrafficSettings.of(pipeline.kafka())
                    .withSeed(++seed)
                    .withCount(1_000)
                    .withRate(0)
                    .withUsers(100)
                    .withStart(Instant.now().minusSeconds(600)))
            .run(() -> false, progress -> {});
    sent += report.acknowledged();
  }

  private void once(LayerLauncher.Start job) throws Exception {
    try (Layer layer = job.start(pipeline.lake(), pipeline.configuration(), true)) {
      layer.await();
      assertThat(layer.failure()).isEmpty();
    }
  }

  private ErrorCode refusal(LayerLauncher.Start job) throws Exception {
    try (Layer layer = job.start(pipeline.lake(), pipeline.configuration(), true)) {
      layer.await();
      return MedallionException.in(layer.failure().orElseThrow()).code();
    }
  }

  private long lastRows(TableDefinition table) {
    return pipeline.state(table).rows();
  }

  private List<List<String>> numbers() throws Exception {
    return pipeline.gold(
        "select visitor, session_start::text, events, revenue from gold.sessions order by 1, 2");
  }

  /** What a power cut takes where the disk lies about what it has written. */
  private void loseLastVersion(TableDefinition definition) throws IOException {
    LakeTable table = pipeline.lake().table(definition);
    String last = "%020d.".formatted(table.version());
    Path log = Path.of(table.path(), "_delta_log");
    List<Path> lost =
        files(log).stream().filter(f -> f.getFileName().toString().contains(last)).toList();
    assertThat(lost).isNotEmpty();
    lost.forEach(LostFilesIT::deleteFile);
    DeltaLog.clearCache();
  }

  /** Of each layer the file with the highest number. */
  private static List<Path> newest(Path checkpoints, String kind) throws IOException {
    Predicate<Path> numbered =
        file ->
            file.getParent().getFileName().toString().equals(kind)
                && file.getFileName().toString().matches("\\d+");
    return files(checkpoints).stream()
        .filter(numbered)
        .collect(
            Collectors.groupingBy(
                Path::getParent,
                Collectors.maxBy(
                    Comparator.comparingInt(
                        file -> Integer.parseInt(file.getFileName().toString())))))
        .values()
        .stream()
        .flatMap(Optional::stream)
        .toList();
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  private static void cutInHalf(Path file) {
    try {
      byte[] bytes = Files.readAllBytes(file);
      Files.write(
          file, Arrays.copyOf(bytes, bytes.length / 2), StandardOpenOption.TRUNCATE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void deleteFile(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).forEach(LostFilesIT::deleteFile);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    for (Path file : files(from)) {
      Path target = to.resolve(from.relativize(file));
      Files.createDirectories(target.getParent());
      Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES);
    }
  }
}
