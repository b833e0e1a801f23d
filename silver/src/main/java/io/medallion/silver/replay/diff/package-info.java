/** Compares silver's rows with replayed ones by hashes of neighbouring Kafka offsets. */
package io.medallion.silver.replay.diff;
