package io.medallion.operations.verify;

/** How much of what Kafka still has is compared with bronze byte by byte. */
public enum KafkaComparison {
  /** Some stretches of each partition, chosen at random: {@link #SAMPLED_RECORDS} in all. */
  SAMPLE,
  /** Every record. */
  ALL;

  /** So many offsets a sample takes in, whatever the size of the topic. */
  public static final long SAMPLED_RECORDS = 50_000;
}
