package io.medallion.common.event;

import io.medallion.common.config.Configuration;
import io.medallion.common.config.IpPolicy;
import io.medallion.common.config.Keys;
import io.medallion.common.contract.Contract;
import io.medallion.common.contract.ContractColumn;
import java.io.Serializable;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;

/**
 * What an event is validated by, read once from the configuration.
 *
 * @param maxEventBytes the largest value that is parsed, in bytes
 * @param maxDepth the deepest nesting; the event itself is level 1
 * @param maxKeys the most names in an event, nested ones included
 * @param maxStringBytes the longest string, in bytes of UTF-8
 * @param floorMicros the earliest event time, in microseconds since 1970
 * @param maxAheadMicros how far an event may lie ahead of its record, in microseconds
 * @param fields a producer's own names: dotted JSON path by name of the contract
 * @param contract what a user adds to what an event is
 * @param hidesAddress whether silver keeps less of an address than what an event says
 */
public record EventRules(
    int maxEventBytes,
    int maxDepth,
    int maxKeys,
    int maxStringBytes,
    long floorMicros,
    long maxAheadMicros,
    Map<String, String> fields,
    Contract contract,
    boolean hidesAddress)
    implements Serializable {
  /**
   * Rises with every change that validates or derives an event otherwise than before; our contract
   * states it.
   */
  public static final int RULES_VERSION = Contract.rulesVersion();

  private static final long MICROS_PER_SECOND = 1_000_000L;
  private static final long MICROS_PER_MILLI = 1_000L;

  /**
   * @throws io.medallion.common.error.MedallionException where a mapping names no field of the
   *     contract, or its path is not one, or what a user's contract reads
   */
  public EventRules {
    fields = Map.copyOf(fields);
    FieldBindings.of(fields, contract, hidesAddress);
  }

  /** The rules that a configuration asks for. */
  public static EventRules of(Configuration configuration) {
    return new EventRules(
        Math.toIntExact(configuration.get(Keys.SILVER_MAX_EVENT_BYTES)),
        Math.toIntExact(configuration.get(Keys.SILVER_MAX_DEPTH)),
        Math.toIntExact(configuration.get(Keys.SILVER_MAX_KEYS)),
        Math.toIntExact(configuration.get(Keys.SILVER_MAX_STRING_BYTES)),
        configuration.get(Keys.SILVER_MIN_EVENT_TIME).atStartOfDay(ZoneOffset.UTC).toEpochSecond()
            * MICROS_PER_SECOND,
        Math.multiplyExact(
            configuration.get(Keys.SILVER_MAX_FUTURE_SKEW).toMillis(), MICROS_PER_MILLI),
        configuration.below(Keys.SILVER_FIELDS),
        Contract.of(configuration),
        configuration.get(Keys.SILVER_IP_ANONYMIZATION) != IpPolicy.KEEP);
  }

  /**
   * The columns of a {@link ParsedEvent}, in its order: ours, with what a user's contract says of
   * their values, behind them those that it reads, and the campaign's that it names fields for.
   */
  public List<ContractColumn> columns() {
    List<ContractColumn> columns = new ArrayList<>();
    for (ContractColumn own : Contract.own().columns()) {
      columns.add(
          own.isRead()
              ? contract
                  .field(own.from().get(0).toString())
                  .map(field -> own.with(field.values()))
                  .orElse(own)
              : own);
    }
    columns.addAll(contract.read());
    columns.addAll(contract.campaign());
    return columns;
  }

  /** How many of them are no campaign's. */
  public int ownAndRead() {
    return Contract.own().columns().size() + contract.read().size();
  }

  /**
   * The number of a column in a {@link ParsedEvent}.
   *
   * @throws NoSuchElementException if there is none of that name
   */
  public int column(String name) {
    List<ContractColumn> columns = columns();
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equals(name)) {
        return i;
      }
    }
    throw new NoSuchElementException(name);
  }

  /** The same rules with another contract. */
  public EventRules with(Contract other) {
    return new EventRules(
        maxEventBytes,
        maxDepth,
        maxKeys,
        maxStringBytes,
        floorMicros,
        maxAheadMicros,
        fields,
        other,
        hidesAddress);
  }

  /** The rules if nothing is configured. */
  public static EventRules defaults() {
    return of(Configuration.builder().build());
  }
}
