package io.medallion.demo.traffic;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

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
 * @param detailed whether events say in their properties what a tracker of some size says besides:
 *     screen, experiments, account, times; 400 bytes more each
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
    List<String> sites,
    boolean detailed) {

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
        List.of(),
        false);
  }

  /** What is changed of a copy. */
  private static final class Copy {
    private String topic;
    private int users;
    private double rate;
    private long seed;
    private int threads;
    private Shares shares;
    private long count;
    private Duration duration;
    private Instant start;
    private boolean groundTruth;
    private List<String> sites;
    private boolean detailed;
  }

  private TrafficSettings with(Consumer<Copy> change) {
    Copy copy = new Copy();
    copy.topic = topic;
    copy.users = users;
    copy.rate = rate;
    copy.seed = seed;
    copy.threads = threads;
    copy.shares = shares;
    copy.count = count;
    copy.duration = duration;
    copy.start = start;
    copy.groundTruth = groundTruth;
    copy.sites = sites;
    copy.detailed = detailed;
    change.accept(copy);
    return new TrafficSettings(
        kafka,
        copy.topic,
        copy.users,
        copy.rate,
        copy.seed,
        copy.threads,
        copy.shares,
        copy.count,
        copy.duration,
        copy.start,
        copy.groundTruth,
        copy.sites,
        copy.detailed);
  }

  /** The same with so many users. */
  public TrafficSettings withUsers(int value) {
    return with(copy -> copy.users = value);
  }

  /** The same into another topic. */
  public TrafficSettings withTopic(String value) {
    return with(copy -> copy.topic = value);
  }

  /** The same at another rate; 0 for as fast as possible. */
  public TrafficSettings withRate(double value) {
    return with(copy -> copy.rate = value);
  }

  /** The same with another seed. */
  public TrafficSettings withSeed(long value) {
    return with(copy -> copy.seed = value);
  }

  /** The same on so many threads. */
  public TrafficSettings withThreads(int value) {
    return with(copy -> copy.threads = value);
  }

  /** The same with other shares. */
  public TrafficSettings withShares(Shares value) {
    return with(copy -> copy.shares = value);
  }

  /** The same, ending after so many records; 0 for no limit. */
  public TrafficSettings withCount(long value) {
    return with(copy -> copy.count = value);
  }

  /** The same, ending after this time; zero for no limit. */
  public TrafficSettings withDuration(Duration value) {
    return with(copy -> copy.duration = value);
  }

  /** The same with the first event at this time. */
  public TrafficSettings withStart(Instant value) {
    return with(copy -> copy.start = value);
  }

  /** The same, with or without keeping the truth. */
  public TrafficSettings withGroundTruth(boolean value) {
    return with(copy -> copy.groundTruth = value);
  }

  /** The same with these shops. */
  public TrafficSettings withSites(List<String> value) {
    return with(copy -> copy.sites = value);
  }

  /** The same with events that say more, or not. */
  public TrafficSettings withDetails(boolean value) {
    return with(copy -> copy.detailed = value);
  }
}
