package io.medallion.gold.merge;

import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.error.MedallionException;
import io.medallion.gold.alert.AlertJudge;
import io.medallion.gold.alert.AlertTables;
import io.medallion.gold.define.DeclaredMarts;
import io.medallion.gold.define.MartDefinition;
import io.medallion.gold.mart.Counts;
import io.medallion.gold.mart.EventFilter;
import io.medallion.gold.mart.GoldSettings;
import io.medallion.gold.mart.Identities;
import io.medallion.gold.mart.MartFailed;
import io.medallion.gold.mart.Marts;
import io.medallion.gold.mart.ReplacedRanges;
import io.medallion.gold.mart.SilverDays;
import io.medallion.gold.mart.TimeRange;
import io.medallion.gold.postgres.Migrations;
import io.medallion.gold.postgres.Postgres;
import io.medallion.gold.source.SilverHistory;
import io.medallion.gold.source.SilverRange;
import io.medallion.gold.stage.Staging;
import io.medallion.gold.status.LayerStatus;
import io.medallion.gold.status.LayerStatusSnapshot;
import io.medallion.lakehouse.layer.Prefetcher;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Merges silver into Postgres: whole versions, each exactly once, whatever is tried again.
 *
 * <p>A merge is one transaction that moves the ledger from the version before to the version after.
 * Where the ledger does not stand at the version before, nothing is done: the batch is in already,
 * another gold was faster, or Postgres was restored to an earlier state. The caller then goes on
 * from where the ledger stands:
 *
 * <pre>{@code
 * try (GoldMerge gold = GoldMerge.open(configuration, silver.tableId())) {
 *   long position = gold.position();
 *   while (position < latest) {
 *     SilverRange range = new SilverRange(position, latest);
 *     position = gold.merge(List.of(gold.stage(rows(range))), range, silver, status);
 *   }
 * }
 * }</pre>
 *
 * <p>Not thread-safe, but for {@link #stage}, which may run next to a merge. Holds a connection
 * until closed.
 */
public final class GoldMerge implements AutoCloseable {
  /** The position of a gold that is empty: before the first version of any table. */
  public static final long NOTHING_MERGED = -1;

  /** The schema of what readers see. */
  static final String MAIN = "gold";

  private static final Logger LOG = LoggerFactory.getLogger(GoldMerge.class);

  /** How long a merge goes on trying while Postgres is away. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /** The one step after which a merge is in; tests let it fail before or after. */
  @FunctionalInterface
  public interface Commit {
    void run(Connection connection) throws SQLException;
  }

  private final MergeTransactions transactions;
  private final Marts marts;
  private final Staging staging;
  private final Retention retention;
  private final Commit commit;
  private final String schema;
  private final AlertJudge alerts;
  private final boolean asksGold;
  private volatile Map<String, Long> links = Map.of();
  private Map<String, Long> refusals = Map.of();

  public GoldMerge(
      Postgres postgres,
      String silverTable,
      Staging staging,
      Retention retention,
      Commit commit,
      Duration patience) {
    this(postgres, silverTable, staging, retention, commit, patience, MAIN, AlertJudge.NONE, false);
  }

  private GoldMerge(
      Postgres postgres,
      String silverTable,
      Staging staging,
      Retention retention,
      Commit commit,
      Duration patience,
      String schema,
      AlertJudge alerts,
      boolean asksGold) {
    this.marts = staging.marts();
    this.asksGold = asksGold;
    this.schema = schema;
    this.alerts = alerts;
    this.transactions =
        new MergeTransactions(postgres, marts, silverTable, patience, schema, alerts);
    this.staging = staging;
    this.retention = retention;
    this.commit = commit;
  }

  /**
   * Connects, and brings the schema to this program's version and to what is declared.
   *
   * @param configuration where Postgres is, as whom, and what gold counts
   * @param declared the marts that files declare; those whose table is another one's are left out
   *     until they are filled
   * @param silverTableId the id of the silver table that will be merged
   * @throws MedallionException if Postgres cannot be reached or used in time, or its schema is
   *     newer than this program
   */
  public static GoldMerge open(
      Configuration configuration, DeclaredMarts declared, String silverTableId) {
    Duration timeout = configuration.get(Keys.POSTGRES_START_TIMEOUT);
    Postgres owner = Postgres.owner(configuration);
    Postgres writer = Postgres.writer(configuration);
    GoldSettings settings = GoldSettings.from(configuration);
    Set<String> ready;
    Map<String, Long> refusals;
    AlertJudge alerts;
    String reader = configuration.get(Keys.POSTGRES_READER_USER);
    try (Connection connection = owner.connect(timeout)) {
      Migrations.run(connection, writer.user(), reader, MartTables.of(declared));
      MartTables tables = new MartTables(connection);
      ready = tables.ready(declared, settings);
      boolean filling = ready.size() < declared.definitions().size();
      alerts = AlertTables.update(connection, declared.definitions(), filling, configuration);
      refusals = tables.refusals();
      connection.commit();
    } catch (SQLException e) {
      throw owner.failed(e);
    }
    writer.closeQuietly(writer.connect(timeout));
    List<MartDefinition> kept =
        declared.definitions().stream().filter(mart -> ready.contains(mart.name())).toList();
    Staging staging = new Staging(Marts.of(settings, DeclaredMarts.relations(kept, MAIN)), writer);
    GoldMerge merge =
        new GoldMerge(
            writer,
            silverTableId,
            staging,
            Retention.from(configuration),
            Connection::commit,
            PATIENCE,
            MAIN,
            alerts,
            false);
    merge.refusals = refusals;
    return merge;
  }

  /**
   * The same for marts that are being filled: with tables and a ledger of their own, out of
   * readers' sight.
   *
   * @param filling those, for which {@link MartTables#begin} has made tables
   */
  public static GoldMerge filling(
      Configuration configuration, Filling filling, String silverTableId) {
    Postgres writer = Postgres.writer(configuration);
    return new GoldMerge(
        writer,
        silverTableId,
        new Staging(filling.marts(), writer),
        Retention.from(configuration),
        Connection::commit,
        PATIENCE,
        Filling.SCHEMA,
        AlertJudge.NONE,
        !filling.isWhole());
  }

  /** The ids that are linked, and those refused, by reason, as of the last merge that read them. */
  public Map<String, Long> links() {
    return links;
  }

  /** How many files of marts and views are {@code refused}, and how many {@code failed}. */
  public Map<String, Long> refusals() {
    return refusals;
  }

  /** What judges alerts in its merges. */
  public AlertJudge alerts() {
    return alerts;
  }

  /** The marts that it merges. */
  public Marts marts() {
    return marts;
  }

  /**
   * The last silver version that is merged, {@link #NOTHING_MERGED} if there is none.
   *
   * @throws MedallionException if gold was made from another silver table, or by other definitions
   *     than this configuration's
   */
  public long position() {
    return transactions.run(
        (merge, ledger) -> {
          long version = ledger.version();
          if (version != NOTHING_MERGED) {
            ledger.checkDefinitions(marts.only(ledger.definitions().keySet()), false);
          }
          return version;
        });
  }

  /** The same, whatever the marts were made with. */
  public long version() {
    return transactions.run((merge, ledger) -> ledger.version());
  }

  /** Judges alerts by rows that no merge has brought, but a swap. */
  public void judge() {
    transactions.run(
        (merge, ledger) -> {
          long version = ledger.lock();
          alerts.judge(merge.connection());
          commit.run(merge.connection());
          return version;
        });
  }

  /** Whether there is nothing yet that readers may take for complete, of whichever silver. */
  public boolean isEmpty() {
    return transactions.run((merge, ledger) -> ledger.isEmpty() ? 1 : 0) == 1;
  }

  /**
   * The marts of a gold in use that its rows are not right for: new ones, those just switched on,
   * and those made by another definition than this configuration's and this program's.
   */
  public Set<String> outdated() {
    Set<String> outdated = new TreeSet<>();
    transactions.run(
        (merge, ledger) -> {
          outdated.clear();
          if (ledger.version() != NOTHING_MERGED) {
            Map<String, String> kept = ledger.definitions();
            marts
                .definitions()
                .forEach(
                    (mart, definition) -> {
                      if (!definition.equals(kept.get(mart))) {
                        outdated.add(mart);
                      }
                    });
          }
          return NOTHING_MERGED;
        });
    return outdated;
  }

  /**
   * Makes some marts again, by this configuration's definitions, from silver as the ledger has it.
   * Readers see their old rows until the new ones are complete.
   *
   * @param names of the marts
   * @param silver the table
   * @param version where the ledger stands; if it does not any more, nothing is done
   * @return where it stands
   */
  public long fill(Set<String> names, SilverHistory silver, long version) {
    Marts again = marts.only(names);
    List<SilverHistory.Chunk> chunks = silver.snapshot(version, 0);
    return transactions.run(
        (merge, ledger) -> {
          long stands = ledger.lock();
          if (stands != version) {
            return stands;
          }
          RetentionBounds bounds = ledger.bounds();
          merge.keep(RetentionBounds.EVERYTHING);
          merge.empty(again);
          ledger.checkDefinitions(again, true);
          if (names.contains(Identities.NAME)) {
            link(merge, chunks);
          }
          add(merge, chunks, new EventFilter.Only(Set.copyOf(names)), new Counts());
          if (names.contains(SilverDays.NAME)) {
            ledger.recount();
          }
          prune(merge, ledger, bounds, true);
          alerts.judge(merge.connection());
          commit.run(merge.connection());
          return version;
        });
  }

  /**
   * Makes the partial aggregates of rows, to be merged.
   *
   * @param rows silver's, each once, with at least the columns that gold reads
   * @throws MedallionException if Postgres stays away
   * @throws MartFailed if a declared mart fails over an event
   */
  public Staging.Result stage(Dataset<Row> rows) {
    return stage(rows, EventFilter.ALL);
  }

  /**
   * Merges the rows of whole versions: what this takes is Postgres's share of a batch.
   *
   * @param staged the rows of the range, in any number of parts
   * @param range the versions
   * @param silver the table as of the range's last version, for windows that cannot be added to
   * @param status what the layers before gold had done by then; {@link LayerStatusSnapshot#UNKNOWN}
   *     leaves what is known as it is
   * @return where the ledger now stands: the end of the range where the rows are in; anything else
   *     if they are not, because it did not stand at the range's beginning
   * @throws MedallionException as {@link #position}, and where Postgres stays away
   * @throws MartFailed if Postgres does not take a row of a declared mart; nothing is merged then
   */
  public long merge(
      List<Staging.Result> staged,
      SilverRange range,
      SilverHistory silver,
      LayerStatusSnapshot status) {
    Counts counts = new Counts();
    staged.forEach(rows -> counts.add(rows.counts()));
    return transactions.run(
        (merge, ledger) -> {
          long version = ledger.lock();
          if (version != range.after()) {
            LOG.info("The ledger stands at {}, not at {}", version, range.after());
            merge.discard(staged);
            return version;
          }
          ledger.checkDefinitions(marts, version == NOTHING_MERGED);
          ledger.forgetOthers(marts);
          RetentionBounds bounds = ledger.bounds();
          merge.keep(bounds);
          IdentityLinks.ReadAgain again = merge.learn(staged);
          boolean below = merge.hasMoved();
          if (again.isAny()) {
            merge.clear();
            readAgain(merge, silver, range.upTo(), again);
          }
          below |= recountWindows(merge, silver, range.upTo());
          ledger.move(range.after(), range.upTo(), counts);
          prune(merge, ledger, bounds, below || counts.oldestEvent() < bounds.rows());
          tell(merge, ledger, status);
          alerts.judge(merge.connection());
          commit.run(merge.connection());
          return range.upTo();
        });
  }

  /**
   * Makes a gold that has merged nothing of the whole of silver, by this configuration's
   * definitions, part by part. Goes on where another has stopped or died. Until all of it is in the
   * ledger stands at {@link #NOTHING_MERGED}, and says how far it is.
   *
   * @param silver the table
   * @param newest the version as of which it is read, if not another was begun that can be read
   * @param status what the layers before gold had done by a version, as in {@link #merge}
   * @param stopping whether to stop before the next part
   * @return where the ledger stands
   * @throws MedallionException if Postgres stays away
   */
  public long fill(
      SilverHistory silver,
      long newest,
      LongFunction<LayerStatusSnapshot> status,
      BooleanSupplier stopping) {
    Optional<FillProgress> in =
        new SnapshotFill(transactions, staging, commit, alerts, asksGold)
            .run(silver, newest, stopping);
    if (in.isEmpty() || !in.get().isWhole()) {
      return version();
    }
    FillProgress whole = in.get();
    return transactions.run(
        (merge, ledger) -> {
          long stands = ledger.lock();
          if (!ledger.progress().equals(in)) {
            return stands;
          }
          ledger.complete(whole);
          prune(merge, ledger, RetentionBounds.EVERYTHING, false);
          tell(merge, ledger, status.apply(whole.version()));
          alerts.judge(merge.connection());
          commit.run(merge.connection());
          return whole.version();
        });
  }

  /**
   * Merges whole versions among which some days were replaced: these days are made again from
   * silver as it is at the range's end, with every window and session that they touch; what else
   * the versions brought is merged as ever.
   *
   * @param silver the table as of the range's last version
   * @param days the event days (UTC) that were replaced
   * @param others the rows of the range's other versions; those of the days may be left out
   * @param range the versions
   * @param status as in {@link #merge}
   * @return as there
   */
  public long replace(
      SilverHistory silver,
      Collection<LocalDate> days,
      List<SilverHistory.Chunk> others,
      SilverRange range,
      LayerStatusSnapshot status) {
    return transactions.run(
        (merge, ledger) -> {
          long version = ledger.lock();
          if (version != range.after()) {
            LOG.info("The ledger stands at {}, not at {}", version, range.after());
            return version;
          }
          ledger.checkDefinitions(marts, version == NOTHING_MERGED);
          ledger.forgetOthers(marts);
          RetentionBounds bounds = ledger.bounds();
          merge.keep(bounds);
          ReplacedRanges replaced = merge.remove(TimeRange.ofDays(days));
          List<SilverHistory.Chunk> remade =
              silver.during(range.upTo(), replaced.reads(marts.all()));
          IdentityLinks.ReadAgain again = IdentityLinks.ReadAgain.NOBODY;
          EventFilter inside = new EventFilter.Inside(replaced);
          EventFilter outside = new EventFilter.Outside(replaced);
          if (merge.isLinking()) {
            observe(merge, silver.during(range.upTo(), replaced.ranges()), inside);
            observe(merge, others, outside);
            again = merge.judge();
          }
          Counts counts = new Counts();
          add(merge, remade, new EventFilter.ButOf(inside, again.visitors()), counts);
          add(merge, others, new EventFilter.ButOf(outside, again.visitors()), counts);
          readAgain(merge, silver, range.upTo(), again);
          recountWindows(merge, silver, range.upTo());
          ledger.move(range.after(), range.upTo(), counts);
          ledger.recount();
          prune(merge, ledger, bounds, true);
          tell(merge, ledger, status);
          alerts.judge(merge.connection());
          commit.run(merge.connection());
          return range.upTo();
        });
  }

  /** Learns who is who from all of silver, before anything is counted. */
  private void link(MergeSession merge, List<SilverHistory.Chunk> chunks)
      throws SQLException, MergeSession.StagedRowsGone {
    observe(merge, chunks, EventFilter.ALL);
    merge.judgeAll();
  }

  private void observe(MergeSession merge, List<SilverHistory.Chunk> chunks, EventFilter filter)
      throws SQLException, MergeSession.StagedRowsGone {
    EventFilter learning = new EventFilter.Learning(filter);
    each(
        chunks,
        chunk -> transactions.stage(() -> staging.learn(chunk.rows(), learning)),
        ready -> {
          merge.observe(ready);
          merge.clear();
        });
  }

  /** Makes the rows of visitors that fell apart again, by who is who now. */
  private void readAgain(
      MergeSession merge, SilverHistory silver, long version, IdentityLinks.ReadAgain again)
      throws SQLException, MergeSession.StagedRowsGone {
    if (again.isAny()) {
      LOG.info("Reading events of {} ids again from silver", again.visitors().size());
      add(
          merge,
          silver.during(version, again.times()),
          new EventFilter.Of(again.visitors()),
          new Counts());
    }
  }

  /** What the layers have done is told of gold alone, not of marts being filled. */
  private void tell(MergeSession merge, Ledger ledger, LayerStatusSnapshot status)
      throws SQLException {
    if (schema.equals(MAIN)) {
      if (merge.isLinking()) {
        links = ledger.links();
      }
      LayerStatus.write(merge.connection(), status);
    }
  }

  /**
   * Fills the windows that new events lie in, and whose sets of distinct values are not kept, from
   * silver, which holds these events.
   *
   * @return whether there are any
   */
  private boolean recountWindows(MergeSession merge, SilverHistory silver, long version)
      throws SQLException, MergeSession.StagedRowsGone {
    Map<String, List<TimeRange>> lost = merge.lostBuckets();
    if (lost.isEmpty()) {
      return false;
    }
    merge.emptyLostBuckets();
    for (Map.Entry<String, List<TimeRange>> of : lost.entrySet()) {
      List<TimeRange> starts = TimeRange.union(of.getValue());
      LOG.info("Counting windows of {} again from silver: {}", of.getKey(), starts.size());
      ReplacedRanges windows = new ReplacedRanges(starts, Map.of());
      add(
          merge,
          silver.during(version, windows.reads(marts.only(Set.of(of.getKey())).all())),
          new EventFilter.Starting(of.getKey(), windows),
          new Counts());
    }
    return true;
  }

  /**
   * Removes what is not kept any more.
   *
   * @param bounds before the merge
   * @param below whether rows may have come that are older
   */
  private void prune(MergeSession merge, Ledger ledger, RetentionBounds bounds, boolean below)
      throws SQLException {
    RetentionBounds raised = bounds.raised(retention, ledger.newestEvent());
    boolean moved = !raised.equals(bounds);
    if (moved) {
      ledger.raise(raised);
    }
    if (moved || (below && !raised.equals(RetentionBounds.EVERYTHING))) {
      merge.keep(raised);
      merge.prune();
    }
  }

  private void add(
      MergeSession merge, List<SilverHistory.Chunk> chunks, EventFilter filter, Counts counts)
      throws SQLException, MergeSession.StagedRowsGone {
    each(
        chunks,
        chunk -> stage(chunk.rows(), filter),
        ready -> {
          merge.merge(ready);
          merge.clear();
          ready.forEach(staged -> counts.add(staged.counts()));
        });
  }

  /** What is done with parts that are staged. */
  @FunctionalInterface
  private interface Taken {
    void take(List<Staging.Result> ready) throws SQLException, MergeSession.StagedRowsGone;
  }

  private void each(
      List<SilverHistory.Chunk> chunks,
      Function<SilverHistory.Chunk, Staging.Result> stage,
      Taken taken)
      throws SQLException, MergeSession.StagedRowsGone {
    try (Prefetcher<SilverHistory.Chunk, Staging.Result> ahead = Staging.ahead(chunks, stage)) {
      for (List<Staging.Result> ready = ahead.next(); !ready.isEmpty(); ready = ahead.next()) {
        taken.take(ready);
      }
    }
  }

  private Staging.Result stage(Dataset<Row> rows, EventFilter filter) {
    return transactions.stage(() -> staging.run(rows, filter));
  }

  /** Gives the connection back. What is merged is merged. */
  @Override
  public void close() {
    transactions.close();
  }
}
