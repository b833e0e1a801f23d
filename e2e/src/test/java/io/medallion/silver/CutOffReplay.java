package io.medallion.silver;

import io.medallion.common.config.Configuration;
import io.medallion.lakehouse.Lake;
import io.medallion.silver.replay.Replay;
import java.time.LocalDate;

/** A replay that dies at one of its steps, for tests that look at what it leaves behind. */
public final class CutOffReplay {
  private CutOffReplay() {}

  /** What stands for the kill. */
  public static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /**
   * Replays some days and is cut off.
   *
   * @param after the last step that is done: {@code quarantined} or {@code silver}
   */
  public static void apply(
      Lake lake, Configuration configuration, LocalDate from, LocalDate to, String after) {
    Replay.of(
            lake,
            configuration,
            step -> {
              if (step.equals(after)) {
                throw new Killed();
              }
            })
        .applyDays(from, to);
  }
}
