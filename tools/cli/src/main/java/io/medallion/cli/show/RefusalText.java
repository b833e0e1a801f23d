package io.medallion.cli.show;

import io.medallion.gold.mart.MartRefusal;
import java.util.List;

/** Writes why a file is no mart, view or alert. */
public final class RefusalText {
  private RefusalText() {}

  /** Where and what, why, and what to do. */
  public static List<String> lines(MartRefusal refused) {
    return List.of(
        "! %s:%d:%d: %s"
            .formatted(refused.file(), refused.line(), refused.column(), refused.problem()),
        "    reason: " + refused.reason(),
        "    remedy: " + refused.remedy());
  }
}
