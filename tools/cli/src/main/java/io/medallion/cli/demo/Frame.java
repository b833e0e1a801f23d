package io.medallion.cli.demo;

import io.medallion.demo.traffic.TrafficProgress;
import io.medallion.gold.read.CurrentMetrics;
import io.medallion.operations.LakeStatus;
import java.time.Duration;
import java.util.Optional;

/**
 * What the display shows at a moment.
 *
 * @param phase what goes on, in a few words
 * @param running since the demo was started
 * @param traffic how far the simulator is
 * @param status of every layer
 * @param numbers gold's; empty if it has none, or they could not be asked for
 * @param without why there are none, in a sentence
 */
record Frame(
    String phase,
    Duration running,
    TrafficProgress traffic,
    LakeStatus status,
    Optional<CurrentMetrics> numbers,
    String without) {}
