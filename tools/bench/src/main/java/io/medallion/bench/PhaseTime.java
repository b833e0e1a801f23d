package io.medallion.bench;

/**
 * What one phase of a layer's batches took.
 *
 * @param layer whose
 * @param phase its name, as in the layer's log line
 * @param median of a batch, milliseconds
 * @param ofEachSecond how many milliseconds of each second went there
 */
record PhaseTime(String layer, String phase, long median, double ofEachSecond) {}
