package io.medallion.bench;

import io.medallion.bench.reference.DuckDb;
import io.medallion.bench.reference.KafkaLog;
import io.medallion.demo.services.KafkaTopics;
import io.medallion.lakehouse.schema.TableDefinition;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * How fast a backlog is taken: events of the simulator's usual mix lie in Kafka, then our layers
 * run one after the other, each from start to end, then those of the reference over the same
 * records, then what sets the limit. A smaller backlog before it warms the process up for both.
 */
public final class Drain {
  private static final List<String> STAGES = List.of("bronze", "silver", "gold");
  private static final long WARM_UP_SHARE = 10;

  /** As many as there are to try. */
  public static final int MOST_MARTS = OwnMarts.NAMES.size();

  /** Longer than what is seen of a backlog is late by. */
  private static final Duration BEFORE = Duration.ofHours(12);

  /** Rows of a chunk. */
  private static final long TOGETHER = 400_000;

  private static final Lateness LATENESS = new Lateness(0.05);

  private final Path folder;
  private final BenchProgress progress;
  private final Map<String, String> settings;

  /**
   * A drain.
   *
   * @param folder for servers and tables; nothing is deleted
   * @param progress told what is being done
   * @param settings of our layers by key, over the defaults
   */
  public Drain(Path folder, BenchProgress progress, Map<String, String> settings) {
    this.folder = folder;
    this.progress = progress;
    this.settings = settings;
  }

  /**
   * Drains so many events of so many users.
   *
   * @param restartOver how many rows silver is given before bronze and silver drain another backlog
   *     like it, started again; 0 for none of this
   * @param marts how many marts of a user's own gold takes all of silver with, after it has done so
   *     without; 0 for none of this
   * @param contract whether silver takes further backlogs with ours alone and with columns and
   *     rules of a user's own, by turns
   * @param reference whether the reference does too
   */
  public Report run(
      long events, int users, long restartOver, int marts, boolean contract, boolean reference)
      throws InterruptedException {
    List<Drained> all = new ArrayList<>();
    List<ReportTable> compared = new ArrayList<>();
    try (TestBed bed = TestBed.open(folder, settings)) {
      List<Backlog> contestants = new ArrayList<>();
      MedallionBacklog ours = new MedallionBacklog(bed.configuration(), progress);
      contestants.add(ours);
      if (reference) {
        contestants.add(
            new ReferenceBacklog(folder.resolve("reference"), bed.reference(), progress));
      }
      long warmUp = bed.send(Math.max(1, events / WARM_UP_SHARE), users, 1, progress);
      progress.step("warming up with %,d events".formatted(warmUp));
      for (Backlog contestant : contestants) {
        contestant.drain(warmUp);
      }
      Map<Integer, Long> from =
          KafkaTopics.endOffsets(bed.services().kafka().client(), bed.topic());
      long sent = bed.send(events, users, 2, progress);
      KafkaLog log = new KafkaLog(bed.services().kafka().client(), bed.topic());
      Path bronze = bed.folderOf(TableDefinition.BRONZE);
      contestants.add(new Ceilings(folder.resolve("limit"), bronze, log, from, progress));
      for (Backlog contestant : contestants) {
        List<Drained> drained = contestant.drain(sent);
        drained.forEach(done -> progress.step(done.line()));
        all.addAll(drained);
      }
      if (marts > 0) {
        OwnMarts own = new OwnMarts(bed, folder.resolve("own-marts"), progress);
        List<Drained> drained = own.run(warmUp + sent, marts);
        drained.forEach(done -> progress.step(done.line()));
        all.addAll(drained);
      }
      if (contract) {
        OwnContract own = new OwnContract(bed, folder.resolve("own-contract"), progress);
        List<Drained> drained = own.run(events, users, warmUp);
        all.addAll(drained);
        compared.add(OwnContract.reportTable(drained));
      }
      if (restartOver > 0) {
        progress.step("giving silver %,d rows".formatted(restartOver));
        Instant begins = Instant.now().minusMillis(events);
        ours.fill(new GeneratedArrivals(begins, BEFORE, TOGETHER, LATENESS), restartOver);
        long again = bed.send(events, users, 3, progress);
        List<Drained> drained = ours.drainAgain(again, restartOver);
        drained.forEach(done -> progress.step(done.line()));
        all.addAll(drained);
      }
    }
    return report(events, users, all, compared);
  }

  private Report report(long events, int users, List<Drained> all, List<ReportTable> compared) {
    Map<String, Object> measured = new LinkedHashMap<>(settings);
    measured.put("events", events);
    measured.put("users", users);
    measured.put("DuckDB", DuckDb.version());
    List<ReportTable> tables = new ArrayList<>();
    tables.add(Drained.reportTable("a backlog", all));
    tables.add(ratios(all));
    tables.addAll(compared);
    return Report.of("drain", measured, tables, rates(all));
  }

  /** Our rates as shares of the others'. */
  private static ReportTable ratios(List<Drained> all) {
    ReportTable reportTable =
        ReportTable.of("ours in the same run", "stage", "of the reference", "of the limit");
    for (String stage : STAGES) {
      reportTable.add(
          stage,
          ratio(all, stage, ReferenceBacklog.NAME::equals).orElse(null),
          ratio(all, stage, Drain::isLimit).orElse(null));
    }
    return reportTable;
  }

  private static boolean isLimit(String who) {
    return !who.startsWith(MedallionBacklog.NAME) && !who.equals(ReferenceBacklog.NAME);
  }

  private static Optional<Double> ratio(List<Drained> all, String stage, Predicate<String> other) {
    double ours = rate(all, stage, MedallionBacklog.NAME::equals).orElseThrow();
    return rate(all, stage, other).map(theirs -> ours / theirs);
  }

  private static Optional<Double> rate(List<Drained> all, String stage, Predicate<String> who) {
    return all.stream()
        .filter(drained -> drained.stage().equals(stage) && who.test(drained.who()))
        .map(drained -> (double) drained.rate())
        .findFirst();
  }

  private static Bars rates(List<Drained> all) {
    Map<String, List<Double>> series = new LinkedHashMap<>();
    series.put("medallion", rates(all, MedallionBacklog.NAME::equals));
    if (rate(all, "bronze", ReferenceBacklog.NAME::equals).isPresent()) {
      series.put("reference", rates(all, ReferenceBacklog.NAME::equals));
    }
    series.put("limit (Kafka consumer, DuckDB)", rates(all, Drain::isLimit));
    return new Bars("A backlog", "events/s", STAGES, series);
  }

  private static List<Double> rates(List<Drained> all, Predicate<String> who) {
    List<Double> rates = new ArrayList<>();
    STAGES.forEach(stage -> rates.add(rate(all, stage, who).orElse(null)));
    return rates;
  }
}
