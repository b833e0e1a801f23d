package io.medallion.bench;

import io.medallion.common.Resource;
import io.medallion.common.config.Keys;
import io.medallion.demo.services.KafkaTopics;
import io.medallion.demo.traffic.TrafficSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * What columns and rules of a user's own cost silver: it takes the same backlogs with ours alone
 * and with a contract, by turns, each into a lake of its own. Events say what the contract asks
 * for, to both.
 */
final class OwnContract {
  /** Backlogs that count; one before them does not. */
  private static final int ROUNDS = 3;

  private static final long FIRST_SEED = 11;
  private static final String FILE = "contract.yaml";
  private static final String OURS = MedallionBacklog.NAME + ", detailed events";
  private static final String OWN = OURS + ", 20 columns and 10 rules of one's own";

  private final TestBed bed;
  private final Path folder;
  private final BenchProgress progress;

  /**
   * A comparison.
   *
   * @param folder for the contract and the lakes
   */
  OwnContract(TestBed bed, Path folder, BenchProgress progress) {
    this.bed = bed;
    this.folder = folder;
    this.progress = progress;
  }

  /**
   * Runs both.
   *
   * @param events records of each backlog
   * @param users how many people sent them
   * @param warmUp records of the backlog that does not count
   * @return what silver took, of each backlog ours first
   */
  List<Drained> run(long events, int users, long warmUp) throws InterruptedException {
    Map<String, String> client = bed.services().kafka().client();
    TrafficSettings traffic =
        bed.traffic().withTopic(bed.topic() + "_detailed").withDetails(true).withUsers(users);
    KafkaTopics.create(client, traffic.topic(), KafkaTopics.partitions(client, bed.topic()));
    Map<String, MedallionBacklog> all = new LinkedHashMap<>();
    all.put(OURS, backlog("ours", traffic.topic(), Map.of()));
    all.put(
        OWN,
        backlog(
            "own", traffic.topic(), Map.of(Keys.SILVER_CONTRACT.name(), contract().toString())));
    List<Drained> counted = new ArrayList<>();
    for (int round = 0; round <= ROUNDS; round++) {
      long sent =
          bed.send(
              traffic.withSeed(FIRST_SEED + round).withCount(round == 0 ? warmUp : events),
              progress);
      Map<String, Drained> drained = new HashMap<>();
      for (String who : inTurn(all.keySet(), round)) {
        Drained taken = all.get(who).silver(who, sent);
        progress.step(taken.line());
        drained.put(who, taken);
      }
      if (round > 0) {
        all.keySet().forEach(who -> counted.add(drained.get(who)));
      }
    }
    return counted;
  }

  /** In every other round the other one begins. */
  private static List<String> inTurn(Iterable<String> all, int round) {
    List<String> turn = new ArrayList<>();
    all.forEach(turn::add);
    if (round % 2 == 1) {
      Collections.reverse(turn);
    }
    return turn;
  }

  private MedallionBacklog backlog(String lake, String topic, Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(settings);
    all.put(Keys.LAKE_PATH.name(), folder.resolve(lake).toString());
    all.put(Keys.KAFKA_TOPICS.name(), topic);
    return new MedallionBacklog(bed.with(all), progress);
  }

  private Path contract() {
    try {
      return Files.writeString(
          Files.createDirectories(folder).resolve(FILE), Resource.text(OwnContract.class, FILE));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The medians of both, and what they are of each other. */
  static ReportTable reportTable(List<Drained> counted) {
    ReportTable reportTable =
        ReportTable.of(
            "silver with columns and rules of one's own, medians",
            "contract",
            "events/s",
            "CPU s per million",
            "CPU of ours alone");
    double ours = cpu(counted, OURS);
    reportTable.add("ours alone", rate(counted, OURS), ours, null);
    double own = cpu(counted, OWN);
    reportTable.add("20 columns, 10 rules", rate(counted, OWN), own, own / ours);
    return reportTable;
  }

  private static double cpu(List<Drained> counted, String who) {
    return median(counted, who, Drained::cpuSecondsPerMillion);
  }

  private static long rate(List<Drained> counted, String who) {
    return (long) median(counted, who, Drained::rate);
  }

  private static double median(
      List<Drained> counted, String who, ToDoubleFunction<Drained> measure) {
    double[] sorted =
        counted.stream().filter(d -> d.who().equals(who)).mapToDouble(measure).sorted().toArray();
    return sorted[sorted.length / 2];
  }
}
