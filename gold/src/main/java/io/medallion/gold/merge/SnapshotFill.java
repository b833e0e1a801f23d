package io.medallion.gold.merge;

import io.medallion.gold.alert.AlertJudge;
import io.medallion.gold.mart.Counts;
import io.medallion.gold.mart.EventFilter;
import io.medallion.gold.mart.Identities;
import io.medallion.gold.source.SilverHistory;
import io.medallion.gold.stage.Staging;
import io.medallion.lakehouse.layer.Prefetcher;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings silver as of a version into marts that have merged nothing, part by part. A part is a
 * transaction that also notes in the ledger how many files are in, so that whoever comes after a
 * crash goes on behind them. Who is who is learnt before anything is counted, because that is
 * cheaper than to move rows; that pass is in parts, too.
 */
final class SnapshotFill {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotFill.class);
  private static final long ELSEWHERE = Long.MIN_VALUE;
  private static final EventFilter LEARNING = new EventFilter.Learning(EventFilter.ALL);

  /** Learns nothing: that is done. */
  private static final EventFilter COUNTING = new EventFilter.ButOf(EventFilter.ALL, Set.of());

  /** What was made of some files. */
  private record Part(int files, Staging.Result rows) {}

  private final MergeTransactions transactions;
  private final Staging staging;
  private final GoldMerge.Commit commit;
  private final AlertJudge alerts;
  private final boolean asksGold;

  /**
   * @param asksGold whether gold is there and knows who is who, so that nobody has to learn it
   *     again
   */
  SnapshotFill(
      MergeTransactions transactions,
      Staging staging,
      GoldMerge.Commit commit,
      AlertJudge alerts,
      boolean asksGold) {
    this.asksGold = asksGold;
    this.transactions = transactions;
    this.staging = staging;
    this.commit = commit;
    this.alerts = alerts;
  }

  /**
   * Goes on with the version that was begun, or begins with another where that cannot be read any
   * more or was counted by other definitions.
   *
   * @param newest the version to begin with
   * @param stopping whether to stop before the next part
   * @return the version and how much of it is in; empty if the ledger stands at a version
   */
  Optional<FillProgress> run(SilverHistory silver, long newest, BooleanSupplier stopping) {
    long version = begun(silver).orElse(newest);
    while (true) {
      Optional<FillProgress> at = begin(silver, version);
      if (at.isEmpty() || at.get().isWhole() || stopping.getAsBoolean()) {
        return at;
      }
      version = at.get().version();
      merge(silver.snapshot(version, at.get().read()), at.get(), stopping);
    }
  }

  private Optional<Long> begun(SilverHistory silver) {
    AtomicReference<Optional<FillProgress>> found = new AtomicReference<>();
    transactions.run(
        (merge, ledger) -> {
          found.set(ledger.isOf(staging.marts()) ? ledger.progress() : Optional.empty());
          return GoldMerge.NOTHING_MERGED;
        });
    return found
        .get()
        .filter(at -> at.silverTable().equals(silver.tableId()))
        .filter(at -> silver.holds(at.version(), at.read()))
        .map(FillProgress::version);
  }

  private Optional<FillProgress> begin(SilverHistory silver, long version) {
    AtomicReference<Optional<FillProgress>> at = new AtomicReference<>();
    transactions.run(
        (merge, ledger) -> {
          long stands = ledger.lock();
          Optional<FillProgress> found = ledger.progress();
          if (stands == GoldMerge.NOTHING_MERGED && !goesOn(ledger, found, silver, version)) {
            ledger.reset();
            ledger.lock();
            ledger.checkDefinitions(staging.marts(), true);
            merge.empty(staging.marts());
            alerts.forget(merge.connection());
            found =
                Optional.of(
                    takeOver(merge, ledger, silver).orElseGet(() -> first(silver, version)));
            ledger.note(found.get(), new Counts());
            commit.run(merge.connection());
          }
          at.set(found);
          return stands;
        });
    return at.get();
  }

  /** A mart that is left out from here on, as one that failed, keeps no other from going on. */
  private boolean goesOn(
      Ledger ledger, Optional<FillProgress> found, SilverHistory silver, long version)
      throws SQLException {
    if (found.isEmpty()) {
      return false;
    }
    FillProgress at = found.get();
    boolean ofTable = at.silverTable().equals(silver.tableId());
    boolean ofMarts = ledger.isOf(staging.marts());
    if (ofTable && ofMarts && at.version() == version) {
      ledger.forgetOthers(staging.marts());
      return true;
    }
    LOG.warn(
        "What is in of version {} of silver, {} of {} files, is dropped: {}",
        at.version(),
        at.merged(),
        at.files(),
        !ofTable
            ? "silver is another table"
            : ofMarts ? "that version cannot be read any more" : "marts are defined otherwise");
    return false;
  }

  /** Begins with the version that gold has merged, by what gold knows as of it of who is who. */
  private Optional<FillProgress> takeOver(MergeSession merge, Ledger ledger, SilverHistory silver)
      throws SQLException {
    Optional<Identities> identities = staging.marts().identities().filter(any -> asksGold);
    OptionalLong version =
        identities.isPresent()
            ? ledger.takeOver(identities.get(), staging.marts())
            : OptionalLong.empty();
    if (version.isEmpty()) {
      return Optional.empty();
    }
    if (!silver.holds(version.getAsLong(), 0)) {
      merge.empty(staging.marts());
      return Optional.empty();
    }
    int files = files(silver, version.getAsLong());
    return Optional.of(new FillProgress(silver.tableId(), version.getAsLong(), files, files, 0));
  }

  private FillProgress first(SilverHistory silver, long version) {
    int files = files(silver, version);
    boolean linking = staging.marts().identities().isPresent();
    return new FillProgress(silver.tableId(), version, files, linking ? 0 : files, 0);
  }

  private static int files(SilverHistory silver, long version) {
    return silver.snapshot(version, 0).stream().mapToInt(SilverHistory.Chunk::files).sum();
  }

  /** Until these are in, or the ledger stands elsewhere, as where staged rows were gone. */
  private void merge(
      List<SilverHistory.Chunk> chunks, FillProgress from, BooleanSupplier stopping) {
    boolean counting = from.isLinked();
    FillProgress at = from;
    try (Prefetcher<SilverHistory.Chunk, Part> ahead =
        Staging.ahead(chunks, chunk -> new Part(chunk.files(), stage(chunk, counting)))) {
      for (List<Part> ready = ahead.next();
          !ready.isEmpty() && !stopping.getAsBoolean();
          ready = ahead.next()) {
        FillProgress next = at.plus(ready.stream().mapToInt(Part::files).sum());
        if (!merge(ready.stream().map(Part::rows).toList(), at, next)) {
          return;
        }
        at = next;
        LOG.info(
            "Of {} files of version {} of silver, {} are {}",
            at.files(),
            at.version(),
            counting ? at.merged() : at.linked(),
            counting ? "merged" : "read for who is who");
      }
    }
  }

  private Staging.Result stage(SilverHistory.Chunk chunk, boolean counting) {
    return transactions.stage(
        () ->
            counting ? staging.run(chunk.rows(), COUNTING) : staging.learn(chunk.rows(), LEARNING));
  }

  private boolean merge(List<Staging.Result> staged, FillProgress from, FillProgress to) {
    Counts counts = new Counts();
    if (from.isLinked()) {
      staged.forEach(rows -> counts.add(rows.counts()));
    }
    long merged =
        transactions.run(
            (merge, ledger) -> {
              ledger.lock();
              if (!ledger.progress().equals(Optional.of(from))) {
                LOG.info("The ledger does not stand at {}", from);
                merge.discard(staged);
                return ELSEWHERE;
              }
              merge.keep(RetentionBounds.EVERYTHING);
              if (from.isLinked()) {
                merge.merge(staged);
              } else {
                merge.observe(staged);
                if (to.isLinked()) {
                  merge.judgeAll();
                }
              }
              ledger.note(to, counts);
              commit.run(merge.connection());
              return to.version();
            });
    return merged == to.version();
  }
}
