package io.medallion.common.contract;

import java.io.Serializable;

/**
 * A condition that events are to meet.
 *
 * @param name in reasons, flags and metrics
 * @param when the Spark SQL condition of the events that it is for; null for all
 * @param check the Spark SQL condition; an event for which it is false breaks the rule
 * @param otherwise what becomes of an event that breaks it
 * @param place where it is declared
 */
public record ContractRule(String name, String when, String check, Otherwise otherwise, Place place)
    implements Serializable {
  /** What becomes of an event that breaks a rule. */
  public enum Otherwise {
    /** It is no event: it goes to quarantine, with the rule's name. */
    QUARANTINE,
    /** It is one, with the rule's name among its flags. */
    FLAG
  }
}
