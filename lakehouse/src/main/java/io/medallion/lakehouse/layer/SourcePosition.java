package io.medallion.lakehouse.layer;

/**
 * How far a layer has consumed one part of its source: a Kafka partition or a Delta table.
 *
 * @param committed the next offset, or the last version, that the layer's own commits hold
 * @param end the partition's end offset, or the table's newest version
 */
public record SourcePosition(long committed, long end) {}
