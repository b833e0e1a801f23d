package io.medallion.e2e.architecture.planted.silver;

import com.maxmind.geoip2.DatabaseReader;

/** Breaks a rule on purpose: it is not silver's geo package. */
final class Located {
  private Located() {}

  static String of(DatabaseReader reader) {
    return reader.metadata().databaseType();
  }
}
