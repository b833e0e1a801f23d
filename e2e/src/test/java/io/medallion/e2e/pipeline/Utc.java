package io.medallion.e2e.pipeline;

import java.util.TimeZone;
import java.util.function.Supplier;

/** The time zone that commands run in; the tests' own is far from it. */
final class Utc {
  private Utc() {}

  static <T> T in(Supplier<T> work) {
    TimeZone before = TimeZone.getDefault();
    TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
    try {
      return work.get();
    } finally {
      TimeZone.setDefault(before);
    }
  }
}
