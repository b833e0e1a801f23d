/**
 * The gold job: one step reads silver's new versions, stages partial aggregates and merges them.
 */
package io.medallion.gold;
