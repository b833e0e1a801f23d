package io.medallion.common.event;

/** Whose clock the timestamp of a Kafka record is. */
public enum TimestampType {
  /** The producer's. */
  CREATE_TIME,
  /** The broker's. */
  LOG_APPEND_TIME
}
