package io.medallion.bench;

/** Told what a benchmark is doing; called by one thread at a time. */
public interface BenchProgress {
  /** A part of it begins or has ended. */
  void step(String what);

  /** How far the part under way is; said often, and worth nothing afterwards. */
  void detail(String what);
}
