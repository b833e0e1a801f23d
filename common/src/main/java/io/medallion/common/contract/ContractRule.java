package io.medallion.common.contract;

import java.io.Serializable;
import java.util.List;

/**
 * A condition that events are to meet.
 *
 * @param name in reasons, flags and metrics
 * @param when the Spark SQL condition of the events that it is for; null for all
 * @param check the Spark SQL condition; an event for which it is false breaks the rule
 * @param otherwise what becomes of an event that breaks it
 * @param fields the columns that an event that breaks it loses; empty for the whole event, and
 *     where nothing is redacted
 * @param place where it is declared
 */
public record ContractRule(
    String name, String when, String check, Otherwise otherwise, List<String> fields, Place place)
    implements Serializable {
  /** What becomes of an event that breaks a rule. */
  public enum Otherwise {
    /** It is no event: it goes to quarantine, with the rule's name. */
    QUARANTINE,
    /** It is one, with the rule's name among its flags. */
    FLAG,
    /**
     * What nobody consented to is kept by bronze alone: fields are dropped and the event flagged,
     * or it is no event.
     */
    REDACT
  }

  /** Copies the list. */
  public ContractRule {
    fields = List.copyOf(fields);
  }

  /** Whether an event that breaks it is none. */
  public boolean refuses() {
    return otherwise == Otherwise.QUARANTINE || isRedactingAll();
  }

  /** Whether an event that breaks it is to leave no trace but its place. */
  public boolean isRedactingAll() {
    return otherwise == Otherwise.REDACT && fields.isEmpty();
  }
}
