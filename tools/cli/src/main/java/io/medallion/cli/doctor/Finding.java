package io.medallion.cli.doctor;

import io.medallion.common.error.MedallionException;

/**
 * What one look found.
 *
 * @param subject that was looked at, in a word
 * @param state how it is
 * @param text what was seen, in a sentence without its full stop
 * @param remedy what to do about it; empty if nothing
 */
public record Finding(String subject, State state, String text, String remedy) {
  /** How something is. */
  public enum State {
    /** As it should be. */
    OK,
    /** Not as usual, and no harm is done by that. */
    NOTE,
    /** Something will not work. */
    WRONG
  }

  static Finding ok(String subject, String text) {
    return new Finding(subject, State.OK, text, "");
  }

  static Finding note(String subject, String text, String remedy) {
    return new Finding(subject, State.NOTE, text, remedy);
  }

  static Finding wrong(String subject, String text, String remedy) {
    return new Finding(subject, State.WRONG, text, remedy);
  }

  static Finding wrong(String subject, MedallionException e) {
    return wrong(subject, "%s: %s".formatted(e.problem(), e.reason()), e.remedy());
  }
}
