package io.medallion.bench;

import java.util.List;

/** Somebody who takes backlogs from Kafka, in one process, each from where the last one ended. */
interface Backlog {
  /**
   * Takes all that is in Kafka now and was not taken yet, stage by stage.
   *
   * @param events how many records that are
   */
  List<Drained> drain(long events) throws InterruptedException;
}
