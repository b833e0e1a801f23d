package io.medallion.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.demo.traffic.TrafficReport;
import io.medallion.operations.Reconciliation;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class DemoReconciliationTest {
  /** 100 sent: 90 events (7 of crawlers), 4 duplicates, 1 conflict, 5 broken. */
  private static final TrafficReport TRAFFIC = traffic(100, 0);

  private static final Reconciliation ALL_THERE = reconciliation(100, 90, 7);

  @Test
  void aFirstRunIsComparedWithWhatWasActedOut() {
    DemoReconciliation demo =
        new DemoReconciliation(TRAFFIC, 0, ALL_THERE, OptionalLong.of(12), 12);
    assertThat(demo.knowsTheTruth()).isTrue();
    assertThat(demo.problems()).isEmpty();
    assertThat(Summary.lines(demo))
        .contains("Everything adds up, and is what the simulator acted out (12 sessions).");
  }

  @Test
  void countsThatAddUpButDifferFromTheTruthAreTold() {
    Reconciliation other = reconciliation(100, 90, 8);
    assertThat(new DemoReconciliation(TRAFFIC, 0, other, OptionalLong.of(12), 13).problems())
        .containsExactly(
            "the simulator acted out 7 crawlers' events, found are 8",
            "the simulator acted out 12 sessions, found are 13");
  }

  @Test
  void aLaterRunKnowsOnlyItsOwnRecords() {
    Reconciliation both = reconciliation(250, 240, 7);
    DemoReconciliation demo = new DemoReconciliation(TRAFFIC, 150, both, OptionalLong.of(12), 99);
    assertThat(demo.arrived()).isEqualTo(100);
    assertThat(demo.knowsTheTruth()).isFalse();
    assertThat(demo.problems()).isEmpty();
  }

  @Test
  void anAcknowledgedRecordThatKafkaLacksIsTold() {
    assertThat(new DemoReconciliation(TRAFFIC, 1, ALL_THERE, OptionalLong.empty(), 0).problems())
        .containsExactly(
            "Kafka acknowledged 100 records in this run and holds 99 of them: 1 are missing");
  }

  @Test
  void recordsOfOthersAreNamedAndNoFault() {
    DemoReconciliation demo =
        new DemoReconciliation(TRAFFIC, 0, reconciliation(130, 120, 9), OptionalLong.of(12), 14);
    assertThat(demo.problems()).isEmpty();
    assertThat(Summary.lines(demo))
        .anyMatch(line -> line.matches(" +of these from other producers +30"))
        .contains("Everything adds up.");
  }

  @Test
  void recordsThatCouldNotBeDeliveredAreTold() {
    DemoReconciliation demo =
        new DemoReconciliation(traffic(98, 2), 0, ALL_THERE, OptionalLong.of(12), 12);
    assertThat(demo.problems()).containsExactly("the simulator could not deliver 2 of its records");
    assertThat(Summary.lines(demo)).contains("It does not add up:");
  }

  private static TrafficReport traffic(long acknowledged, long failed) {
    return new TrafficReport(100, acknowledged, failed, 5, 4, 1, 90, 7, 3, 2, Optional.empty());
  }

  private static Reconciliation reconciliation(long kafka, long silver, long bots) {
    return new Reconciliation(
        kafka, 0, kafka, silver, 6, 0, 4, silver, silver - bots, bots, 0, List.of());
  }
}
