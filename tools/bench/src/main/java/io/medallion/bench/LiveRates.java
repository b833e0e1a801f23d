package io.medallion.bench;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Live traffic of several rates, one after the other.
 *
 * @param rates events a second
 * @param warmUp how long before it counts, at each rate, from the first number on
 * @param measured how long it counts
 */
public record LiveRates(List<Double> rates, Duration warmUp, Duration measured) {
  /** Copies the rates. */
  public LiveRates {
    rates = List.copyOf(rates);
  }

  /** Adds what was asked for to a report's settings. */
  void addTo(Map<String, Object> settings) {
    settings.put("rates", rates);
    settings.put("warm-up seconds", warmUp.toSeconds());
    settings.put("measured seconds", measured.toSeconds());
  }
}
