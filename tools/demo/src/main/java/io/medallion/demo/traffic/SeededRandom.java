package io.medallion.demo.traffic;

/** A small random generator (SplitMix64) whose sequence is fixed by its seed, for ever. */
final class SeededRandom {
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;
  private static final double UNIT = 0x1.0p-53;

  private long state;

  SeededRandom(long seed) {
    this.state = seed;
  }

  /** A generator of its own for one of many things of one seed. */
  static SeededRandom of(long seed, long... which) {
    return new SeededRandom(hash(seed, which));
  }

  /** A number that looks random, fixed by the seed and the names. */
  static long hash(long seed, long... which) {
    long mixed = mix(seed + GOLDEN_GAMMA);
    for (long part : which) {
      mixed = mix(mixed ^ mix(part + GOLDEN_GAMMA));
    }
    return mixed;
  }

  long nextLong() {
    state += GOLDEN_GAMMA;
    return mix(state);
  }

  /** At least 0 and less than 1. */
  double unit() {
    return (nextLong() >>> 11) * UNIT;
  }

  /** At least 0 and less than the bound. */
  int below(int bound) {
    return (int) (((nextLong() >>> 32) * bound) >>> 32);
  }

  /** From low to high, both included. */
  int between(int low, int high) {
    return low + below(high - low + 1);
  }

  boolean happens(double probability) {
    return probability > 0 && unit() < probability;
  }

  <T> T oneOf(T[] choices) {
    return choices[below(choices.length)];
  }

  private static long mix(long z) {
    long mixed = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }
}
