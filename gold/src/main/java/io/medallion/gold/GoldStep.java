package io.medallion.gold;

import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.error.MedallionException;
import io.medallion.gold.define.DeclaredMarts;
import io.medallion.gold.define.MartDefinition;
import io.medallion.gold.define.MartFile;
import io.medallion.gold.mart.GoldSettings;
import io.medallion.gold.mart.MartFailed;
import io.medallion.gold.mart.MartRefusal;
import io.medallion.gold.merge.Filling;
import io.medallion.gold.merge.GoldMerge;
import io.medallion.gold.merge.MartTables;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.TableState;
import io.medallion.lakehouse.layer.Layer;
import io.medallion.lakehouse.layer.LayerProgress;
import io.medallion.lakehouse.layer.SourcePosition;
import io.medallion.lakehouse.session.BatchProfile;
import io.medallion.lakehouse.session.Workers;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes gold from where its ledger stands to where silver stands, and keeps marts as declared. */
final class GoldStep implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GoldStep.class);

  /** How many tasks Spark makes of files, about. */
  private static final String MOST_TASKS = "spark.sql.files.maxPartitionNum";

  /** After marts could not be filled, as where somebody's view holds them. */
  private static final Duration PAUSE = Duration.ofMinutes(5);

  private final LakeTable silver;
  private final Configuration configuration;
  private final Map<BatchProfile, SparkSession> sessions;
  private MergeLoop loop;
  private MartFill fill;
  private Instant fillAgain = Instant.EPOCH;
  private volatile long position = GoldMerge.NOTHING_MERGED;
  private volatile Map<String, Long> links = Map.of();
  private volatile Map<String, Long> marts = Map.of();

  /** Marts that have failed since this process was started, by the file that they were read of. */
  private final Map<MartFile, MartRefusal> failed = new HashMap<>();

  private DeclaredMarts declared;

  GoldStep(Lake lake, LakeTable silver, Configuration configuration) {
    this.silver = silver;
    this.configuration = configuration;
    this.sessions =
        Map.of(
            BatchProfile.LOW_LATENCY,
            BatchProfile.LOW_LATENCY.session(lake.session()),
            BatchProfile.THROUGHPUT,
            BatchProfile.THROUGHPUT.session(lake.session()));
  }

  /** The version of silver that gold has merged. */
  long position() {
    return position;
  }

  /**
   * Gold's progress, from silver's states: that of the version merged, next to the newest.
   *
   * @param messages of alerts that wait, by target
   */
  LayerProgress progress(Map<String, Long> messages) {
    long merged = position;
    long newest = silver.version();
    TableState now = silver.state();
    TableState then =
        merged == GoldMerge.NOTHING_MERGED
            ? TableState.EMPTY
            : silver.stateAt(Math.min(merged, newest));
    long taken = then.rows();
    return new LayerProgress(
        taken,
        Math.max(0, now.rows() - taken),
        then.newestMicros(),
        Map.of(),
        Map.of(silver.definition().name(), new SourcePosition(merged, newest)),
        List.of(),
        links,
        marts,
        messages);
  }

  /**
   * Merges everything that silver holds now and gold has not merged. After an error the schema and
   * the ledger are looked at again: Postgres may have been restored to a time before both.
   *
   * @param once whether marts that have to be filled are filled before, rather than meanwhile
   */
  void advance(Layer layer, boolean once) {
    MergeLoop.Reports reports = MergeLoop.Reports.of(layer);
    withoutFailing(
        () -> {
          open(reports);
          advance(reports);
          if (fill != null && (once || fill.isNear())) {
            swap(reports, once);
          }
        });
  }

  /**
   * Does work that merges: a mart that fails in it is set aside until the next start, or until its
   * file is another one, and the work is done again without it.
   */
  private void withoutFailing(Runnable work) {
    while (true) {
      try {
        work.run();
        return;
      } catch (RuntimeException e) {
        close();
        setAside(MartFailed.in(e).orElseThrow(() -> e));
      }
    }
  }

  private void setAside(MartFailed failure) {
    failure
        .reasons()
        .forEach(
            (name, reason) -> {
              MartDefinition mart =
                  declared.definitions().stream()
                      .filter(definition -> definition.name().equals(name))
                      .findFirst()
                      .orElseThrow(() -> failure);
              MartRefusal told = DeclaredMarts.failure(mart, reason);
              LOG.error("A mart is set aside, the others go on: {}", told, failure);
              failed.put(mart.file(), told);
            });
  }

  private void advance(MergeLoop.Reports reports) {
    loop.advance(reports, silver.versionAfter(loop.position()));
    position = loop.position();
    links = loop.merge().links();
  }

  /** Marts that are filled up to here take their place; what keeps them from it stops no others. */
  private void swap(MergeLoop.Reports reports, boolean wait) {
    boolean swapped = false;
    try {
      swapped = fill.swap(position, wait);
    } catch (RuntimeException e) {
      if (MartFailed.in(e).isPresent()) {
        throw e;
      }
      LOG.error("{} could not be filled; the other marts go on", fill.names(), e);
      fill.close();
      fill = null;
      fillAgain = Instant.now().plus(PAUSE);
      countMarts();
    }
    if (swapped) {
      close();
      open(reports);
      advance(reports);
    }
  }

  /**
   * Makes gold from the whole of silver as it is now, whatever it was made of before. Readers see
   * the old rows until the new ones are complete. A gold that has no rows yet is made so anyway.
   */
  void rebuild(Layer layer) {
    withoutFailing(
        () -> {
          connect();
          if (!loop.merge().isEmpty()) {
            rebuild(MergeLoop.Reports.of(layer));
          }
        });
    close();
  }

  private void rebuild(MergeLoop.Reports reports) {
    Filling all = Filling.whole(GoldSettings.from(configuration), declared.definitions());
    long mostRows = configuration.get(Keys.GOLD_MAX_RECORDS);
    try (Refill refill = new Refill(silver, configuration, sessions, all, mostRows, 0)) {
      refill.run(reports);
      if (reports.stopping()) {
        return;
      }
      long version = refill.loop().position();
      MartTables.swap(configuration, declared, all, refill.loop().layerStatus(version));
      LOG.info("Gold made again of silver up to version {}", version);
    }
    close();
    connect();
    loop.merge().judge();
  }

  /** Work next to merges of what is new, which find a core of Spark's free. */
  private Refill refillBeside(Filling filling) {
    SparkSession live = sessions.get(BatchProfile.THROUGHPUT);
    SparkSession fewer = BatchProfile.THROUGHPUT.session(live);
    fewer.conf().set(MOST_TASKS, Math.max(1, Workers.cores(live) - 1));
    long mostRows = Math.min(MartFill.MOST_ROWS, configuration.get(Keys.GOLD_MAX_RECORDS));
    return new Refill(
        silver,
        configuration,
        Map.of(
            BatchProfile.LOW_LATENCY,
            sessions.get(BatchProfile.LOW_LATENCY),
            BatchProfile.THROUGHPUT,
            fewer),
        filling,
        mostRows,
        MartFill.NEAR);
  }

  /**
   * Makes some marts again from silver as far as gold has merged it.
   *
   * @param names of the marts
   * @throws MedallionException if there is no such mart
   */
  void rebuild(Layer layer, Set<String> names) {
    withoutFailing(
        () -> {
          connect();
          loop.begin();
          Set<String> again = new TreeSet<>(names);
          failed.keySet().forEach(file -> again.remove(file.name()));
          loop.merge().marts().requireKnown(again);
          if (!again.isEmpty() && loop.position() != GoldMerge.NOTHING_MERGED) {
            loop.fill(MergeLoop.Reports.of(layer), again, loop.position());
          }
        });
    close();
  }

  /**
   * Connects. Classes of marts that a gold in use has never made, or has made by another
   * definition, are made from silver's history before anything is added to them; declared ones are
   * filled meanwhile.
   */
  private void open(MergeLoop.Reports reports) {
    if (loop != null) {
      return;
    }
    connect();
    loop.begin();
    Set<String> outdated = loop.merge().outdated();
    if (!outdated.isEmpty()) {
      LOG.info("Making {} from silver's history", outdated);
      loop.fill(reports, outdated, loop.position());
    }
    position = loop.merge().position();
    // Where a rebuild was stopped, what there is of it is to stay.
    if (!reports.stopping()) {
      fill(missing());
    }
    countMarts();
  }

  private void fill(List<MartDefinition> missing) {
    if (missing.isEmpty()) {
      MartTables.endFilling(configuration);
    } else if (Instant.now().isAfter(fillAgain)) {
      Filling filling = Filling.of(GoldSettings.from(configuration), missing);
      fill = new MartFill(configuration, declared, refillBeside(filling));
    }
  }

  private List<MartDefinition> missing() {
    Set<String> kept = loop.merge().marts().names();
    return declared.definitions().stream().filter(mart -> !kept.contains(mart.name())).toList();
  }

  /** By state, as {@code medallion marts list} names these. */
  private void countMarts() {
    Map<String, Long> counts = new HashMap<>(loop.merge().refusals());
    long missing = missing().size();
    counts.put("kept", (long) loop.merge().marts().names().size());
    counts.put("filling", fill == null ? 0 : missing);
    counts.put("waiting", fill == null ? missing : 0);
    marts = counts;
  }

  /** Only connects. */
  private void connect() {
    DeclaredMarts all =
        DeclaredMarts.load(sessions.get(BatchProfile.LOW_LATENCY), silver.schema(), configuration);
    declared =
        all.without(
            all.definitions().stream()
                .map(mart -> failed.get(mart.file()))
                .filter(Objects::nonNull)
                .toList());
    declared.requireKept(configuration.get(Keys.GOLD_MARTS_STRICT));
    if (loop == null) {
      loop =
          new MergeLoop(
              silver,
              GoldMerge.open(configuration, declared, silver.id()),
              sessions,
              configuration.get(Keys.GOLD_MAX_RECORDS),
              configuration.get(Keys.LOW_LATENCY_MAX_RECORDS));
    }
  }

  @Override
  public void close() {
    if (fill != null) {
      fill.close();
      fill = null;
    }
    if (loop != null) {
      loop.close();
      loop = null;
    }
  }
}
