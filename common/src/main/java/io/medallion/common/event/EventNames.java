package io.medallion.common.event;

import io.medallion.common.contract.Contract;
import io.medallion.common.contract.ContractColumn;
import io.medallion.common.event.FieldBindings.Binding;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which names at an event's top level stand for which field of the contract. */
public final class EventNames {
  private static final List<ContractColumn> OWN = Contract.own().columns();

  private final Map<String, Binding> top;

  /**
   * The names by these rules: the contract's, their aliases, and those of {@code silver.fields}.
   */
  public EventNames(EventRules rules) {
    top = FieldBindings.of(rules.fields(), rules.contract(), rules.hidesAddress());
  }

  /** The contract's own name of the field that a name stands for; empty if it is for none. */
  public Optional<String> field(String name) {
    return Optional.ofNullable(top.get(name))
        .map(binding -> binding.column)
        .filter(column -> column >= 0 && column < OWN.size())
        .map(column -> OWN.get(column).from().get(0).toString());
  }
}
