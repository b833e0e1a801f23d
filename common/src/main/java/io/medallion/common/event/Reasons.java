package io.medallion.common.event;

import java.util.List;

/** Collects what is wrong with an event; bounded, so that a hostile event cannot swell it. */
final class Reasons {
  private static final int MOST = 50;

  private final List<Reason> reasons;

  Reasons(List<Reason> reasons) {
    this.reasons = reasons;
  }

  /** Adds a reason, once where the same field has the same fault often. */
  void add(ReasonCode code, String field, String message) {
    Reason reason = new Reason(code, field == null ? null : Excerpt.of(field), message);
    if (reasons.size() < MOST && !reasons.contains(reason)) {
      reasons.add(reason);
    }
  }

  void addIf(boolean broken, ReasonCode code, String field, String message) {
    if (broken) {
      add(code, field, message);
    }
  }
}
