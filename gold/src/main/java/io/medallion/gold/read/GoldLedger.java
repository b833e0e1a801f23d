package io.medallion.gold.read;

import java.time.Instant;

/**
 * How far gold has consumed silver.
 *
 * @param silverVersion the last version merged, whole
 * @param silverRows silver rows in the versions merged, those left out included
 * @param bots of these, left out because a crawler sent them
 * @param lateDropped of these, left out because they came too late
 * @param links ids that count as a person's
 * @param refusedLinks ids that are nobody's, because they were seen with two
 * @param newestKafka the newest Kafka time merged; null before the first row
 * @param mergedAt when the last merge committed
 */
public record GoldLedger(
    long silverVersion,
    long silverRows,
    long bots,
    long lateDropped,
    long links,
    long refusedLinks,
    Instant newestKafka,
    Instant mergedAt) {}
