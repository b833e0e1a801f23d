package io.medallion.gold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.gold.merge.GoldMerge;
import io.medallion.gold.postgres.Postgres;
import io.medallion.gold.source.SilverRange;
import io.medallion.gold.status.LayerStatusSnapshot;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What happens to Postgres while gold merges: real connections, real cuts, real restores. */
class LedgerFaultsIT {
  private static final int VERSIONS = 45;
  private static final List<CommitProxy.Cut> CUTS = List.of(CommitProxy.Cut.values());

  private final List<List<SilverRow>> versions = new ArrayList<>();
  private Postgres postgres;
  private GoldContents tables;

  @BeforeEach
  void start() {
    postgres = TestPostgres.database();
    TestPostgres.migrate(postgres);
    tables = new GoldContents(postgres);
    List<SilverRow> events = new RandomEvents(11).take(4 * VERSIONS);
    for (int i = 0; i < VERSIONS; i++) {
      versions.add(events.subList(4 * i, 4 * i + 4));
    }
  }

  @Test
  void aCommitWhoseAnswerIsLostIsInOnce() {
    Random random = new Random(5);
    int wanted = 0;
    try (CommitProxy proxy = new CommitProxy(TestPostgres.port())) {
      Postgres behind = new Postgres(proxy.url(postgres.url()), "postgres", null);
      try (GoldMerge gold = Fixtures.gold(behind)) {
        long position = gold.position();
        while (position < VERSIONS - 1) {
          CommitProxy.Cut cut = CUTS.get(random.nextInt(CUTS.size()));
          wanted += cut == CommitProxy.Cut.NEVER ? 0 : 1;
          proxy.cutNext(cut);
          position = mergeNext(gold, position);
        }
      }
      assertThat(proxy.cuts()).isEqualTo(wanted).isGreaterThan(10);
    }
    assertAllMerged();
  }

  /** In the middle of a merge, all of which is done but its commit. */
  @Test
  void aRestoreOfAnOlderStateWhileGoldMergesIsGoneOnFrom() {
    AtomicReference<String> restored = new AtomicReference<>();
    GoldMerge.Commit commit =
        connection -> {
          String copy = restored.getAndSet(null);
          if (copy != null) {
            restore(copy);
          }
          connection.commit();
        };
    try (GoldMerge gold = Fixtures.gold(postgres, Fixtures.TABLE, Fixtures.SETTINGS, commit)) {
      for (long at : new long[] {5, 20}) {
        mergeUpTo(gold, at);
        final String copy = copy();
        mergeUpTo(gold, at + 7);
        restored.set(copy);
        assertThat(mergeNext(gold, at + 7)).as("where gold goes on").isEqualTo(at);
      }
      mergeUpTo(gold, VERSIONS - 1);
    }
    assertAllMerged();
  }

  @Test
  void aRestoreOfAnOlderStateBeforeGoldStartsIsGoneOnFrom() {
    try (GoldMerge gold = Fixtures.gold(postgres)) {
      mergeUpTo(gold, 10);
    }
    String copy = copy();
    try (GoldMerge gold = Fixtures.gold(postgres)) {
      mergeUpTo(gold, 30);
    }
    restore(copy);
    try (GoldMerge gold = Fixtures.gold(postgres)) {
      assertThat(gold.position()).isEqualTo(10);
      mergeUpTo(gold, VERSIONS - 1);
    }
    assertAllMerged();
  }

  @Test
  void aDeadlockIsTriedAgain() throws Exception {
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try (GoldMerge gold = Fixtures.gold(postgres);
        Connection other = postgres.connect();
        Statement statement = other.createStatement()) {
      mergeNext(gold, mergeNext(gold, gold.position()));
      other.setAutoCommit(false);
      statement.execute("SET deadlock_timeout = '60s'");
      statement.execute("LOCK TABLE gold.event_counts");
      Future<Long> merging = thread.submit(() -> mergeNext(gold, 1));
      await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> !tables.rows(TestPostgres.WAITING).isEmpty());
      // Gold has the ledger and waits for the table; this waits for the ledger: gold gives way.
      statement.execute("SELECT * FROM gold.ledger FOR UPDATE");
      other.rollback();
      assertThat(merging.get()).isEqualTo(2);
      mergeUpTo(gold, VERSIONS - 1);
    } finally {
      thread.shutdownNow();
    }
    assertAllMerged();
  }

  @Test
  void aLockThatIsHeldTooLongIsWaitedForAnew() throws Exception {
    goesOnAfterWaiting("-c%20lock_timeout=300ms");
  }

  @Test
  void aStatementThatHangsIsGivenUpAndTriedAgain() throws Exception {
    goesOnAfterWaiting("-c%20lock_timeout=0%20-c%20statement_timeout=300ms");
  }

  /** Somebody's lock on a mart, until a second connection of gold's waits for it. */
  private void goesOnAfterWaiting(String options) throws Exception {
    Set<String> waiting = new HashSet<>();
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try (GoldMerge gold = Fixtures.gold(with(options));
        Connection other = postgres.connect();
        Statement statement = other.createStatement()) {
      mergeNext(gold, mergeNext(gold, gold.position()));
      other.setAutoCommit(false);
      statement.execute("LOCK TABLE gold.page_views");
      Future<Long> merging = thread.submit(() -> mergeNext(gold, 1));
      await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () -> {
                waiting.addAll(tables.rows(TestPostgres.WAITING));
                return waiting.size() >= 2;
              });
      assertThat(merging.isDone()).isFalse();
      other.rollback();
      assertThat(merging.get()).isEqualTo(2);
      mergeUpTo(gold, VERSIONS - 1);
    } finally {
      thread.shutdownNow();
    }
    assertAllMerged();
  }

  @Test
  void aLockThatIsNeverGivenEndsWithAnError() throws Exception {
    Postgres hasty = with("-c%20lock_timeout=100ms");
    try (GoldMerge gold = Fixtures.gold(hasty, Duration.ofSeconds(1));
        Connection other = postgres.connect();
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("LOCK TABLE gold.page_views");
      assertThatThrownBy(() -> mergeNext(gold, GoldMerge.NOTHING_MERGED))
          .isInstanceOfSatisfying(
              MedallionException.class,
              e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.POSTGRES_UNREACHABLE);
                assertThat(e.explain()).contains("lock timeout");
              });
    }
  }

  private Postgres with(String options) {
    return new Postgres(postgres.url() + "?options=" + options, "postgres", null);
  }

  private void mergeUpTo(GoldMerge gold, long version) {
    long position = gold.position();
    while (position < version) {
      position = mergeNext(gold, position);
    }
  }

  private long mergeNext(GoldMerge gold, long position) {
    return gold.merge(
        Fixtures.inline(postgres, versions.get((int) position + 1)),
        new SilverRange(position, position + 1),
        Fixtures.UNREAD,
        LayerStatusSnapshot.UNKNOWN);
  }

  /** The whole database, file by file. Nobody may connect to it meanwhile. */
  private String copy() {
    String name = database() + "_copy_" + System.nanoTime();
    Postgres server = TestPostgres.superuser("postgres");
    cutAll();
    TestPostgres.execute(server, "CREATE DATABASE " + name + " TEMPLATE " + database());
    return name;
  }

  private void restore(String copy) {
    Postgres server = TestPostgres.superuser("postgres");
    TestPostgres.execute(server, "DROP DATABASE " + database() + " WITH (FORCE)");
    TestPostgres.execute(server, "ALTER DATABASE " + copy + " RENAME TO " + database());
  }

  private void cutAll() {
    TestPostgres.execute(
        TestPostgres.superuser("postgres"),
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '%s'"
            .formatted(database()));
  }

  private String database() {
    return postgres.url().substring(postgres.url().lastIndexOf('/') + 1);
  }

  private void assertAllMerged() {
    List<SilverRow> all = new ArrayList<>();
    versions.forEach(all::addAll);
    tables.assertEqual(Oracle.ofPeople(all), "at the end");
    assertThat(tables.rows("SELECT silver_version, silver_rows FROM gold.ledger"))
        .containsExactly((VERSIONS - 1) + "|" + all.size());
  }
}
