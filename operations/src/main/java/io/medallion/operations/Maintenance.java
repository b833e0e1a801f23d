package io.medallion.operations;

import io.medallion.bronze.BronzeJob;
import io.medallion.bronze.BronzeRetention;
import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.contract.Contract;
import io.medallion.common.error.MedallionException;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.Compaction;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.ReplayMetadata;
import io.medallion.lakehouse.delta.TableState;
import io.medallion.lakehouse.delta.Vacuum;
import io.medallion.lakehouse.delta.Vacuum.UnreadFiles;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.session.BatchProfile;
import io.medallion.lakehouse.store.TableLock;
import io.medallion.silver.SilverJob;
import io.medallion.silver.source.RecordDivision;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the tables small next to the live layers: many small files become few, and what neither
 * time travel nor any reader needs goes.
 *
 * <p>What stays is the longer of the time-travel window, seven days, and what the slowest reader
 * has not read. Where a reader's position is not known, all stays.
 */
public final class Maintenance {
  private static final Logger LOG = LoggerFactory.getLogger(Maintenance.class);

  /** Its name among the locks: one at a time. */
  private static final String NAME = "maintain";

  /**
   * So much is written before it is committed: one version for all of a usual run, and a run that
   * is killed loses no more work than this.
   */
  private static final long MOST_BYTES_A_COMMIT = 16L << 30;

  private final Lake lake;
  private final Configuration configuration;
  private final Clock clock;
  private volatile boolean stopping;

  /**
   * @param clock tells what is old; tests let it run ahead
   */
  public Maintenance(Lake lake, Configuration configuration, Clock clock) {
    this.lake = lake;
    this.configuration = configuration;
    this.clock = clock;
  }

  /** What {@link #apply} would do, and what keeps it from more; nothing is written. */
  public MaintenanceReport plan() {
    return tables(Action.PLAN);
  }

  /**
   * Does it. The layers may run where the lake's store knows locks; killed anywhere, it leaves at
   * most files that no reader sees and that a later run removes.
   *
   * @throws MedallionException if another one runs, or a layer that would have to be stopped
   */
  @SuppressWarnings("try") // The locks are held, not used.
  public MaintenanceReport apply() {
    try (TableLock alone = lake.lockLayer(NAME);
        TableLock withoutBronze = lake.withoutLayer(BronzeJob.NAME);
        TableLock withoutSilver = lake.withoutLayer(SilverJob.NAME)) {
      return tables(Action.APPLY);
    }
  }

  private enum Action {
    PLAN,
    APPLY
  }

  /** Lets a run end behind the group of files that it merges now; what is merged is committed. */
  void stop() {
    stopping = true;
  }

  private MaintenanceReport tables(Action action) {
    Instant now = clock.instant();
    List<MaintenanceReport.Table> tables = new ArrayList<>();
    for (TableDefinition definition : TableDefinition.ALL) {
      LakeTable table = lake.table(definition);
      if (!stopping && table.exists()) {
        tables.add(table(table, now, action));
      }
    }
    MaintenanceReport report = new MaintenanceReport(now, action == Action.APPLY, tables);
    LOG.info("{}", report);
    return report;
  }

  private MaintenanceReport.Table table(LakeTable table, Instant now, Action action) {
    Consumers consumers = Consumers.of(lake, table, configuration);
    List<String> kept = new ArrayList<>();
    long version = table.version();
    long files = table.filesAt(version).size();
    Optional<String> hindrance = consumers.unknown().or(this::unfinishedReplay);
    List<MaintenanceReport.EmptiedDay> emptied =
        table.definition().equals(TableDefinition.BRONZE) && hindrance.isEmpty()
            ? empty(now, action, kept)
            : List.of();
    List<MaintenanceReport.Day> days = compact(table, consumers, now, action, kept);
    if (hindrance.isPresent()) {
      kept.add("Nothing is removed: " + hindrance.get());
      Vacuum.LogPart none = table.cleanup().before(0);
      return report(table, version, files, emptied, days, none, UnreadFiles.NONE, kept);
    }
    Vacuum.LogPart log = log(table, consumers, now, action, kept);
    UnreadFiles removed = clean(table, consumers, now, action, kept);
    return report(table, version, files, emptied, days, log, removed, kept);
  }

  /** Takes from bronze what its retention does not keep, a day at a time, the oldest first. */
  private List<MaintenanceReport.EmptiedDay> empty(Instant now, Action action, List<String> kept) {
    List<MaintenanceReport.EmptiedDay> emptied = new ArrayList<>();
    Optional<Duration> retention = configuration.get(Keys.BRONZE_RETENTION);
    if (retention.isEmpty()) {
      return emptied;
    }
    LocalDate until = LocalDate.ofInstant(now.minus(retention.get()), ZoneOffset.UTC);
    BronzeRetention bronze = new BronzeRetention(lake);
    TableState silver = lake.table(TableDefinition.SILVER).state();
    RecordDivision division = RecordDivision.of(Contract.of(configuration), silver);
    for (BronzeRetention.Day day : bronze.before(until, silver.commitSeq())) {
      if (stopping) {
        break;
      }
      if (action == Action.APPLY
          && !bronze.empty(
              BatchProfile.of(day.rows(), configuration.get(Keys.LOW_LATENCY_MAX_RECORDS))
                  .session(lake.session()),
              day,
              division::places)) {
        kept.add("%s was rewritten meanwhile and waits".formatted(day.day()));
        break;
      }
      emptied.add(new MaintenanceReport.EmptiedDay(day.day().toString(), day.rows(), day.bytes()));
    }
    return emptied;
  }

  private static MaintenanceReport.Table report(
      LakeTable table,
      long version,
      long files,
      List<MaintenanceReport.EmptiedDay> emptied,
      List<MaintenanceReport.Day> days,
      Vacuum.LogPart log,
      UnreadFiles removed,
      List<String> kept) {
    return new MaintenanceReport.Table(
        table.definition().name(),
        version,
        files,
        emptied,
        days,
        new MaintenanceReport.RemovedLog(log.versions(), log.files(), log.bytes(), log.until()),
        new MaintenanceReport.RemovedFiles(removed.paths().size(), removed.bytes()),
        kept);
  }

  private List<MaintenanceReport.Day> compact(
      LakeTable table, Consumers consumers, Instant now, Action action, List<String> kept) {
    List<MaintenanceReport.Day> days = new ArrayList<>();
    if (table.definition().equals(TableDefinition.BRONZE) && consumers.unknown().isPresent()) {
      kept.add("Nothing is compacted: " + consumers.unknown().get());
      return days;
    }
    Instant closedBefore = now.minus(configuration.get(Keys.MAINTENANCE_PARTITION_IDLE_TIME));
    Compaction compaction = table.compaction();
    List<Compaction.Prepared> prepared = new ArrayList<>();
    long bytes = 0;
    for (Compaction.Group group :
        compaction.plan(closedBefore, configuration.get(Keys.MAINTENANCE_FILE_SIZE))) {
      if (stopping) {
        break;
      }
      if (action == Action.PLAN) {
        days.add(day(group));
        continue;
      }
      prepared.add(compaction.prepare(session(group), group));
      bytes += group.bytes();
      if (bytes >= MOST_BYTES_A_COMMIT) {
        commit(table, compaction, prepared, days, kept);
        bytes = 0;
      }
    }
    commit(table, compaction, prepared, days, kept);
    return days;
  }

  /** In one version, whatever the number of days. */
  private void commit(
      LakeTable table,
      Compaction compaction,
      List<Compaction.Prepared> prepared,
      List<MaintenanceReport.Day> days,
      List<String> kept) {
    if (prepared.isEmpty()) {
      return;
    }
    // Silver's lock is quarantine's too: the two are written in one batch.
    TableDefinition writer =
        table.definition().equals(TableDefinition.QUARANTINE)
            ? TableDefinition.SILVER
            : table.definition();
    List<Compaction.Group> rewritten =
        compaction.commit(
            BatchProfile.LOW_LATENCY.session(lake.session()),
            prepared,
            () -> lake.lockCommits(writer));
    for (Compaction.Prepared one : prepared) {
      if (rewritten.contains(one.group())) {
        kept.add("%s was rewritten meanwhile and waits".formatted(one.group().partition()));
      } else {
        days.add(day(one.group()));
      }
    }
    prepared.clear();
  }

  private static MaintenanceReport.Day day(Compaction.Group group) {
    return new MaintenanceReport.Day(
        group.partition().toString(), group.files().size(), group.into(), group.bytes());
  }

  private SparkSession session(Compaction.Group group) {
    return BatchProfile.of(group.records(), configuration.get(Keys.LOW_LATENCY_MAX_RECORDS))
        .session(lake.session());
  }

  private Optional<String> unfinishedReplay() {
    return lake.unfinishedReplays().stream()
        .findFirst()
        .map(ReplayMetadata::days)
        .map(days -> "a rewrite of %s is at work or was cut off".formatted(days));
  }

  private Vacuum.LogPart log(
      LakeTable table, Consumers consumers, Instant now, Action action, List<String> kept) {
    Vacuum cleanup = table.cleanup();
    long window = cleanup.versionAt(now.minus(LakeTable.RETENTION));
    long needed = window;
    for (Map.Entry<String, Long> consumer : consumers.positions().entrySet()) {
      if (consumer.getValue() < window) {
        kept.add(
            "Versions from %d on stay for %s, which has read no further"
                .formatted(consumer.getValue(), consumer.getKey()));
      }
      needed = Math.min(needed, consumer.getValue());
    }
    Vacuum.LogPart part = cleanup.before(Math.max(0, needed));
    if (action == Action.APPLY) {
      cleanup.remove(part);
    }
    return part;
  }

  /**
   * Files that a reader of old versions may need go with the time-travel window. Behind it nobody
   * knows any more which they are, so that none goes while a reader is behind it.
   */
  private static UnreadFiles clean(
      LakeTable table, Consumers consumers, Instant now, Action action, List<String> kept) {
    Vacuum cleanup = table.cleanup();
    Instant horizon = now.minus(LakeTable.RETENTION);
    boolean lags = false;
    for (Map.Entry<String, Long> consumer : consumers.positions().entrySet()) {
      Optional<Instant> next = cleanup.firstChangeAfter(consumer.getValue());
      if (next.isPresent() && next.get().isBefore(horizon)) {
        kept.add(
            "No file is deleted: %s has not read what came at %s"
                .formatted(consumer.getKey(), next.get()));
        lags = true;
      }
    }
    if (lags) {
      return UnreadFiles.NONE;
    }
    UnreadFiles unread = cleanup.unreadSince(horizon);
    if (action == Action.APPLY) {
      cleanup.removeFiles(unread);
    }
    return unread;
  }
}
