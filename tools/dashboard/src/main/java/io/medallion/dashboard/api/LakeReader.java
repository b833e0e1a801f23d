package io.medallion.dashboard.api;

import java.time.LocalDate;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/**
 * What is beneath gold: the rows of the lake that its numbers are made of, and what silver refused.
 * Answers are JSON. Methods throw {@link io.medallion.common.error.MedallionException} where the
 * lake cannot be read or has nothing of that name.
 */
public interface LakeReader {
  /**
   * Where a row of gold comes from.
   *
   * @param mart its table
   * @param row the values of its key's columns, and of others or none
   * @param most how many events to name
   * @throws TimeoutException if it takes too long, or others are being answered
   */
  String lineage(String mart, Map<String, String> row, int most) throws TimeoutException;

  /**
   * How much was refused, by day of ingestion, reason and field.
   *
   * @param from the first day (UTC); empty for no bound
   * @param to the last one
   * @param reason a code that must be among a record's reasons; empty for any
   */
  String quarantined(Optional<LocalDate> from, Optional<LocalDate> to, Optional<String> reason);

  /**
   * The refused records of a place, with their bytes and all reasons.
   *
   * @param position {@code topic/partition/offset}
   */
  String refused(String position);
}
