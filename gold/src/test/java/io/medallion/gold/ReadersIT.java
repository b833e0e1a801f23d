package io.medallion.gold;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.gold.mart.GoldSettings;
import io.medallion.gold.merge.GoldMerge;
import io.medallion.gold.postgres.Postgres;
import io.medallion.gold.source.SilverRange;
import io.medallion.gold.status.LayerStatusSnapshot;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What readers see while gold makes rows again: right before its commit, when all of its work is
 * done, the numbers of before, without waiting; after it the new ones. Never a half.
 */
class ReadersIT {
  private static final List<SilverRow> BEFORE = new RandomEvents(21).take(80);
  private static final List<SilverRow> AFTER = new RandomEvents(22).take(120);
  private static final GoldSettings BOTS =
      new GoldSettings(RandomEvents.GAP / 2, GoldSettings.UNLIMITED, true, false);

  private Postgres postgres;

  @BeforeEach
  void merged() {
    postgres = TestPostgres.database();
    TestPostgres.migrate(postgres);
    try (GoldMerge gold = Fixtures.gold(postgres)) {
      gold.merge(
          Fixtures.inline(postgres, BEFORE),
          new SilverRange(GoldMerge.NOTHING_MERGED, 0),
          Fixtures.UNREAD,
          LayerStatusSnapshot.UNKNOWN);
    }
  }

  @Test
  void aMartMadeAnewIsSeenWhole() {
    seenWhole(BOTS, gold -> gold.fill(gold.outdated(), new PlainSilver(BEFORE), 0));
    assertEqual(new Oracle(BEFORE, BOTS.sessionGapMicros()), "after");
  }

  @Test
  void replacedDaysAreSeenWhole() {
    Set<LocalDate> days = new TreeSet<>();
    BEFORE.forEach(e -> days.add(day(e)));
    AFTER.forEach(e -> days.add(day(e)));
    seenWhole(
        Fixtures.SETTINGS,
        gold ->
            gold.replace(
                new PlainSilver(AFTER),
                days,
                List.of(),
                new SilverRange(0, 1),
                LayerStatusSnapshot.UNKNOWN));
    assertEqual(Oracle.ofPeople(AFTER), "after");
  }

  private void seenWhole(GoldSettings settings, Consumer<GoldMerge> work) {
    boolean[] looked = {false};
    GoldMerge.Commit commit =
        connection -> {
          assertEqual(Oracle.ofPeople(BEFORE), "before the commit");
          looked[0] = true;
          connection.commit();
        };
    try (GoldMerge gold = Fixtures.gold(postgres, Fixtures.TABLE, settings, commit)) {
      work.accept(gold);
    }
    assertThat(looked[0]).isTrue();
  }

  /** By a reader that fails where it had to wait for a lock. */
  private void assertEqual(Oracle oracle, String described) {
    Postgres reader =
        new Postgres(
            postgres.url() + "?options=-c%20lock_timeout=100ms",
            postgres.user(),
            postgres.password());
    new GoldContents(reader).assertEqual(oracle, described);
  }

  private static LocalDate day(SilverRow event) {
    return LocalDate.ofEpochDay(Math.floorDiv(event.time(), 86_400 * RandomEvents.SECOND));
  }
}
