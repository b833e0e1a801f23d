package io.medallion.dashboard.api;

import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/** Questions about what is beneath gold: {@code explain/MART}, {@code quarantine}. */
final class LakeApi {
  private static final String EXPLAIN = "explain/";
  private static final String QUARANTINE = "quarantine";
  private static final int EVENTS_NAMED = 20;
  private static final int MOST_EVENTS = 1_000;

  private final LakeReader lake;

  LakeApi(LakeReader lake) {
    this.lake = lake;
  }

  /** Whether a question at that path, behind the API's own, reads the lake. */
  static boolean answers(String path) {
    return path.startsWith(EXPLAIN) || path.startsWith(QUARANTINE);
  }

  /**
   * JSON; empty if there is nothing at that path.
   *
   * @param path behind the API's own
   * @throws ApiException if the question is none, or the lake cannot be read
   */
  Optional<String> answer(String path, Map<String, String> parameters) throws ApiException {
    try {
      if (path.startsWith(EXPLAIN)) {
        int most = most(parameters.remove("limit"));
        return Optional.of(lake.lineage(path.substring(EXPLAIN.length()), parameters, most));
      }
      if (path.equals(QUARANTINE)) {
        Optional<LocalDate> from = day(parameters.remove("from"));
        Optional<LocalDate> to = day(parameters.remove("to"));
        Optional<String> reason = Optional.ofNullable(parameters.remove("reason"));
        requireNone(parameters);
        return Optional.of(lake.quarantined(from, to, reason));
      }
      if (path.startsWith(QUARANTINE + "/")) {
        requireNone(parameters);
        return Optional.of(lake.refused(path.substring(QUARANTINE.length() + 1)));
      }
      return Optional.empty();
    } catch (TimeoutException e) {
      throw new ApiException(503, String.valueOf(e.getMessage()), "Ask again in a minute.");
    } catch (MedallionException e) {
      int status = e.code() == ErrorCode.USAGE ? 400 : 503;
      throw new ApiException(status, e.problem(), e.reason() + " " + e.remedy());
    }
  }

  private static void requireNone(Map<String, String> parameters) throws ApiException {
    if (!parameters.isEmpty()) {
      throw new ApiException(
          400,
          "There is no parameter '%s'".formatted(parameters.keySet().iterator().next()),
          "See /api/openapi.json.");
    }
  }

  private static int most(String limit) throws ApiException {
    if (limit == null) {
      return EVENTS_NAMED;
    }
    if (!limit.matches("[0-9]{1,4}") || Integer.parseInt(limit) > MOST_EVENTS) {
      throw new ApiException(
          400,
          "limit is '%s'".formatted(limit),
          "Give a number from 0 to %d.".formatted(MOST_EVENTS));
    }
    return Integer.parseInt(limit);
  }

  private static Optional<LocalDate> day(String text) throws ApiException {
    try {
      return Optional.ofNullable(text).map(LocalDate::parse);
    } catch (DateTimeParseException e) {
      throw new ApiException(400, "'%s' is no day".formatted(text), "Write it as 2026-03-01.");
    }
  }
}
