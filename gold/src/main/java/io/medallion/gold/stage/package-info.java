/**
 * Partial aggregates on their way to Postgres: computed in Spark tasks, sent through the driver or
 * copied into staging tables.
 */
package io.medallion.gold.stage;
