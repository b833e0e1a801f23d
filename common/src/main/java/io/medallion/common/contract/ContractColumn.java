package io.medallion.common.contract;

import java.io.Serializable;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

/**
 * A column of an event.
 *
 * @param name in silver
 * @param type of its values
 * @param from where its value is in the event, the first one present; empty if it is computed
 * @param expr the Spark SQL expression that computes it; null if it is taken from the event
 * @param min the least value of a number; null if there is none
 * @param max the greatest one; null if there is none
 * @param wholeNumbers whether a string may be given as a whole number, whose text it then is
 * @param needed whether every event has a value
 * @param values how its values are written
 * @param about what it means, for people; empty if nobody said
 * @param stored what silver holds of it, for people
 * @param place where it is declared
 */
public record ContractColumn(
    String name,
    ColumnType type,
    List<JsonPath> from,
    String expr,
    BigDecimal min,
    BigDecimal max,
    boolean wholeNumbers,
    boolean needed,
    ValueRules values,
    String about,
    String stored,
    Place place)
    implements Serializable {
  /** Copies the paths. */
  public ContractColumn {
    from = List.copyOf(from);
  }

  /** The same with values that are written otherwise. */
  public ContractColumn with(ValueRules other) {
    return new ContractColumn(
        name, type, from, expr, min, max, wholeNumbers, needed, other, about, stored, place);
  }

  /** Whether an expression computes it. */
  public boolean isComputed() {
    return expr != null;
  }

  /** Whether it is read from the event as it was sent. */
  public boolean isRead() {
    return !from.isEmpty();
  }

  /** What a rule about its bounds says; empty if it has none. */
  public Optional<String> bounds() {
    if (min != null && max != null) {
      return Optional.of("from %s to %s".formatted(min.toPlainString(), max.toPlainString()));
    }
    return min != null
        ? Optional.of("at least " + min.toPlainString())
        : Optional.ofNullable(max).map(most -> "at most " + most.toPlainString());
  }
}
