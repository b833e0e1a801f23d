package io.medallion.operations;

import io.medallion.bronze.BronzeJob;
import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.error.MedallionException;
import io.medallion.lakehouse.Compaction;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.LakeTable;
import io.medallion.lakehouse.Mode;
import io.medallion.lakehouse.Rewrite;
import io.medallion.lakehouse.TableCleanup;
import io.medallion.lakehouse.TableDefinition;
import io.medallion.lakehouse.TableLock;
import io.medallion.silver.SilverJob;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the tables small beside the live layers: many small files become few, and what neither time
 * travel nor any reader needs goes.
 *
 * <p>What stays is the longer of the time-travel window, seven days, and what the slowest reader
 * has not read. Where a reader's position is not known, all stays.
 */
public final class Maintenance {
  private static final Logger LOG = LoggerFactory.getLogger(Maintenance.class);

  /** Its name among the locks: one at a time. */
  private static final String NAME = "maintain";

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

  /** What {@link #run} would do. */
  public MaintenanceReport plan() {
    return tables(true);
  }

  /**
   * Does it. The layers may run where the lake's store knows locks; killed anywhere, it leaves at
   * most files that no reader sees and that a later run removes.
   *
   * @throws MedallionException where another one runs, or a layer that would have to be stopped
   */
  @SuppressWarnings("try") // The locks are held, not used.
  public MaintenanceReport run() {
    try (TableLock alone = lake.lockLayer(NAME);
        TableLock withoutBronze = lake.withoutLayer(BronzeJob.NAME);
        TableLock withoutSilver = lake.withoutLayer(SilverJob.NAME)) {
      return tables(false);
    }
  }

  /** Lets a run end behind the group of files that it merges now. */
  void stop() {
    stopping = true;
  }

  private MaintenanceReport tables(boolean dry) {
    Instant now = clock.instant();
    List<MaintenanceReport.Table> tables = new ArrayList<>();
    for (TableDefinition definition : TableDefinition.ALL) {
      LakeTable table = lake.table(definition);
      if (!stopping && table.exists()) {
        tables.add(table(table, now, dry));
      }
    }
    MaintenanceReport report = new MaintenanceReport(now, dry, tables);
    LOG.info("{}", report);
    return report;
  }

  private MaintenanceReport.Table table(LakeTable table, Instant now, boolean dry) {
    Consumers consumers = Consumers.of(lake, table, configuration);
    List<String> kept = new ArrayList<>();
    long version = table.version();
    long files = table.filesAt(version).size();
    List<MaintenanceReport.Day> days = compact(table, consumers, now, dry, kept);
    Optional<String> hindrance = consumers.unknown().or(this::unfinishedRewrite);
    if (hindrance.isPresent()) {
      kept.add("Nothing was removed: " + hindrance.get());
      long first = table.cleanup().before(0).from();
      return new MaintenanceReport.Table(name(table), version, files, days, 0, first, 0, kept);
    }
    TableCleanup.LogPart log = log(table, consumers, now, dry, kept);
    long removed = clean(table, consumers, now, dry, kept);
    return new MaintenanceReport.Table(
        name(table), version, files, days, log.versions(), log.until(), removed, kept);
  }

  private List<MaintenanceReport.Day> compact(
      LakeTable table, Consumers consumers, Instant now, boolean dry, List<String> kept) {
    List<MaintenanceReport.Day> days = new ArrayList<>();
    if (table.definition().equals(TableDefinition.BRONZE) && consumers.unknown().isPresent()) {
      kept.add("Nothing was compacted: " + consumers.unknown().get());
      return days;
    }
    Instant closedBefore = now.minus(configuration.get(Keys.MAINTAIN_CLOSED_AFTER));
    Compaction compaction = table.compaction();
    for (Compaction.Group group :
        compaction.plan(closedBefore, configuration.get(Keys.MAINTAIN_FILE_SIZE))) {
      if (stopping) {
        return days;
      }
      if (!dry && run(table, compaction, group).isEmpty()) {
        kept.add("%s was rewritten meanwhile and waits".formatted(group.partition()));
      } else {
        days.add(
            new MaintenanceReport.Day(
                group.partition().toString(), group.files().size(), group.into(), group.bytes()));
      }
    }
    return days;
  }

  private OptionalLong run(LakeTable table, Compaction compaction, Compaction.Group group) {
    Mode mode = Mode.of(group.records(), configuration.get(Keys.LIVE_MAX_RECORDS));
    // Silver's lock is quarantine's too: the two are written in one batch.
    TableDefinition writer =
        table.definition().equals(TableDefinition.QUARANTINE)
            ? TableDefinition.SILVER
            : table.definition();
    return compaction.run(lake, mode.session(lake.session()), group, writer);
  }

  private Optional<String> unfinishedRewrite() {
    return lake.unfinishedRewrites().stream()
        .findFirst()
        .map(Rewrite::days)
        .map(days -> "a rewrite of %s is at work or was cut off".formatted(days));
  }

  private TableCleanup.LogPart log(
      LakeTable table, Consumers consumers, Instant now, boolean dry, List<String> kept) {
    TableCleanup cleanup = table.cleanup();
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
    TableCleanup.LogPart part = cleanup.before(Math.max(0, needed));
    if (!dry) {
      cleanup.remove(part);
    }
    return part;
  }

  /**
   * Files that a reader of old versions may need go with the time-travel window. Behind it nobody
   * knows any more which they are, so that none goes while a reader is behind it.
   */
  private static long clean(
      LakeTable table, Consumers consumers, Instant now, boolean dry, List<String> kept) {
    TableCleanup cleanup = table.cleanup();
    Instant horizon = now.minus(LakeTable.RETENTION);
    boolean lags = false;
    for (Map.Entry<String, Long> consumer : consumers.positions().entrySet()) {
      Optional<Instant> next = cleanup.firstChangeAfter(consumer.getValue());
      if (next.isPresent() && next.get().isBefore(horizon)) {
        kept.add(
            "No file was deleted: %s has not read what came at %s"
                .formatted(consumer.getKey(), next.get()));
        lags = true;
      }
    }
    if (lags) {
      return 0;
    }
    List<Path> unread = cleanup.unreadSince(horizon);
    if (!dry) {
      cleanup.removeFiles(unread);
    }
    return unread.size();
  }

  private static String name(LakeTable table) {
    return table.definition().name();
  }
}
