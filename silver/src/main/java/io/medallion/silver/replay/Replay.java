package io.medallion.silver.replay;

import static org.apache.spark.sql.functions.col;

import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.lakehouse.Erasures;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.session.BatchProfile;
import io.medallion.lakehouse.store.TableLock;
import io.medallion.silver.parse.SilverTransform;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.SparkSession;

/**
 * Corrects history: validates records of the past again, by this configuration's rules and
 * databases, and puts the tables into the state in which a silver that had always worked so would
 * have left them. The live layers may run meanwhile.
 *
 * <p>A replay that was cut off is finished by running it again; one that is run twice changes
 * nothing the second time. Gold follows by itself: the commits say which days they replaced.
 */
public final class Replay {
  private static final DateTimeFormatter ID =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);

  /** What the names of replays begin with. */
  private static final String BACKFILL = "backfill";

  private static final String QUARANTINE = "quarantine";

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
  public static Replay of(Lake lake, Configuration configuration, Consumer<String> step) {
    long records = lake.table(TableDefinition.BRONZE).state().rows();
    BatchProfile mode = BatchProfile.of(records, configuration.get(Keys.LOW_LATENCY_MAX_RECORDS));
    SparkSession session = mode.session(lake.session());
    // Here plans are large and run once: it is worth adapting them.
    session.conf().set("spark.sql.adaptive.enabled", "true");
    // What is kept is kept on disk, once read or twice: not worth a dictionary of each column.
    session.conf().set("spark.sql.inMemoryColumnarStorage.compressed", "false");
    Erasures erasures = Erasures.of(lake.folder(), configuration);
    SilverTransform transform = SilverTransform.of(configuration, session).without(erasures.ids());
    transform.enrichment().enrichers();
    return new Replay(
        lake,
        new ReplayTables(
            lake, transform, erasures, mode, session, configuration.get(Keys.SILVER_MAX_RECORDS)),
        step);
  }

  /**
   * What replaying the event days of those rows of quarantine that pass today's rules would change.
   * Nothing is committed; files that no reader sees lie in the lake meanwhile.
   *
   * @param selected which rows, over the quarantine table's columns
   * @param preview looks at the rows that would change
   */
  public ReplayReport planQuarantine(Column selected, ReplayPreview preview) {
    return days(QUARANTINE, OptionalLong.empty()).plan(ofQuarantine(selected), preview);
  }

  /**
   * Replays the event days of those rows of quarantine that pass today's rules, and writes what
   * changes.
   *
   * @param selected which rows, over the quarantine table's columns
   * @throws io.medallion.common.error.MedallionException if silver runs and would have to be
   *     stopped
   */
  @SuppressWarnings("try") // The lock is held, not used.
  public ReplayReport applyQuarantine(Column selected) {
    try (TableLock alone = lake.withoutLayer(TableDefinition.SILVER.name())) {
      tables.requireTotalsKept();
      return apply(selected);
    }
  }

  /** The same, for who has made sure that silver does not write. */
  ReplayReport apply(Column selected) {
    return days(QUARANTINE, OptionalLong.empty()).apply(ofQuarantine(selected));
  }

  private ReplayRequest ofQuarantine(Column selected) {
    return new QuarantineDays(tables)
        .request(selected)
        .withDays(new ReplayJournal(lake).unfinished(QUARANTINE));
  }

  /**
   * What parsing again every record that is or becomes an event of some days would change. Nothing
   * is committed; files that no reader sees lie in the lake meanwhile.
   *
   * @param from the first event day (UTC)
   * @param to the last one
   * @param bronzeVersion the version of bronze to judge; the newest where empty
   * @param preview looks at the rows that would change
   */
  public ReplayReport planDays(
      LocalDate from, LocalDate to, OptionalLong bronzeVersion, ReplayPreview preview) {
    return days(BACKFILL, bronzeVersion).plan(ReplayRequest.ofDays(from, to), preview);
  }

  /**
   * Validates them again, and writes what changes.
   *
   * @param from the first event day (UTC)
   * @param to the last one
   * @throws io.medallion.common.error.MedallionException if silver runs and would have to be
   *     stopped
   */
  @SuppressWarnings("try") // The lock is held, not used.
  public ReplayReport applyDays(LocalDate from, LocalDate to) {
    try (TableLock alone = lake.withoutLayer(TableDefinition.SILVER.name())) {
      tables.requireTotalsKept();
      return days(BACKFILL, OptionalLong.empty()).apply(ReplayRequest.ofDays(from, to));
    }
  }

  /** What it reads and writes. */
  ReplayTables tables() {
    return tables;
  }

  private DayReplay days(String kind, OptionalLong bronzeVersion) {
    return new DayReplay(lake, tables, id(kind), bronzeVersion, step, this::expect);
  }

  private void expect(long records) {
    expected = records;
  }

  /** How far the replay of days is that another thread runs. */
  public ReplayProgress progress() {
    return new ReplayProgress(tables.parsedSoFar(), expected);
  }

  private static String id(String kind) {
    return kind + "-" + ID.format(Instant.now());
  }

  /** Everything that is in quarantine. */
  public static Column everything() {
    return col(io.medallion.lakehouse.schema.BronzeColumns.COMMIT_SEQ).isNotNull();
  }
}
