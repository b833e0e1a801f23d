/**
 * Kafka to the bronze table: raw records and the offsets up to which they were read, in one commit.
 * Also Kafka's side of lag, gaps and identity of topics.
 */
package io.medallion.bronze;
