package io.medallion.demo.traffic;

/** What the simulator acted out, counted in plain Java by the contract's definitions. */
public final class GroundTruth {
  GroundTruth() {}
}
