package io.medallion.lakehouse.delta;

import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * The counters and source positions that a layer commits together with its rows. They are Delta's
 * transaction ids ({@code txnAppId}, {@code txnVersion}), so every snapshot of the table has them,
 * and two writers that move the same one conflict.
 *
 * @param values every transaction id by name; positions are named after the id of the source table
 */
public record TableState(Map<String, Long> values) {
  /** Bronze: the sequence number of its last commit with rows. Silver: the last one it has read. */
  public static final String SEQ = "medallion.seq";

  /** How many rows the layer has written to this table. */
  public static final String ROWS = "medallion.rows";

  /** How many bronze rows silver has read: records of Kafka. */
  public static final String READ = "medallion.read";

  /**
   * How many more events these hold than they are: those of records that hold several, but for one
   * of each.
   */
  public static final String MORE_EVENTS = "medallion.more-events";

  /** Silver: which commit of bronze was the last whose records are one event each. */
  public static final String DIVIDED_AFTER = "medallion.divided-after";

  /** Silver: a hash of where in a record its events are. */
  public static final String DIVISION = "medallion.division";

  /** How many of the events silver has quarantined. */
  public static final String QUARANTINED = "medallion.quarantined";

  /**
   * Prefix of the numbers of records quarantined for each reason. A record counts for its first
   * reason only, so that they add up.
   */
  public static final String QUARANTINED_FOR = "medallion.quarantined/";

  /** Prefix of the numbers of rows that bear each flag; a row counts for each that it bears. */
  public static final String FLAGGED_FOR = "medallion.flagged/";

  /** How many of the events were duplicates of silver rows. */
  public static final String DUPLICATES = "medallion.duplicates";

  /** Bronze: the first day of arrival whose records still hold what they said, since 1970. */
  public static final String KEPT_FROM = "medallion.kept-from";

  /** The newest Kafka timestamp among the rows, microseconds since 1970. */
  public static final String NEWEST = "medallion.newest";

  /** When the layer last committed, microseconds since 1970. */
  public static final String COMMITTED = "medallion.committed";

  /** The state of a table that does not exist yet. */
  public static final TableState EMPTY = new TableState(Map.of());

  /** Copies the map. */
  public TableState {
    values = Map.copyOf(values);
  }

  /** Whether nothing was ever committed with the rows. */
  public boolean isEmpty() {
    return values.isEmpty();
  }

  /** Whether it has a counter or position of that name. */
  public boolean has(String name) {
    return values.containsKey(name);
  }

  /** A counter by name; 0 if it was never written. */
  public long get(String name) {
    return values.getOrDefault(name, 0L);
  }

  /** The last version of a source table that was consumed; empty before the first. */
  public OptionalLong position(String sourceTableId) {
    Long version = values.get(sourceTableId);
    return version == null ? OptionalLong.empty() : OptionalLong.of(version);
  }

  /** See {@link #SEQ}; 0 before the first commit. */
  public long commitSeq() {
    return get(SEQ);
  }

  /** See {@link #ROWS}. */
  public long rows() {
    return get(ROWS);
  }

  /** See {@link #READ}. */
  public long read() {
    return get(READ);
  }

  /**
   * How many events the bronze rows hold that silver has read: silver rows, quarantine rows and
   * duplicates together.
   */
  public long events() {
    return read() + get(MORE_EVENTS);
  }

  /** See {@link #QUARANTINED}. */
  public long quarantined() {
    return get(QUARANTINED);
  }

  /** Quarantined records by reason code, each counted for its first reason; none that is 0. */
  public Map<String, Long> quarantinedByReason() {
    return above0(QUARANTINED_FOR);
  }

  /** Rows by flag; none that is 0. */
  public Map<String, Long> flagged() {
    return above0(FLAGGED_FOR);
  }

  private Map<String, Long> above0(String prefix) {
    Map<String, Long> counts = new TreeMap<>();
    values.forEach(
        (name, count) -> {
          if (name.startsWith(prefix) && count > 0) {
            counts.put(name.substring(prefix.length()), count);
          }
        });
    return counts;
  }

  /** See {@link #KEPT_FROM}; 1970-01-01 if retention has taken nothing. */
  public LocalDate keptFrom() {
    return LocalDate.ofEpochDay(get(KEPT_FROM));
  }

  /** See {@link #DUPLICATES}. */
  public long duplicates() {
    return get(DUPLICATES);
  }

  /** See {@link #NEWEST}; 0 before the first row. */
  public long newestMicros() {
    return get(NEWEST);
  }

  /** The newest Kafka timestamp among the rows; empty before the first row. */
  public Optional<Instant> newestKafkaTime() {
    return time(NEWEST);
  }

  /** When the layer last committed; empty before the first commit. */
  public Optional<Instant> committedAt() {
    return time(COMMITTED);
  }

  private Optional<Instant> time(String name) {
    return Optional.of(get(name))
        .filter(micros -> micros > 0)
        .map(micros -> Instant.EPOCH.plus(micros, ChronoUnit.MICROS));
  }
}
