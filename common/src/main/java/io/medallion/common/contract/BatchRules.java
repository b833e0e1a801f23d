package io.medallion.common.contract;

import java.io.Serializable;
import java.util.List;

/**
 * Whether a record holds several events.
 *
 * @param isDeclared whether it may
 * @param names of the objects around the array of events, and of the array itself; empty if the
 *     record is the array
 */
public record BatchRules(boolean isDeclared, List<String> names) implements Serializable {
  /** Each record is one event. */
  public static final BatchRules NONE = new BatchRules(false, List.of());

  /** Copies the list. */
  public BatchRules {
    names = List.copyOf(names);
  }
}
