package io.medallion.common.contract;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;

/**
 * What makes two records one event.
 *
 * @param ignored what copies of one event may differ in
 * @param within how far apart two times of one id may be and still be one event's; zero where only
 *     records of one id and one time are
 */
public record IdentityRules(List<JsonPath> ignored, Duration within) implements Serializable {
  /** An event is its id and its time, and copies have one payload. */
  public static final IdentityRules ID_AND_TIME = new IdentityRules(List.of(), Duration.ZERO);

  /** Copies the list. */
  public IdentityRules {
    ignored = List.copyOf(ignored);
  }

  /** Whether the time may differ in copies, and so is no part of what they are compared by. */
  public boolean isIdAlone() {
    return !within.isZero();
  }
}
