package io.medallion.e2e.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.e2e.faults.Recording.Sample;
import io.medallion.e2e.faults.SoakVerdict.Stretch;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** An hour of made-up measurements, one every ten seconds. */
class SoakVerdictTest {
  private static final int SAMPLES = 360;

  /** What a measurement is made of. */
  private interface Change {
    void apply(int sample, Map<String, Double> values);
  }

  @Test
  void aSoundRunHasNoFindings() {
    assertThat(findings((i, values) -> {})).isEmpty();
  }

  @Test
  void aHeapThatLeaksIsFound() {
    assertThat(findings((i, values) -> values.put("silver heap MiB", 120 + 0.5 * i)))
        .singleElement()
        .asString()
        .startsWith("silver heap MiB: ");
  }

  @Test
  void threadsThatAreLeftBehindAreFound() {
    assertThat(findings((i, values) -> values.put("gold threads", 200 + 0.25 * i)))
        .singleElement()
        .asString()
        .startsWith("gold threads: ");
  }

  @Test
  void whatGrowsFasterThanTheDataIsFound() {
    assertThat(findings((i, values) -> values.put("postgres MiB", 20 + 0.002 * i * i)))
        .singleElement()
        .asString()
        .startsWith("postgres MiB: ");
  }

  @Test
  void whatWasHardlyMeasuredIsNoProof() {
    assertThat(
            findings(
                (i, values) -> {
                  if (i % 50 != 0) {
                    values.remove("bronze open files");
                  }
                }))
        .singleElement()
        .asString()
        .startsWith("bronze open files was measured");
  }

  private static List<String> findings(Change change) {
    Recording recording = new Recording();
    for (int i = 0; i < SAMPLES; i++) {
      Map<String, Double> values = sound(i);
      change.apply(i, values);
      recording.add(new Sample(10.0 * i, values));
    }
    return new SoakVerdict(recording, new Stretch(900, 2_700)).findings();
  }

  /** Saw-teeth where it may not grow, a line where it may. */
  private static Map<String, Double> sound(int sample) {
    Map<String, Double> values = new HashMap<>();
    for (String layer : FaultyChain.LAYERS) {
      values.put(layer + " heap MiB", 100.0 + sample % 9);
      values.put(layer + " threads", 200.0 + sample % 3);
      values.put(layer + " open files", 300.0 + sample % 5);
    }
    for (String table : List.of("bronze", "silver", "quarantine")) {
      values.put(table + " MiB", 5.0 * sample);
      values.put(table + " files in use", 100.0 + sample % 100);
    }
    values.put("checkpoints files", 38.0 + sample % 2);
    values.put("checkpoints MiB", 0.01);
    values.put("staging MiB", 0.11);
    values.put("lag", 2_000.0 * (sample % 6));
    values.put("postgres MiB", 20 + 0.2 * sample);
    return values;
  }
}
