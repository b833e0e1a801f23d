package io.medallion.silver.replay.diff;

/**
 * What becomes of silver's rows of one event day.
 *
 * @param before rows that silver has
 * @param after rows that it has then
 * @param added records that become rows
 * @param removed rows whose records no longer are events of this day
 * @param changed rows with another value in some column
 */
public record DayChange(long before, long after, long added, long removed, long changed) {}
