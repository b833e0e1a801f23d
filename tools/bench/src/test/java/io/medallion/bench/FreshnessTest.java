package io.medallion.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FreshnessTest {
  private static final List<String> STAGES = List.of("silver", "gold");

  @Test
  void ofAHundredAgesTheNinetyFifthIsExceededByFive() {
    List<Trace> traces = new ArrayList<>();
    for (int age = 1; age <= 100; age++) {
      traces.add(Trace.of(1_000, 1_000L, 1_000L + age));
    }
    Freshness freshness = Freshness.of(traces, STAGES, 0, 2_000);
    assertThat(freshness.events()).isEqualTo(100);
    assertThat(freshness.p50()).isEqualTo(50);
    assertThat(freshness.p95()).isEqualTo(95);
    assertThat(freshness.p99()).isEqualTo(99);
    assertThat(freshness.max()).isEqualTo(100);
  }

  @Test
  void onlyEventsSentInTheStretchAreMeasuredItsEndExcluded() {
    List<Trace> traces =
        List.of(
            Trace.of(99, 99L, 9_000L),
            Trace.of(100, 101L, 103L),
            Trace.of(199, 200L, 203L),
            Trace.of(200, 201L, 9_000L));
    Freshness freshness = Freshness.of(traces, STAGES, 100, 200);
    assertThat(freshness.events()).isEqualTo(2);
    assertThat(freshness.max()).isEqualTo(4);
  }

  @Test
  void aStageIsTimedFromTheOneBefore() {
    Freshness freshness = Freshness.of(List.of(Trace.of(100, 130L, 200L)), STAGES, 0, 1_000);
    assertThat(freshness.stages()).containsEntry("silver", 30L).containsEntry("gold", 70L);
  }

  @Test
  void anEventIsUnderWayFromItsSendingUntilItIsVisible() {
    List<Trace> traces =
        List.of(
            Trace.of(50, 60L, 100L),
            Trace.of(50, 60L, 99L),
            Trace.of(100, 110L, 250L),
            Trace.of(150, 160L, 190L));
    Freshness freshness = Freshness.of(traces, STAGES, 100, 200);
    assertThat(freshness.lagBefore()).isEqualTo(1);
    assertThat(freshness.lagAfter()).isEqualTo(1);
  }

  @Test
  void nothingMeasuredIsNoResult() {
    assertThatThrownBy(() -> Freshness.of(List.of(), STAGES, 0, 1))
        .hasMessage("nothing was measured");
  }
}
