package io.medallion.gold;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.gold.merge.GoldMerge;
import io.medallion.gold.postgres.Postgres;
import io.medallion.gold.source.SilverRange;
import io.medallion.gold.status.LayerStatusSnapshot;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What gold has of a site is what a gold of that site alone has, in every table and view. */
class AllSitesIT {
  private static final String SITE = "Europe/Berlin";

  @Test
  void aSitesRowsAreThoseOfTheSiteAlone() {
    List<SilverRow> events = new ArrayList<>(new RandomEvents(21).take(500));
    long newest = events.stream().mapToLong(SilverRow::kafkaTime).max().orElseThrow();
    // Up to when numbers are complete does not depend on the others.
    events.add(
        TestEvent.event("newest", newest + 1).site(SITE).type("page_view").page("/").silver());
    Postgres all = filled(events);
    Postgres alone = filled(events.stream().filter(e -> e.site().equals(SITE)).toList());
    List<String> relations =
        TestPostgres.rows(
            all,
            "SELECT table_name FROM information_schema.columns WHERE table_schema = 'gold'"
                + " AND column_name = 'site'");
    assertThat(relations).hasSizeGreaterThan(30);
    List<String> empty = new ArrayList<>();
    for (String relation : relations) {
      List<String> own =
          TestPostgres.rows(
              all, "SELECT * FROM gold.\"%s\" WHERE site = '%s'".formatted(relation, SITE));
      assertThat(own)
          .as(relation)
          .containsExactlyInAnyOrderElementsOf(
              TestPostgres.rows(alone, "SELECT * FROM gold.\"%s\"".formatted(relation)));
      if (own.isEmpty()) {
        empty.add(relation);
      }
    }
    assertThat(empty).isSubsetOf("user_events", "identities", "identity_days", "purchase_bursts");
    TestPostgres.drop(all);
    TestPostgres.drop(alone);
  }

  private static Postgres filled(List<SilverRow> events) {
    Postgres postgres = TestPostgres.database();
    TestPostgres.migrate(postgres);
    try (GoldMerge gold = Fixtures.gold(postgres)) {
      gold.merge(
          Fixtures.inline(postgres, events),
          new SilverRange(-1, 0),
          Fixtures.UNREAD,
          LayerStatusSnapshot.UNKNOWN);
    }
    return postgres;
  }
}
