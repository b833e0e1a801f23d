package io.medallion.demo.traffic;

import java.util.Optional;

/**
 * What a simulator did. {@code sent = validUnique + duplicates + conflicts + broken}, and after a
 * flush {@code sent = acknowledged + failed}.
 *
 * @param sent records handed to the producer
 * @param acknowledged records that the broker has
 * @param failed records that the producer gave up
 * @param broken records that land in quarantine for what they are
 * @param duplicates records sent again byte for byte
 * @param conflicts records with the id and time of an earlier event and another payload
 * @param validUnique events that count, those of crawlers among them
 * @param bots events of crawlers among the valid ones
 * @param late valid events that lay a minute or more behind when sent
 * @param outOfOrder valid events that were held back for some seconds
 * @param truth what was acted out, if it was kept
 */
public record TrafficReport(
    long sent,
    long acknowledged,
    long failed,
    long broken,
    long duplicates,
    long conflicts,
    long validUnique,
    long bots,
    long late,
    long outOfOrder,
    Optional<GroundTruth> truth) {}
