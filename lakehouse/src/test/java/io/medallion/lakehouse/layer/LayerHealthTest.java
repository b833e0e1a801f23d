package io.medallion.lakehouse.layer;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.lakehouse.layer.LayerHealth.Facts;
import io.medallion.lakehouse.layer.LayerHealth.State;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class LayerHealthTest {
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Instant LONG_AGO = NOW.minus(PATIENCE).minusSeconds(1);
  private static final Instant LATELY = NOW.minus(PATIENCE);

  @Test
  void aLayerWithNothingToDoIsHealthyHoweverLongAgoItsLastBatch() {
    LayerHealth idle = assess(new Facts(true, true, false, null, null, 0, 0, null, LONG_AGO));

    assertThat(idle.state()).isEqualTo(State.WORKING);
    assertThat(idle.live()).isTrue();
    assertThat(idle.ready()).isTrue();
  }

  @Test
  void rowsThatWaitWithoutABatchMakeItStuck() {
    LayerHealth stuck = assess(new Facts(true, true, false, null, null, 3, 7, LONG_AGO, null));

    assertThat(stuck.state()).isEqualTo(State.STALLED);
    assertThat(stuck.live()).isFalse();
    assertThat(stuck.ready()).isFalse();
    assertThat(stuck.reason()).contains("7 rows").contains("301 s");
  }

  @Test
  void atTheBoundaryItIsNotStuckYet() {
    assertThat(assess(new Facts(true, true, false, null, null, 3, 7, LATELY, null)).live())
        .isTrue();
    assertThat(assess(new Facts(true, true, false, null, null, 3, 7, LATELY, LONG_AGO)).live())
        .isTrue();
  }

  @Test
  void aLayerThatIsBehindAndDoesBatchesIsHealthy() {
    LayerHealth drains =
        assess(
            new Facts(true, true, false, null, null, 3, 1_000_000, LONG_AGO, NOW.minusSeconds(9)));

    assertThat(drains.state()).isEqualTo(State.WORKING);
  }

  @Test
  void oneThatTriesAgainForTooLongIsStuckToo() {
    assertThat(assess(new Facts(true, true, false, "down", "down", 3, 7, LONG_AGO, null)).state())
        .isEqualTo(State.STALLED);
  }

  @Test
  void oneThatTriesAgainIsLeftAloneAndNotReady() {
    LayerHealth failing = assess(new Facts(true, true, false, "no broker", null, 0, 0, null, null));

    assertThat(failing.state()).isEqualTo(State.FAILING);
    assertThat(failing.reason()).isEqualTo("no broker");
    assertThat(failing.live()).isTrue();
    assertThat(failing.ready()).isFalse();
  }

  @Test
  void withoutAnAnswerFromItsSourceNobodyCanTell() {
    LayerHealth blind = assess(new Facts(true, true, false, null, "no answer", 0, 0, null, NOW));

    assertThat(blind.state()).isEqualTo(State.SOURCE_UNREACHABLE);
    assertThat(blind.live()).isTrue();
    assertThat(blind.ready()).isFalse();
  }

  @Test
  void aRebuildMayTakeLong() {
    LayerHealth rebuilding = assess(new Facts(true, false, true, null, null, 3, 7, LONG_AGO, null));

    assertThat(rebuilding.state()).isEqualTo(State.REBUILDING);
    assertThat(rebuilding.live()).isTrue();
    assertThat(rebuilding.ready()).isFalse();
  }

  @Test
  void itsFirstBatchIsWorkHoweverLong() {
    LayerHealth drains = assess(new Facts(true, true, false, null, null, 0, 16_264, NOW, null));

    assertThat(drains.state()).isEqualTo(State.WORKING);
    assertThat(drains.ready()).isTrue();
    assertThat(drains.reason()).isEqualTo("0 of 16264 rows taken");
  }

  @Test
  void beforeItsFirstQueryItIsStartingAndAfterItsEndItIsNothing() {
    assertThat(assess(new Facts(true, false, false, null, null, 0, 0, null, null)).state())
        .isEqualTo(State.STARTING);
    assertThat(assess(new Facts(false, true, false, null, null, 0, 0, null, NOW)).live()).isFalse();
  }

  private static LayerHealth assess(Facts facts) {
    return LayerHealth.of(facts, NOW, PATIENCE);
  }
}
