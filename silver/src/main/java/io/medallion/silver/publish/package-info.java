/** Sends silver's events to the enriched Kafka topic. */
package io.medallion.silver.publish;
