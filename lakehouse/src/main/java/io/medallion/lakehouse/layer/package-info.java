/**
 * The runtime of a layer: its process and streaming query, restarts, health, metrics, progress, and
 * tasks that run alongside its batches.
 */
package io.medallion.lakehouse.layer;
