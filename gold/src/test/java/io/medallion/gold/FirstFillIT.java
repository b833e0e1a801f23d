package io.medallion.gold;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.common.config.Configuration;
import io.medallion.gold.mart.GoldSettings;
import io.medallion.gold.merge.GoldMerge;
import io.medallion.gold.merge.Retention;
import io.medallion.gold.postgres.Postgres;
import io.medallion.gold.read.GoldLedger;
import io.medallion.gold.read.GoldReader;
import io.medallion.gold.read.GoldSnapshot;
import io.medallion.gold.source.SilverHistory;
import io.medallion.gold.stage.Staging;
import io.medallion.gold.status.LayerStatusSnapshot;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A gold that begins with a silver that has history: in parts, each of which is there to stay. */
class FirstFillIT {
  private static final long SEED = Long.getLong("test.first.seed", System.nanoTime());
  private static final long VERSION = 12;
  private static final String PROGRESS =
      "SELECT silver_version, filling_version, filling_files, filling_files_linked,"
          + " filling_files_merged FROM gold.ledger";
  private static final GoldSettings SETTINGS =
      new GoldSettings(RandomEvents.GAP, GoldSettings.UNLIMITED, false, true, People.STITCHING);

  private final Random random = new Random(SEED);
  private final List<SilverRow> events =
      People.identified(new RandomEvents(SEED).take(270), random);
  private final Retention retention = Fixtures.retention(random);

  /** A process that dies. */
  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  @Test
  void killedBeforeAndAfterEveryCommitItGoesOnAndTheRowsAreTheSame() {
    Postgres disturbed = migrated();
    SilverFiles silver = new SilverFiles(events, Fixtures.TABLE);
    AtomicInteger commits = new AtomicInteger();
    GoldMerge.Commit commit =
        connection -> {
          boolean before = commits.getAndIncrement() % 2 == 0;
          if (!before) {
            connection.commit();
          }
          throw new Killed();
        };
    long version = GoldMerge.NOTHING_MERGED;
    int deaths = 0;
    while (version == GoldMerge.NOTHING_MERGED) {
      List<Integer> before = progress(disturbed);
      List<Integer> reads = silver.readsOf(SilverFiles.FILES);
      try (GoldMerge gold = open(disturbed, Fixtures.TABLE, SETTINGS, commit)) {
        version = fill(gold, silver, VERSION);
      } catch (Killed e) {
        deaths++;
      }
      assertNotReadAgain(before, reads, silver.readsOf(SilverFiles.FILES));
    }
    // Begin, at least three parts of each pass, and the end.
    assertThat(deaths).as("seed " + SEED).isEqualTo(commits.get()).isGreaterThanOrEqualTo(2 * 8);
    assertSame(disturbed, silver, SETTINGS);
  }

  /** What is in of this pass; if that is the second one, all of the first. */
  private static void assertNotReadAgain(
      List<Integer> progress, List<Integer> before, List<Integer> after) {
    if (progress.isEmpty()) {
      return;
    }
    int linked = progress.get(3);
    int in = linked == SilverFiles.FILES ? progress.get(4) : linked;
    assertThat(after.subList(0, in)).as("seed " + SEED).isEqualTo(before.subList(0, in));
  }

  @Test
  void stoppedInBetweenItIsNotCompleteAndGoesOn() {
    Postgres postgres = migrated();
    SilverFiles silver = new SilverFiles(events, Fixtures.TABLE);
    stopInside(postgres, Fixtures.TABLE, SETTINGS, silver);
    assertToldAsIncomplete(postgres);
    List<Integer> reads = silver.readsOf(progress(postgres).get(4));
    try (GoldMerge gold = open(postgres, Fixtures.TABLE, SETTINGS, Connection::commit)) {
      assertThat(fill(gold, silver, VERSION + 5)).isEqualTo(VERSION);
    }
    assertThat(silver.readsOf(reads.size())).as("seed " + SEED).isEqualTo(reads);
    assertSame(postgres, silver, SETTINGS);
  }

  /** What status, clean-up and verify go by. */
  private static void assertToldAsIncomplete(Postgres postgres) {
    Configuration configuration =
        Configuration.builder()
            .flag("postgres.url", postgres.url())
            .flag("postgres.reader.user", "postgres")
            .build();
    try (GoldReader reader = GoldReader.of(configuration)) {
      GoldLedger ledger = reader.ledger().orElseThrow();
      assertThat(ledger.filling())
          .hasValue(new GoldLedger.Filling(VERSION, SilverFiles.FILES, progress(postgres).get(4)));
      assertThat(ledger.reads()).isEqualTo(VERSION);
    }
    assertThat(GoldSnapshot.take(configuration)).isEmpty();
    assertThat(GoldSnapshot.withoutLedger(configuration)).isEmpty();
  }

  @Test
  void aVersionThatIsGoneIsBegunAgainWithTheNewest() {
    Postgres postgres = migrated();
    SilverFiles old = new SilverFiles(events, Fixtures.TABLE);
    stopInside(postgres, Fixtures.TABLE, SETTINGS, old);
    List<SilverRow> later = new ArrayList<>(events);
    later.subList(0, 30).clear();
    goesOnWith(postgres, SETTINGS, new SilverFiles(later, Fixtures.TABLE), true);
  }

  @Test
  void anotherSilverTableIsBegunWith() {
    Postgres postgres = migrated();
    stopInside(postgres, "old-table", SETTINGS, new SilverFiles(events, "old-table"));
    goesOnWith(postgres, SETTINGS, new SilverFiles(events.subList(30, 270), Fixtures.TABLE), false);
  }

  @Test
  void otherDefinitionsAreBegunWith() {
    Postgres postgres = migrated();
    SilverFiles silver = new SilverFiles(events, Fixtures.TABLE);
    stopInside(postgres, Fixtures.TABLE, SETTINGS, silver);
    GoldSettings bots =
        new GoldSettings(RandomEvents.GAP, GoldSettings.UNLIMITED, true, true, People.STITCHING);
    goesOnWith(postgres, bots, silver, false);
  }

  private void goesOnWith(
      Postgres postgres, GoldSettings settings, SilverFiles silver, boolean gone) {
    silver.setGone(gone);
    try (GoldMerge gold = open(postgres, Fixtures.TABLE, settings, Connection::commit)) {
      assertThat(fill(gold, silver, VERSION + 1)).isEqualTo(VERSION + 1);
    }
    silver.setGone(false);
    assertSame(postgres, silver, settings);
  }

  /** After some parts of the marts. */
  private void stopInside(
      Postgres postgres, String table, GoldSettings settings, SilverFiles silver) {
    try (GoldMerge gold = open(postgres, table, settings, Connection::commit)) {
      gold.fill(
          silver,
          VERSION,
          version -> LayerStatusSnapshot.UNKNOWN,
          () -> !progress(postgres).isEmpty() && progress(postgres).get(4) > 0);
      assertThat(gold.version()).isEqualTo(GoldMerge.NOTHING_MERGED);
    }
    assertThat(progress(postgres).get(1)).isEqualTo((int) VERSION);
    assertThat(progress(postgres).get(4)).isBetween(1, SilverFiles.FILES - 1);
    assertThat(TestPostgres.rows(postgres, "SELECT count(*) FROM gold.layer_status"))
        .containsExactly("0");
  }

  private static long fill(GoldMerge gold, SilverHistory silver, long newest) {
    return gold.fill(silver, newest, version -> LayerStatusSnapshot.UNKNOWN, () -> false);
  }

  /** Nothing before the first transaction; a version that is null is one before all others. */
  private static List<Integer> progress(Postgres postgres) {
    return TestPostgres.rows(postgres, PROGRESS).stream()
        .flatMap(row -> List.of(row.replace("null", "-2").split("\\|", -1)).stream())
        .map(Integer::valueOf)
        .toList();
  }

  private GoldMerge open(
      Postgres postgres, String table, GoldSettings settings, GoldMerge.Commit commit) {
    Staging staging = new Staging(TestMarts.of(settings), postgres, random.nextInt(3_000), 100_000);
    return new GoldMerge(postgres, table, staging, retention, commit, Duration.ofSeconds(20));
  }

  private static Postgres migrated() {
    Postgres postgres = TestPostgres.database();
    TestPostgres.migrate(postgres);
    return postgres;
  }

  /** Every row of every table of a gold that was left alone. */
  private void assertSame(Postgres disturbed, SilverFiles silver, GoldSettings settings) {
    Postgres plain = migrated();
    int version = progress(disturbed).get(0);
    try (GoldMerge gold = open(plain, Fixtures.TABLE, settings, Connection::commit)) {
      assertThat(fill(gold, silver, version)).isEqualTo(version);
    }
    Map<String, List<String>> rows = new GoldContents(plain).everyRow();
    assertThat(rows).containsKeys("sessions", "identity_days", "user_events", "silver_days");
    assertThat(new GoldContents(disturbed).everyRow()).as("seed " + SEED).isEqualTo(rows);
    if (settings.equals(SETTINGS)) {
      List<SilverRow> all = silver.events();
      List<SilverRow> people = all.stream().filter(event -> !event.bot()).toList();
      new GoldContents(disturbed)
          .assertEqual(
              new Oracle(new People(all).counted(people), RandomEvents.GAP), "seed " + SEED);
    }
  }
}
