package io.medallion.operations;

import io.medallion.bronze.BronzeJob;
import io.medallion.bronze.KafkaBalance;
import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.error.MedallionException;
import io.medallion.gold.GoldJob;
import io.medallion.gold.GoldLedger;
import io.medallion.gold.GoldReader;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.LakeTable;
import io.medallion.lakehouse.Marks;
import io.medallion.lakehouse.TableDefinition;
import io.medallion.operations.LakeStatus.LayerStatus;
import io.medallion.silver.SilverJob;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Looks at every layer, downstream first, so that nothing that moves meanwhile makes a lag look
 * negative. Reads only. What does not answer is told and left out.
 */
public final class StatusReader implements AutoCloseable {
  private final Lake lake;
  private final Configuration configuration;
  private final Duration patience;
  private final Optional<GoldReader> gold;

  /**
   * @param patience how long brokers may take to answer
   */
  public StatusReader(Lake lake, Configuration configuration, Duration patience) {
    this.lake = lake;
    this.configuration = configuration;
    this.patience = patience;
    this.gold = configuration.find(Keys.POSTGRES_URL).map(url -> GoldReader.of(configuration));
  }

  /** Looks once. */
  public LakeStatus read() {
    List<String> troubles = new ArrayList<>();
    Optional<GoldLedger> ledger = ledger(troubles);
    Optional<Map<String, Long>> silver = marks(TableDefinition.SILVER);
    Optional<Map<String, Long>> bronze = marks(TableDefinition.BRONZE);
    Optional<KafkaBalance> kafka = kafka(bronze.orElse(Map.of()), troubles);
    Instant now = Instant.now();
    List<LayerStatus> layers =
        List.of(bronze(bronze, kafka, now), silver(silver, bronze, now), gold(ledger, silver, now));
    lake.unfinishedRewrites()
        .forEach(
            rewrite ->
                troubles.add(
                    "A rewrite of %s, %s, is at work or was cut off; run it again to finish it"
                        .formatted(rewrite.days(), rewrite.id())));
    return new LakeStatus(now, lake.path(), kafka.map(this::kafka).orElse(null), layers, troubles);
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

  private Optional<KafkaBalance> kafka(Map<String, Long> marks, List<String> troubles) {
    if (configuration.find(Keys.KAFKA_BOOTSTRAP_SERVERS).isEmpty()) {
      troubles.add("Kafka: kafka.bootstrap-servers is not set, so bronze's lag is not known");
      return Optional.empty();
    }
    return tried(
        () -> Optional.of(KafkaBalance.read(marks, configuration, patience)), "Kafka", troubles);
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

  private Optional<Map<String, Long>> marks(TableDefinition definition) {
    LakeTable table = lake.table(definition);
    return table.exists() ? Optional.of(table.marks()) : Optional.empty();
  }

  private LakeStatus.Kafka kafka(KafkaBalance balance) {
    Map<String, Long> ends = new TreeMap<>();
    balance.partitions().forEach(p -> ends.put(p.topic() + "-" + p.number(), p.end()));
    return new LakeStatus.Kafka(
        configuration.get(Keys.KAFKA_BOOTSTRAP_SERVERS), balance.held(), ends);
  }

  private LayerStatus bronze(
      Optional<Map<String, Long>> marks, Optional<KafkaBalance> kafka, Instant now) {
    return layer(
        BronzeJob.NAME,
        marks.map(m -> "commit " + m.getOrDefault(Marks.SEQ, 0L)),
        marks.map(m -> m.getOrDefault(Marks.ROWS, 0L)),
        kafka.map(KafkaBalance::lag),
        marks.flatMap(m -> Marks.time(m, Marks.NEWEST)),
        marks.flatMap(m -> Marks.time(m, Marks.COMMITTED)),
        Map.of(),
        now);
  }

  private LayerStatus silver(
      Optional<Map<String, Long>> marks, Optional<Map<String, Long>> bronze, Instant now) {
    Map<String, Long> counts = new TreeMap<>();
    marks.ifPresent(
        m -> {
          counts.put("read", m.getOrDefault(Marks.READ, 0L));
          counts.put("quarantined", m.getOrDefault(Marks.QUARANTINED, 0L));
          counts.put("duplicates", m.getOrDefault(Marks.DUPLICATES, 0L));
        });
    return layer(
        SilverJob.NAME,
        marks.map(m -> "bronze commit " + m.getOrDefault(Marks.SEQ, 0L)),
        marks.map(m -> m.getOrDefault(Marks.ROWS, 0L)),
        bronze.map(b -> behind(b.getOrDefault(Marks.ROWS, 0L), counts.getOrDefault("read", 0L))),
        marks.flatMap(m -> Marks.time(m, Marks.NEWEST)),
        marks.flatMap(m -> Marks.time(m, Marks.COMMITTED)),
        counts,
        now);
  }

  private LayerStatus gold(
      Optional<GoldLedger> ledger, Optional<Map<String, Long>> silver, Instant now) {
    Map<String, Long> counts = new TreeMap<>();
    ledger.ifPresent(
        l -> {
          counts.put("bots", l.bots());
          counts.put("beyond_lateness", l.beyondLateness());
        });
    return layer(
        GoldJob.NAME,
        ledger.map(l -> "silver version " + l.silverVersion()),
        ledger.map(GoldLedger::silverRows),
        ledger.flatMap(
            l -> silver.map(s -> behind(s.getOrDefault(Marks.ROWS, 0L), l.silverRows()))),
        ledger.map(GoldLedger::newestKafka),
        ledger.map(GoldLedger::mergedAt),
        counts,
        now);
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
    OptionalLong process = lake.processOf(name);
    return new LayerStatus(
        name,
        process.isPresent() ? "running" : "stopped",
        process.isPresent() ? process.getAsLong() : null,
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
