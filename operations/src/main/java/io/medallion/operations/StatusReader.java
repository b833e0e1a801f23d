package io.medallion.operations;

import io.medallion.bronze.BronzeJob;
import io.medallion.bronze.KafkaLag;
import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.error.MedallionException;
import io.medallion.gold.GoldJob;
import io.medallion.gold.alert.AlertSummary;
import io.medallion.gold.read.GoldLedger;
import io.medallion.gold.read.GoldReader;
import io.medallion.gold.read.GoldReader.MartTroubles;
import io.medallion.lakehouse.LakeFolder;
import io.medallion.lakehouse.delta.TableLog;
import io.medallion.lakehouse.delta.TableState;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.store.LockHolder;
import io.medallion.operations.LakeStatus.LayerStatus;
import io.medallion.silver.SilverJob;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Looks at every layer, downstream first, so that nothing that moves meanwhile makes a lag look
 * negative. Reads logs, Kafka and Postgres only, without a Spark session. What does not answer is
 * told and left out.
 */
public final class StatusReader implements AutoCloseable {
  private final LakeFolder lake;
  private final TableLog silver;
  private final TableLog bronze;
  private final Configuration configuration;
  private final Duration patience;
  private final Optional<GoldReader> gold;

  /**
   * @param patience how long brokers may take to answer
   */
  public StatusReader(LakeFolder lake, Configuration configuration, Duration patience) {
    this.lake = lake;
    this.silver = lake.log(TableDefinition.SILVER);
    this.bronze = lake.log(TableDefinition.BRONZE);
    this.configuration = configuration;
    this.patience = patience;
    this.gold = configuration.find(Keys.POSTGRES_URL).map(url -> GoldReader.of(configuration));
  }

  /** Looks once. */
  public LakeStatus read() {
    List<String> troubles = new ArrayList<>();
    Optional<GoldLedger> ledger = ledger(troubles);
    MartTroubles marts = marts(troubles);
    Optional<TableState> read = silver.state();
    Optional<TableState> landed = bronze.state();
    Optional<KafkaLag> kafka = kafka(landed.orElse(TableState.EMPTY), troubles);
    Instant now = Instant.now();
    List<LayerStatus> layers =
        List.of(bronze(landed, kafka, now), silver(read, landed, now), gold(ledger, read, now));
    lake.unfinishedReplays()
        .forEach(
            metadata ->
                troubles.add(
                    "A rewrite of %s, %s, is at work or was cut off; run it again to finish it"
                        .formatted(metadata.days(), metadata.id())));
    return new LakeStatus(
        now,
        lake.path(),
        kafka.map(this::kafka).orElse(null),
        layers,
        marts.filling(),
        marts.refused(),
        alerts(troubles),
        troubles);
  }

  @Override
  public void close() {
    gold.ifPresent(GoldReader::close);
  }

  private Optional<GoldLedger> ledger(List<String> troubles) {
    if (gold.isEmpty()) {
      troubles.add("Postgres: postgres.url is not set, so gold is not looked at");
      return Optional.empty();
    }
    return tried(() -> gold.get().ledger(), "Postgres", troubles);
  }

  /** Nothing more is said where Postgres is away: the ledger's question has said it. */
  private MartTroubles marts(List<String> troubles) {
    return gold.isEmpty() || !troubles.isEmpty()
        ? MartTroubles.NONE
        : tried(() -> Optional.of(gold.get().martTroubles()), "Postgres", troubles)
            .orElse(MartTroubles.NONE);
  }

  /** The same. */
  private AlertSummary alerts(List<String> troubles) {
    return gold.isEmpty() || troubles.stream().anyMatch(trouble -> trouble.startsWith("Postgres"))
        ? null
        : tried(() -> AlertSummary.read(configuration), "Postgres", troubles).orElse(null);
  }

  private Optional<KafkaLag> kafka(TableState state, List<String> troubles) {
    if (configuration.find(Keys.KAFKA_BOOTSTRAP_SERVERS).isEmpty()) {
      troubles.add("Kafka: kafka.bootstrap-servers is not set, so bronze's lag is not known");
      return Optional.empty();
    }
    return tried(
        () -> Optional.of(KafkaLag.read(state, configuration, patience)), "Kafka", troubles);
  }

  private static <T> Optional<T> tried(
      Supplier<Optional<T>> question, String who, List<String> troubles) {
    try {
      return question.get();
    } catch (MedallionException e) {
      troubles.add("%s: %s (%s)".formatted(who, e.problem(), e.reason()));
      return Optional.empty();
    }
  }

  private LakeStatus.Kafka kafka(KafkaLag balance) {
    Map<String, Long> ends = new TreeMap<>();
    balance.partitions().forEach(p -> ends.put(p.topic() + "-" + p.number(), p.end()));
    return new LakeStatus.Kafka(
        configuration.get(Keys.KAFKA_BOOTSTRAP_SERVERS), balance.held(), ends);
  }

  private LayerStatus bronze(Optional<TableState> state, Optional<KafkaLag> kafka, Instant now) {
    return layer(
        BronzeJob.NAME,
        state.map(m -> "commit " + m.commitSeq()),
        state.map(m -> m.rows()),
        kafka.map(KafkaLag::lag),
        state.flatMap(m -> m.newestKafkaTime()),
        state.flatMap(m -> m.committedAt()),
        Map.of(),
        now);
  }

  private LayerStatus silver(Optional<TableState> state, Optional<TableState> bronze, Instant now) {
    Map<String, Long> counts = new TreeMap<>();
    state.ifPresent(
        m -> {
          counts.put("read", m.read());
          if (m.events() > m.read()) {
            counts.put("events", m.events());
          }
          counts.put("quarantined", m.quarantined());
          counts.put("duplicates", m.duplicates());
          m.flagged().forEach((flag, rows) -> counts.put("flag_" + flag, rows));
        });
    return layer(
        SilverJob.NAME,
        state.map(m -> "bronze commit " + m.commitSeq()),
        state.map(m -> m.rows()),
        bronze.map(b -> behind(b.rows(), counts.getOrDefault("read", 0L))),
        state.flatMap(m -> m.newestKafkaTime()),
        state.flatMap(m -> m.committedAt()),
        counts,
        now);
  }

  private LayerStatus gold(Optional<GoldLedger> ledger, Optional<TableState> silver, Instant now) {
    Map<String, Long> counts = new TreeMap<>();
    ledger.ifPresent(
        l -> {
          counts.put("bots", l.bots());
          counts.put("late_dropped", l.lateDropped());
          if (l.links() + l.refusedLinks() > 0) {
            counts.put("links", l.links());
            counts.put("refused_links", l.refusedLinks());
          }
        });
    return layer(
        GoldJob.NAME,
        ledger.map(StatusReader::position),
        ledger.map(GoldLedger::silverRows),
        ledger.flatMap(l -> silver.map(s -> behind(s.rows(), l.silverRows()))),
        ledger.map(GoldLedger::newestKafka),
        ledger.map(GoldLedger::mergedAt),
        counts,
        now);
  }

  private static String position(GoldLedger ledger) {
    return ledger
        .filling()
        .map(
            filling ->
                "%,d of %,d files of silver version %d"
                    .formatted(filling.merged(), filling.files(), filling.version()))
        .orElse("silver version " + ledger.silverVersion());
  }

  private LayerStatus layer(
      String name,
      Optional<String> position,
      Optional<Long> rows,
      Optional<Long> lag,
      Optional<Instant> newest,
      Optional<Instant> committed,
      Map<String, Long> counts,
      Instant now) {
    Optional<LockHolder> holder = lake.holderOf(name);
    return new LayerStatus(
        name,
        holder.isPresent() ? "running" : "stopped",
        holder.map(LockHolder::process).orElse(null),
        holder.map(LockHolder::host).orElse(null),
        position.orElse(null),
        rows.orElse(null),
        lag.orElse(null),
        newest.orElse(null),
        newest.map(n -> Math.max(0, Duration.between(n, now).toMillis()) / 1000.0).orElse(null),
        committed.orElse(null),
        counts);
  }

  private static long behind(long there, long taken) {
    return Math.max(0, there - taken);
  }
}
