package io.medallion.silver;

import static org.apache.spark.sql.functions.col;

import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.Marks;
import io.medallion.lakehouse.Mode;
import io.medallion.lakehouse.TableDefinition;
import io.medallion.lakehouse.TableLock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.SparkSession;

/**
 * Corrects history: judges records of the past again, by this configuration's rules and databases,
 * and puts the tables into the state in which a silver that had always worked so would have left
 * them. The live layers may run meanwhile.
 *
 * <p>A replay that was cut off is finished by running it again; one that is run twice changes
 * nothing the second time. Gold follows by itself: the commits say which days they replaced.
 */
public final class Replay {
  private static final DateTimeFormatter ID =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);

  private final Lake lake;
  private final ReplayTables tables;
  private final Consumer<String> step;
  private volatile long expected;

  private Replay(Lake lake, ReplayTables tables, Consumer<String> step) {
    this.lake = lake;
    this.tables = tables;
    this.step = step;
  }

  /**
   * A replay over a lake, by a configuration's rules and databases.
   *
   * @throws io.medallion.common.error.MedallionException where a table or the GeoIP database is
   *     missing
   */
  public static Replay of(Lake lake, Configuration configuration) {
    return of(lake, configuration, done -> {});
  }

  /** The same, telling of each step that is done; a test may cut it off there. */
  static Replay of(Lake lake, Configuration configuration, Consumer<String> step) {
    long records = lake.table(TableDefinition.BRONZE).marks().getOrDefault(Marks.ROWS, 0L);
    Mode mode = Mode.of(records, configuration.get(Keys.LIVE_MAX_RECORDS));
    SparkSession session = mode.session(lake.session());
    // Here plans are large and run once: it is worth adapting them.
    session.conf().set("spark.sql.adaptive.enabled", "true");
    // What is kept is kept on disk, once read or twice: not worth a dictionary of each column.
    session.conf().set("spark.sql.inMemoryColumnarStorage.compressed", "false");
    Judging judging = Judging.of(configuration);
    judging.enrichment().enrichers();
    return new Replay(
        lake,
        new ReplayTables(lake, judging, mode, session, configuration.get(Keys.SILVER_MAX_RECORDS)),
        step);
  }

  /**
   * Judges rows of quarantine again.
   *
   * @param selected which of them, over the quarantine table's columns
   * @param publish whether what changes is written
   */
  @SuppressWarnings("try") // The lock is held, not used.
  public ReplayReport quarantine(Column selected, boolean publish) {
    QuarantineReplay replay = new QuarantineReplay(tables, id("heal"));
    Rewrites rewrites = new Rewrites(lake);
    if (!publish) {
      return replay.run(selected, false, rewrites, step);
    }
    try (TableLock alone = lake.withoutLayer(SilverJob.NAME);
        TableLock commits = lake.lockCommits(TableDefinition.SILVER)) {
      return replay.run(selected, true, rewrites, step);
    }
  }

  /**
   * What judging again every record that is or becomes an event of some days would change. Nothing
   * is committed; files that no reader sees lie in the lake meanwhile.
   *
   * @param from the first event day (UTC)
   * @param to the last one
   * @param bronzeVersion the version of bronze to judge; the newest where empty
   * @param preview looks at the rows that would change
   */
  public ReplayReport planDays(
      LocalDate from, LocalDate to, OptionalLong bronzeVersion, ReplayPreview preview) {
    return days(bronzeVersion).plan(from, to, preview);
  }

  /**
   * Judges them again, and writes what changes.
   *
   * @param from the first event day (UTC)
   * @param to the last one
   * @throws io.medallion.common.error.MedallionException where silver runs and would have to be
   *     stopped
   */
  @SuppressWarnings("try") // The lock is held, not used.
  public ReplayReport publishDays(LocalDate from, LocalDate to) {
    try (TableLock alone = lake.withoutLayer(SilverJob.NAME)) {
      return days(OptionalLong.empty()).publish(from, to);
    }
  }

  private DayReplay days(OptionalLong bronzeVersion) {
    return new DayReplay(lake, tables, id("backfill"), bronzeVersion, step, this::expect);
  }

  private void expect(long records) {
    expected = records;
  }

  /** How far the replay of days is that another thread runs. */
  public ReplayProgress progress() {
    return new ReplayProgress(tables.judgedSoFar(), expected);
  }

  private static String id(String kind) {
    return kind + "-" + ID.format(Instant.now());
  }

  /** Everything that is in quarantine. */
  public static Column everything() {
    return col(io.medallion.lakehouse.BronzeColumns.SEQ).isNotNull();
  }
}
