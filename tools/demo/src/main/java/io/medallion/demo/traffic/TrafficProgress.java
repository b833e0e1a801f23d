package io.medallion.demo.traffic;

import java.time.Duration;

/**
 * How far a simulator is.
 *
 * @param sent records handed to the producer
 * @param acknowledged records that the broker has
 * @param failed records that the producer gave up
 * @param elapsed since the start
 */
public record TrafficProgress(long sent, long acknowledged, long failed, Duration elapsed) {}
