package io.medallion.silver.enrich;

import java.util.Locale;

/** How the location of an event's address came out. */
enum GeoStatus {
  FOUND,
  PRIVATE_ADDRESS,
  NOT_IN_DATABASE,
  NO_ADDRESS,
  BAD_ADDRESS,
  /** There is no database in use. */
  NO_DATABASE,
  /** The database broke on this address. */
  DATABASE_ERROR;

  String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
