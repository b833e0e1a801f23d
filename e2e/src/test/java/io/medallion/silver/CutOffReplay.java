package io.medallion.silver;

import io.medallion.common.config.Configuration;
import io.medallion.lakehouse.Lake;
import java.time.LocalDate;

/** A publish that dies at one of its steps, for tests that look at what it leaves behind. */
public final class CutOffReplay {
  private CutOffReplay() {}

  /** What stands for the kill. */
  public static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /**
   * Publishes some days and is cut off.
   *
   * @param after the last step that is done: {@code quarantined} or {@code silver}
   */
  public static void publish(
      Lake lake, Configuration configuration, LocalDate from, LocalDate to, String after) {
    Replay.of(
            lake,
            configuration,
            step -> {
              if (step.equals(after)) {
                throw new Killed();
              }
            })
        .publishDays(from, to);
  }
}
