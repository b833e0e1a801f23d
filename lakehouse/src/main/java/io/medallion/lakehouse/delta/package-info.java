/**
 * Delta tables: commits with positions and counters, versions, file listings, checkpoints of the
 * log, compaction and vacuum. The only place that knows Delta's internal classes.
 */
package io.medallion.lakehouse.delta;
