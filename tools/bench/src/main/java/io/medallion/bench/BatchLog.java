package io.medallion.bench;

import io.medallion.lakehouse.layer.Layer;
import io.medallion.lakehouse.layer.LayerBatch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The batches that layers have done, and when each was seen. Safe for use by several threads. */
final class BatchLog {
  private record Seen(long at, String layer, LayerBatch batch) {}

  private final Queue<Seen> batches = new ConcurrentLinkedQueue<>();
  private final Map<String, LayerBatch> last = new LinkedHashMap<>();

  /** Looks at a layer; to be called more often than it does batches. */
  synchronized void look(Layer layer) {
    layer
        .lastBatch()
        .filter(batch -> !batch.equals(last.put(layer.name(), batch)))
        .ifPresent(batch -> batches.add(new Seen(System.currentTimeMillis(), layer.name(), batch)));
  }

  /** How long each of a layer's batches between two moments took, milliseconds. */
  List<Long> durations(String layer, long from, long to) {
    return batches.stream()
        .filter(seen -> seen.layer().equals(layer) && seen.at() >= from && seen.at() < to)
        .map(seen -> seen.batch().duration().toMillis())
        .toList();
  }

  /** Where the layers' time went between two moments, milliseconds since 1970. */
  List<PhaseTime> phases(long from, long to) {
    Map<String, Map<String, List<Long>>> layers = new LinkedHashMap<>();
    for (Seen seen : batches) {
      if (seen.at() >= from && seen.at() < to) {
        Map<String, List<Long>> phases =
            layers.computeIfAbsent(seen.layer(), name -> new LinkedHashMap<>());
        seen.batch()
            .phases()
            .forEach(
                (phase, millis) ->
                    phases.computeIfAbsent(phase, name -> new ArrayList<>()).add(millis));
      }
    }
    List<PhaseTime> times = new ArrayList<>();
    double seconds = (to - from) / 1e3;
    layers.forEach(
        (layer, phases) ->
            phases.forEach(
                (phase, millis) ->
                    times.add(
                        new PhaseTime(
                            layer,
                            phase,
                            Freshness.median(millis),
                            millis.stream().mapToLong(Long::longValue).sum() / seconds))));
    return times;
  }
}
