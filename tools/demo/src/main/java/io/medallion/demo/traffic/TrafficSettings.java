package io.medallion.demo.traffic;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The traffic to act out. The same settings, seed and start give the same events.
 *
 * @param kafka options of Kafka's producer, {@code bootstrap.servers} among them
 * @param topic where the events go
 * @param users how many people there are
 * @param rate records a second; 0 for as fast as possible
 * @param seed what chance begins with
 * @param threads how many threads act, each with its own users
 * @param shares of what goes wrong
 * @param count records to send; 0 for no limit
 * @param duration how long to send by the wall clock; zero for no limit
 * @param start the time of the first event; null for now, or with no pace and a count for so long
 *     ago that the last event is of now
 * @param groundTruth whether to keep what was acted out, at some bytes an event
 * @param sites the shops that people visit, mostly always the same one; none for one whose events
 *     do not name it
 */
public record TrafficSettings(
    Map<String, String> kafka,
    String topic,
    int users,
    double rate,
    long seed,
    int threads,
    Shares shares,
    long count,
    Duration duration,
    Instant start,
    boolean groundTruth,
    List<String> sites) {

  /**
   * Shares of the records, each from 0 to 1.
   *
   * @param late events that lie a minute to days behind
   * @param duplicate records sent again byte for byte
   * @param outOfOrder events held back for some seconds
   * @param broken records that no one can count
   * @param conflict records with the id and time of an earlier event and another payload
   * @param bots users that are crawlers
   * @param logins visits of users that begin as nobody's and log in half way
   */
  public record Shares(
      double late,
      double duplicate,
      double outOfOrder,
      double broken,
      double conflict,
      double bots,
      double logins) {
    /** What a site of some size sees. */
    public static final Shares USUAL = new Shares(0.05, 0.02, 0.05, 0.01, 0.001, 0.03, 0.2);

    /** Nothing goes wrong. */
    public static final Shares NONE = new Shares(0, 0, 0, 0, 0, 0, 0);

    /** Checks the ranges. */
    public Shares {
      for (double share :
          new double[] {late, duplicate, outOfOrder, broken, conflict, bots, logins}) {
        if (!(share >= 0 && share <= 1)) {
          throw new IllegalArgumentException("a share is from 0 to 1, not " + share);
        }
      }
      if (duplicate + broken + conflict > 0.9) {
        throw new IllegalArgumentException(
            "duplicate, broken and conflicting records together are at most 0.9");
      }
    }
  }

  /** Checks the ranges. */
  public TrafficSettings {
    kafka = Map.copyOf(kafka);
    sites = List.copyOf(sites);
    Objects.requireNonNull(topic);
    Objects.requireNonNull(shares);
    Objects.requireNonNull(duration);
    if (users < 1 || threads < 1 || rate < 0 || count < 0 || duration.isNegative()) {
      throw new IllegalArgumentException(
          "users and threads are at least 1; rate, count and duration not negative");
    }
    threads = Math.min(threads, users);
  }

  /** 10,000 users, 1,000 records a second, until stopped. */
  public static TrafficSettings of(Map<String, String> kafka) {
    return new TrafficSettings(
        kafka,
        "clickstream_events",
        10_000,
        1_000,
        42,
        2,
        Shares.USUAL,
        0,
        Duration.ZERO,
        null,
        false,
        List.of());
  }

  /** The same with so many users. */
  public TrafficSettings withUsers(int value) {
    return new TrafficSettings(
        kafka,
        topic,
        value,
        rate,
        seed,
        threads,
        shares,
        count,
        duration,
        start,
        groundTruth,
        sites);
  }

  /** The same into another topic. */
  public TrafficSettings withTopic(String value) {
    return new TrafficSettings(
        kafka,
        value,
        users,
        rate,
        seed,
        threads,
        shares,
        count,
        duration,
        start,
        groundTruth,
        sites);
  }

  /** The same at another rate; 0 for as fast as possible. */
  public TrafficSettings withRate(double value) {
    return new TrafficSettings(
        kafka,
        topic,
        users,
        value,
        seed,
        threads,
        shares,
        count,
        duration,
        start,
        groundTruth,
        sites);
  }

  /** The same with another seed. */
  public TrafficSettings withSeed(long value) {
    return new TrafficSettings(
        kafka,
        topic,
        users,
        rate,
        value,
        threads,
        shares,
        count,
        duration,
        start,
        groundTruth,
        sites);
  }

  /** The same on so many threads. */
  public TrafficSettings withThreads(int value) {
    return new TrafficSettings(
        kafka, topic, users, rate, seed, value, shares, count, duration, start, groundTruth, sites);
  }

  /** The same with other shares. */
  public TrafficSettings withShares(Shares value) {
    return new TrafficSettings(
        kafka,
        topic,
        users,
        rate,
        seed,
        threads,
        value,
        count,
        duration,
        start,
        groundTruth,
        sites);
  }

  /** The same, ending after so many records; 0 for no limit. */
  public TrafficSettings withCount(long value) {
    return new TrafficSettings(
        kafka,
        topic,
        users,
        rate,
        seed,
        threads,
        shares,
        value,
        duration,
        start,
        groundTruth,
        sites);
  }

  /** The same, ending after this time; zero for no limit. */
  public TrafficSettings withDuration(Duration value) {
    return new TrafficSettings(
        kafka, topic, users, rate, seed, threads, shares, count, value, start, groundTruth, sites);
  }

  /** The same with the first event at this time. */
  public TrafficSettings withStart(Instant value) {
    return new TrafficSettings(
        kafka,
        topic,
        users,
        rate,
        seed,
        threads,
        shares,
        count,
        duration,
        value,
        groundTruth,
        sites);
  }

  /** The same, with or without keeping the truth. */
  public TrafficSettings withGroundTruth(boolean value) {
    return new TrafficSettings(
        kafka, topic, users, rate, seed, threads, shares, count, duration, start, value, sites);
  }

  /** The same with these shops. */
  public TrafficSettings withSites(List<String> value) {
    return new TrafficSettings(
        kafka,
        topic,
        users,
        rate,
        seed,
        threads,
        shares,
        count,
        duration,
        start,
        groundTruth,
        value);
  }
}
