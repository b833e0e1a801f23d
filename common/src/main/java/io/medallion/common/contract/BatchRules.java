package io.medallion.common.contract;

import java.io.Serializable;
import java.util.List;

/**
 * Whether a record holds several events.
 *
 * @param isDeclared whether it may
 * @param names of the objects around the array of events, and of the array itself; empty if the
 *     record is the array
 * @param shared names of members of the record that each of its events has as well, unless it has
 *     one of that name itself
 */
public record BatchRules(boolean isDeclared, List<String> names, List<String> shared)
    implements Serializable {
  /** Each record is one event. */
  public static final BatchRules NONE = new BatchRules(false, List.of(), List.of());

  /** Copies the lists. */
  public BatchRules {
    names = List.copyOf(names);
    shared = List.copyOf(shared);
  }
}
