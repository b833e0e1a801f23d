package io.medallion.bench;

import java.nio.file.Path;
import java.util.List;

/**
 * Somebody who keeps page views, active users and sessions in Postgres from a topic, in processes
 * of its own.
 */
interface Contender {
  /** How it is told in tables. */
  String name();

  /** The schema of its tables {@code page_views}, {@code active_users} and {@code sessions}. */
  String schema();

  /**
   * The processes that follow the topic, all at the same time, until they are stopped.
   *
   * @param folder for what they write
   */
  List<ProcessBuilder> following(TestBed bed, Path folder);

  /**
   * The processes that take what is in the topic, one after the other, and end.
   *
   * @param folder for what they write
   */
  List<ProcessBuilder> draining(TestBed bed, Path folder);
}
