package io.medallion.gold;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.gold.mart.GoldSettings;
import io.medallion.gold.merge.GoldMerge;
import io.medallion.gold.postgres.Postgres;
import io.medallion.gold.source.SilverRange;
import io.medallion.gold.status.LayerStatusSnapshot;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What windows say about whether they may still change. */
class WatermarkIT {
  private static final long MINUTE = 60 * RandomEvents.SECOND;
  private static final long DAY = 1_440 * MINUTE;

  /** The views of windows, and what stands in them next to the window. */
  private static final Map<String, String> WINDOWS =
      Map.of(
          "page_view_counts", "page, view_count",
          "event_counts_by_minute", "event_type, country, events",
          "revenue_by_minute", "currency, orders, revenue",
          "active_user_counts", "active_users");

  /** A window ends; then comes an event by Kafka's clock: what it leaves open, and what not. */
  @Test
  void windowsMayChangeUpToTheWatermark() {
    long end = Instant.parse("2024-03-01T12:01:00Z").getEpochSecond() * 1_000_000;
    for (long lateness : new long[] {GoldSettings.UNLIMITED, 0, 1, 600_000_000L, 40 * DAY}) {
      long bound = lateness == GoldSettings.UNLIMITED ? 2 * MINUTE : lateness;
      assertThat(mayChange(end, end + bound - 1, lateness)).as("%d, before", lateness).isTrue();
      assertThat(mayChange(end, end + bound, lateness)).as("%d, at", lateness).isFalse();
    }
  }

  /** Of the last window with an event, as all four marts have it. */
  private static boolean mayChange(long end, long present, long lateness) {
    Postgres apart = TestPostgres.database();
    TestPostgres.migrate(apart);
    List<SilverRow> events =
        List.of(
            Fixtures.view("a", "v", end - 1, "/a"),
            Fixtures.purchase("b", "v", end - 1, BigDecimal.ONE),
            // Crawlers are no rows of a mart, and move Kafka's clock all the same.
            Fixtures.crawler("c", present));
    GoldSettings settings = new GoldSettings(RandomEvents.GAP, lateness, false, false);
    try (GoldMerge gold = Fixtures.gold(apart, Fixtures.TABLE, settings)) {
      gold.merge(
          Fixtures.inline(apart, events),
          new SilverRange(-1, 0),
          Fixtures.UNREAD,
          LayerStatusSnapshot.UNKNOWN);
    }
    List<String> flags =
        WINDOWS.keySet().stream()
            .map(
                view ->
                    TestPostgres.rows(
                            apart,
                            "SELECT DISTINCT may_change FROM gold.%s WHERE window_end = '%s'"
                                .formatted(view, Instant.ofEpochSecond(end / 1_000_000)))
                        .toString())
            .distinct()
            .toList();
    assertThat(flags).containsAnyOf("[t]", "[f]").hasSize(1);
    return flags.get(0).equals("[t]");
  }

  /** Events in the order of Kafka's clock: what is called complete stays as it is, row for row. */
  @Test
  void whatIsCalledCompleteStaysAsItIs() {
    Postgres apart = TestPostgres.database();
    TestPostgres.migrate(apart);
    List<SilverRow> events = new ArrayList<>(new RandomEvents(88).take(299));
    events.sort(Comparator.comparingLong(SilverRow::kafkaTime));
    long last = events.get(events.size() - 1).kafkaTime();
    events.add(TestEvent.event("newest", last + 1).type("page_view").page("/").silver());
    GoldSettings settings = new GoldSettings(RandomEvents.GAP, 2 * MINUTE, false, false);
    Map<String, List<String>> complete = new LinkedHashMap<>();
    try (GoldMerge gold = Fixtures.gold(apart, Fixtures.TABLE, settings)) {
      assertThat(TestPostgres.rows(apart, "SELECT watermark FROM gold.watermark")).isEmpty();
      for (int from = 0; from < events.size(); from += 15) {
        gold.merge(
            List.of(
                gold.stage(TestSpark.silver(TestSpark.session(), events.subList(from, from + 15)))),
            new SilverRange(from / 15 - 1, from / 15),
            Fixtures.UNREAD,
            LayerStatusSnapshot.UNKNOWN);
        String watermark = TestPostgres.rows(apart, "SELECT watermark FROM gold.watermark").get(0);
        complete.put(watermark, windows(apart, "NOT may_change"));
      }
    }
    assertThat(complete).hasSizeGreaterThan(10);
    complete.forEach(
        (watermark, rows) ->
            assertThat(windows(apart, "window_end <= '" + watermark + "'"))
                .as("at " + watermark)
                .isEqualTo(rows));
    assertThat(windows(apart, "may_change")).isNotEmpty();
  }

  private static List<String> windows(Postgres postgres, String which) {
    return WINDOWS.entrySet().stream()
        .flatMap(
            view ->
                TestPostgres.rows(
                    postgres,
                    "SELECT '%1$s', window_end, %2$s FROM gold.%1$s WHERE %3$s"
                        .formatted(view.getKey(), view.getValue(), which))
                    .stream())
        .toList();
  }

  @Test
  void beforeTheFirstEventNothingIsComplete() {
    Postgres apart = TestPostgres.database();
    TestPostgres.migrate(apart);
    try (GoldMerge gold = Fixtures.gold(apart)) {
      gold.merge(
          Fixtures.inline(apart, List.of()),
          new SilverRange(-1, 0),
          Fixtures.UNREAD,
          LayerStatusSnapshot.UNKNOWN);
    }
    assertThat(TestPostgres.rows(apart, "SELECT watermark FROM gold.watermark"))
        .containsExactly("null");
  }
}
