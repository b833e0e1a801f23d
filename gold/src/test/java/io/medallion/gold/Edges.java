package io.medallion.gold;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** One visitor for each edge of a definition, and the sessions that its events must end in. */
final class Edges {
  /** Visitor, duration in microseconds and number of events of each session, as text. */
  static final List<String> SESSIONS =
      List.of(
          "bridged|7200000000|5",
          "days|180960000000|105",
          "equal|0|4",
          "joins|1800000000|2",
          "midnight|1|2",
          "splits|0|1",
          "splits|0|1",
          "windows|60000000|4");

  private static final long SECOND = RandomEvents.SECOND;
  private static final long MINUTE = 60 * SECOND;
  private static final long GAP = RandomEvents.GAP;
  private static final long MIDNIGHT =
      Instant.parse("2024-02-29T00:00:00Z").getEpochSecond() * SECOND;

  private Edges() {}

  static List<SilverRow> events() {
    List<SilverRow> events = new ArrayList<>();
    at(events, "joins", MIDNIGHT + MINUTE, MIDNIGHT + MINUTE + GAP);
    at(events, "splits", MIDNIGHT + MINUTE, MIDNIGHT + MINUTE + GAP + 1);
    // Three sessions, until the other two events come.
    long day = MIDNIGHT + 720 * MINUTE;
    at(events, "bridged", day, day + GAP, day + 2 * GAP, day + 3 * GAP, day + 4 * GAP);
    at(events, "equal", day, day, day, day);
    at(events, "midnight", MIDNIGHT - 1, MIDNIGHT);
    long edge = MIDNIGHT + 5 * MINUTE;
    at(events, "windows", edge - 1, edge, edge + 1, edge + MINUTE - 1);
    // Two nights without a pause of the gap.
    for (int i = 0; i <= 104; i++) {
      at(events, "days", MIDNIGHT - 60 * MINUTE + 29L * i * MINUTE);
    }
    return events;
  }

  private static void at(List<SilverRow> events, String visitor, long... times) {
    for (long time : times) {
      int n = events.size();
      events.add(Fixtures.view(visitor + " " + n, visitor, time, "/" + n));
    }
  }
}
