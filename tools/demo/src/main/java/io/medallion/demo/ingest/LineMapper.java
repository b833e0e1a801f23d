package io.medallion.demo.ingest;

/** Makes a record of a line. */
interface LineMapper {
  /** Never fails: what cannot be mapped goes as it is, for quarantine to show. */
  Outgoing map(byte[] line);
}
