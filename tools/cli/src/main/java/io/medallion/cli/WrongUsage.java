package io.medallion.cli;

import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;

/** Makes errors of options that do not go together. */
final class WrongUsage {
  private WrongUsage() {}

  static MedallionException because(IllegalArgumentException e) {
    return new MedallionException(
        ErrorCode.USAGE,
        "The options do not fit",
        String.valueOf(e.getMessage()),
        "See the command's --help for what each takes.",
        e);
  }
}
