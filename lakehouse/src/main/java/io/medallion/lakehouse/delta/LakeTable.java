package io.medallion.lakehouse.delta;

import static org.apache.spark.sql.functions.col;

import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.lakehouse.parquet.IdentityFile;
import io.medallion.lakehouse.parquet.PartitionedDataFileWriter;
import io.medallion.lakehouse.schema.IdentityKind;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.spark.InternalRowDatasets;
import io.medallion.lakehouse.spark.SparkInternals;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.DeltaConcurrentModificationException;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.delta.Snapshot;
import org.apache.spark.sql.delta.actions.Action;
import org.apache.spark.sql.delta.actions.AddFile;
import org.apache.spark.sql.delta.actions.CommitInfo;
import org.apache.spark.sql.delta.actions.Metadata;
import org.apache.spark.sql.delta.actions.RemoveFile;
import org.apache.spark.sql.delta.actions.SetTransaction;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Tuple2;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * A Delta table of the lake: creates it, tells what its versions brought, and writes to it.
 *
 * <p>All knowledge of Delta's inner interfaces is in this package.
 */
public final class LakeTable {
  private static final Logger LOG = LoggerFactory.getLogger(LakeTable.class);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(250);

  /** How far back a table can be read, and how long a removed file stays for readers that lag. */
  public static final Duration RETENTION = Duration.ofDays(7);

  private static final long PREPARED_FILE_BYTES = 128L << 20;

  private final SparkSession session;
  private final TableDefinition definition;
  private final String path;
  private final WriterChoice writer;
  private final Map<SparkSession, PartitionedDataFileWriter> rowFiles = new ConcurrentHashMap<>();
  private Configuration settings;

  public LakeTable(
      SparkSession session, TableDefinition definition, String path, WriterChoice writer) {
    this.session = session;
    this.definition = definition;
    this.path = path;
    this.writer = writer;
  }

  /** What it looks like. */
  public TableDefinition definition() {
    return definition;
  }

  /** Its address, for Spark's readers. */
  public String path() {
    return path;
  }

  /**
   * Whether it has been created: its log has a first version. A folder without one, whatever else
   * is in it, is what a layer leaves that was killed while it made its table.
   */
  public boolean exists() {
    return begun().isPresent();
  }

  /** Its newest version; empty if its log has not begun. The only place that decides this. */
  private Optional<Snapshot> begun() {
    try {
      return Optional.of(latest()).filter(snapshot -> snapshot.version() >= 0);
    } catch (Exception e) {
      // Scala throws checked ones undeclared.
      if (firstVersion().isTorn()) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private FirstVersion firstVersion() {
    return FirstVersion.of(path, SparkInternals.hadoopConfiguration(session));
  }

  /**
   * Creates it if it is missing. Its properties are set here and never changed: that would conflict
   * with writers.
   *
   * @param alone whether no other process can be creating it now
   */
  public LakeTable create(boolean alone) {
    if (exists()) {
      return grow();
    }
    if (firstVersion().isTorn()) {
      if (!alone) {
        throw firstVersion().torn();
      }
      firstVersion().removeTorn();
    }
    try {
      if (commitFirstVersion()) {
        return this;
      }
    } catch (DeltaConcurrentModificationException e) {
      if (!exists()) {
        throw e;
      }
    }
    LOG.info("Another process has just made the {} table", definition.name());
    return grow();
  }

  /**
   * Not by Delta's builder: that wants a folder without a log, and so never comes to an end where
   * its process was killed once between making the log's folder and the first version.
   */
  private boolean commitFirstVersion() {
    return SparkInternals.inSession(
        session, () -> DeltaInternals.create(log(), definition, properties()));
  }

  private Map<String, String> properties() {
    Map<String, String> properties = new HashMap<>(definition.properties());
    properties.put("delta.enableChangeDataFeed", "true");
    properties.put("delta.enableInCommitTimestamps", "true");
    properties.put("delta.enableExpiredLogCleanup", "false");
    properties.put("delta.deletedFileRetentionDuration", interval(RETENTION));
    properties.put("delta.logRetentionDuration", interval(RETENTION));
    properties.put("delta.checkpointInterval", AsyncCheckpointer.NEVER_BY_DELTA);
    properties.put("delta.dataSkippingStatsColumns", String.join(",", definition.statistics()));
    return properties;
  }

  private static String interval(Duration duration) {
    return "interval %d days".formatted(duration.toDays());
  }

  /**
   * Adds the columns that this program knows and the table, made by an earlier one, lacks; its rows
   * read null there. Columns of a later program stay as they are.
   *
   * @throws MedallionException if it has one of them with another type
   */
  private LakeTable grow() {
    StructType schema = schema();
    requireTypes(schema);
    List<String> known = List.of(schema.fieldNames());
    String missing =
        Arrays.stream(definition.schema().fields())
            .filter(field -> !known.contains(field.name()))
            .map(field -> "`%s` %s".formatted(field.name(), field.dataType().sql()))
            .collect(Collectors.joining(", "));
    if (!missing.isEmpty()) {
      session.sql("ALTER TABLE delta.`%s` ADD COLUMNS (%s)".formatted(path, missing));
    }
    for (StructField field : definition.schema().fields()) {
      if (field.nullable()
          && known.contains(field.name())
          && !schema.apply(field.name()).nullable()) {
        session.sql(
            "ALTER TABLE delta.`%s` ALTER COLUMN `%s` DROP NOT NULL".formatted(path, field.name()));
      }
    }
    return this;
  }

  private void requireTypes(StructType schema) {
    for (StructField field : definition.schema().fields()) {
      for (StructField there : schema.fields()) {
        if (there.name().equalsIgnoreCase(field.name())
            && !there.dataType().equals(field.dataType())) {
          throw new MedallionException(
              ErrorCode.CONTRACT_NOT_APPLIED,
              "Column %s of the %s table is %s, and would have to be %s"
                  .formatted(
                      field.name(),
                      definition.name(),
                      there.dataType().sql(),
                      field.dataType().sql()),
              "A table's columns keep their types: its older rows have it.",
              "Keep the type; or give the column another name, such as %s_2, and fill that for the past by `medallion backfill`."
                  .formatted(field.name()));
        }
      }
    }
  }

  /**
   * Makes sure that it has every column of its definition, for who writes it and may not change it.
   *
   * @throws MedallionException if it lacks one, or has one with another type
   */
  public LakeTable requiredWhole() {
    StructType schema = required().schema();
    requireTypes(schema);
    List<String> known = List.of(schema.fieldNames());
    for (StructField field : definition.schema().fields()) {
      boolean mustBeThere = known.contains(field.name()) && !schema.apply(field.name()).nullable();
      if (!known.contains(field.name()) || (mustBeThere && field.nullable())) {
        throw new MedallionException(
            ErrorCode.CONTRACT_NOT_APPLIED,
            mustBeThere
                ? "The %s table has no row without %s".formatted(definition.name(), field.name())
                : "The %s table has no column %s".formatted(definition.name(), field.name()),
            "The layer that writes it has not been started with this contract, or this release.",
            "Start silver once with the same silver.contract; it lets the table grow.");
      }
    }
    return this;
  }

  /**
   * Makes sure that it is there.
   *
   * @throws MedallionException if the layer that writes it has not created it yet
   */
  public LakeTable required() {
    if (!exists()) {
      throw new MedallionException(
          ErrorCode.LAKE_TABLE_MISSING,
          "There is no %s table at %s".formatted(definition.name(), path),
          "The layer that writes it has not run on this lake yet.",
          "Start that layer first, or check lake.path.");
    }
    return this;
  }

  /**
   * Makes sure that it is there, and waits for it: layers may be started together.
   *
   * @param patience how long to wait
   * @throws MedallionException if it was not made meanwhile
   */
  public LakeTable awaited(Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    boolean told = false;
    while (!exists() && System.nanoTime() < end) {
      if (!told) {
        LOG.warn(
            "Waiting up to {} s for a {} table at {}",
            patience.toSeconds(),
            definition.name(),
            path);
        told = true;
      }
      LockSupport.parkNanos(LOOK_AGAIN.toNanos());
    }
    return required();
  }

  /** The table's identity: another one after it was deleted and created again. */
  public String id() {
    return latest().metadata().id();
  }

  /** Its columns now, those of a contract among them; before it is created, its definition's. */
  public StructType schema() {
    return begun().map(snapshot -> snapshot.metadata().schema()).orElse(definition.schema());
  }

  /** The same with all columns that it has, for who writes its rows again. */
  public LakeTable whole() {
    StructType schema = schema();
    return schema.length() == definition.schema().length()
        ? this
        : new LakeTable(session, definition.with(schema), path, writer);
  }

  /** The same, whose new files keep hashes of another kind. */
  LakeTable identifiedBy(IdentityKind kind) {
    return kind == definition.identity()
        ? this
        : new LakeTable(session, definition.identifiedBy(kind), path, writer);
  }

  /** The newest version. */
  public long version() {
    return latest().version();
  }

  /**
   * The newest version, for a reader that goes on from another.
   *
   * @param read the version that the reader has read already
   * @throws MedallionException if the table ends before it: what is committed next would bear
   *     numbers that this reader takes for read
   */
  public long versionAfter(long read) {
    long newest = version();
    if (newest < read) {
      throw new MedallionException(
          ErrorCode.LAKE_TABLE_WENT_BACK,
          "The %s table ends at version %d, although version %d of it has been read"
              .formatted(definition.name(), newest, read),
          "It was restored to an earlier state, or its last versions were lost.",
          "Bring these versions back, or rebuild the layer that reads this table; docs/runbook.md"
              + " says how.");
    }
    return newest;
  }

  /**
   * The counters and source positions that writers commit together with rows. Empty if the table
   * does not exist.
   */
  public TableState state() {
    return begun().map(LakeTable::state).orElse(TableState.EMPTY);
  }

  /** The same, as of a version. */
  public TableState stateAt(long version) {
    return state(at(version));
  }

  private static TableState state(Snapshot snapshot) {
    Map<String, Long> state = new HashMap<>();
    CollectionConverters.asJava(VersionChecksumReader.transactions(snapshot))
        .forEach(t -> state.put(t.appId(), t.version()));
    return new TableState(state);
  }

  /** Its newest version, and how many files that has where its checksum file tells. */
  public TableSize size() {
    Snapshot snapshot = latest();
    return new TableSize(
        definition.name(), snapshot.version(), VersionChecksumReader.files(snapshot).orElse(-1L));
  }

  /**
   * What the versions after one up to another did, oldest first.
   *
   * @throws MedallionException if a version is gone from the log
   */
  public List<TableVersion> versions(long after, long upTo) {
    List<TableVersion> found = new ArrayList<>();
    if (upTo <= after) {
      return found;
    }
    // Missing versions are told below, in our own words.
    var changes = DeltaInternals.changes(log(), after + 1, upTo, false);
    while (changes.hasNext()) {
      Tuple2<Object, Seq<Action>> change = changes.next();
      found.add(version((Long) change._1(), change._2()));
    }
    if (found.size() != upTo - after) {
      throw versionsGone(after + 1, found.isEmpty() ? upTo : found.get(0).version());
    }
    return found;
  }

  private TableVersion version(long version, Seq<Action> actions) {
    List<TableFile> added = new ArrayList<>();
    long removed = 0;
    Map<String, Long> state = new HashMap<>();
    Optional<String> note = Optional.empty();
    Instant at = Instant.EPOCH;
    String operation = "";
    for (Action action : CollectionConverters.asJava(actions)) {
      if (action instanceof AddFile add && add.dataChange()) {
        added.add(TableFile.of(add, definition.partitionColumn()));
      } else if (action instanceof RemoveFile remove && remove.dataChange()) {
        removed++;
      } else if (action instanceof SetTransaction transaction) {
        state.put(transaction.appId(), transaction.version());
      } else if (action instanceof CommitInfo info) {
        note = Optional.ofNullable(info.userMetadata().getOrElse(() -> null));
        at = Instant.ofEpochMilli(info.getCommitTimestamp());
        operation = info.operation();
      }
    }
    return new TableVersion(
        version, at, operation, List.copyOf(added), removed, new TableState(state), note);
  }

  private MedallionException versionsGone(long wanted, long first) {
    return new MedallionException(
        ErrorCode.LAKE_VERSIONS_GONE,
        "Version %d of the %s table is gone from its log, which begins at %d"
            .formatted(wanted, definition.name(), first),
        "Clean-up removed it although a layer had not read it yet.",
        "Rebuild the layer that reads this table; docs/runbook.md says how.");
  }

  /** Every file of a version. Costs as much as the table has files. */
  public List<TableFile> filesAt(long version) {
    Snapshot snapshot = at(version);
    if (VersionChecksumReader.files(snapshot).equals(Optional.of(0L))) {
      return List.of();
    }
    return SparkInternals.inSession(session, () -> snapshot.allFiles().collectAsList()).stream()
        .map(add -> TableFile.of(add, definition.partitionColumn()))
        .toList();
  }

  /**
   * What is wrong with some files of the table by a look at their folders: gone, or of another
   * size.
   *
   * @return by the file's name below the table; empty if nothing is
   */
  public Map<String, String> problems(List<TableFile> files) {
    return new FileAudit(path, settings()).problems(files);
  }

  /**
   * The SHA-256 of each file's bytes, in hexadecimal, by the file's name below the table. Reads all
   * of them, in tasks.
   *
   * @return without those that cannot be read
   */
  public Map<String, String> hashes(SparkSession in, List<TableFile> files) {
    return new FileHashes(path, settings()).of(in, files);
  }

  /**
   * What decides how its files' bytes become rows: its identity, columns, properties and the
   * features that it uses. As long as it is the same text, so are the rows of the same bytes.
   */
  public String form(long version) {
    Snapshot snapshot = at(version);
    Metadata metadata = snapshot.metadata();
    return String.join(
        "\n",
        metadata.id(),
        metadata.schemaString(),
        CollectionConverters.asJava(metadata.partitionColumns()).toString(),
        new TreeMap<>(CollectionConverters.asJava(metadata.configuration())).toString(),
        Integer.toString(snapshot.protocol().minReaderVersion()),
        new TreeSet<>(CollectionConverters.asJava(snapshot.protocol().readerFeatureNames()))
            .toString());
  }

  /** The files of the newest version, to be kept up with the log. */
  public TableFiles files() {
    return new TableFiles(definition.clusteredBy(), new TableFiles.OfLog(this));
  }

  /**
   * Every file added or removed by the versions after one up to another, also if no row changed.
   */
  void eachFileChange(long after, long upTo, Consumer<TableFile> added, Consumer<String> removed) {
    if (upTo <= after) {
      return;
    }
    var changes = DeltaInternals.changes(log(), after + 1, upTo, true);
    while (changes.hasNext()) {
      for (Action action : CollectionConverters.asJava(changes.next()._2())) {
        if (action instanceof RemoveFile remove) {
          removed.accept(remove.path());
        } else if (action instanceof AddFile add) {
          added.accept(TableFile.of(add, definition.partitionColumn()));
        }
      }
    }
  }

  /**
   * The rows of some files, with the table's newest columns; older files read null if they lack
   * one.
   */
  public Dataset<Row> rows(SparkSession in, List<TableFile> files) {
    return SparkInternals.inSession(
        in, () -> DeltaInternals.rows(log(), files.stream().map(TableFile::add).toList()));
  }

  /**
   * Opens a file to read what it keeps of its rows' identities. The caller closes it.
   *
   * @param file one that {@linkplain TableFile#identities keeps} them, of the table's kind
   */
  public IdentityFile identities(TableFile file) throws IOException {
    return IdentityFile.open(
        settings(),
        TableFile.place(new Path(path), file.path()),
        file.size(),
        file.identities(definition.identity()).orElseThrow());
  }

  /** Hadoop's, which are many, copied once. */
  private synchronized Configuration settings() {
    if (settings == null) {
      settings = SparkInternals.hadoopConfiguration(session);
    }
    return settings;
  }

  /** The whole table as of a version. */
  public Dataset<Row> rowsAt(SparkSession in, long version) {
    return in.read().format("delta").option("versionAsOf", version).load(path);
  }

  /**
   * Begins a commit upon the version that is newest now.
   *
   * @param in the session that writes the files, with the settings of its mode
   */
  public TableCommit begin(SparkSession in) {
    return SparkInternals.inSession(
        in,
        () ->
            new TableCommit(
                in,
                DeltaInternals.begin(log()),
                definition,
                writer,
                () ->
                    rowFiles.computeIfAbsent(
                        in, s -> PartitionedDataFileWriter.of(s, definition, path))));
  }

  /**
   * Writes rows into files of the table, sorted by its own order, for another commit to take over.
   * Nobody sees them before that.
   *
   * @param rows with the table's columns, also those that a contract has added
   * @param bytes about as many as they take
   */
  public TableCommit prepared(SparkSession in, Dataset<Row> rows, long bytes) {
    // A contract may have added columns that this program was not told of.
    LakeTable whole = whole();
    String day = whole.definition().partitionColumn();
    String order = whole.definition().clusteredBy();
    int parts = Math.toIntExact(bytes / PREPARED_FILE_BYTES) + 1;
    Dataset<Row> sorted =
        (parts == 1 ? rows.coalesce(1) : rows.repartitionByRange(parts, col(day), col(order)))
            .sortWithinPartitions(col(day), col(order))
            .select(whole.definition().columns());
    return whole.begin(in).append(InternalRowDatasets.of(sorted));
  }

  /** Writes down the state of the newest version, so that readers need no commit before it. */
  public void checkpoint() {
    SparkInternals.inSession(
        session,
        () -> {
          DeltaInternals.checkpoint(log(), DeltaInternals.latest(log()));
          return null;
        });
  }

  /** What its log and its folders still hold, and what of it may go. */
  public Vacuum cleanup() {
    return new Vacuum(session, this, log());
  }

  /** Makes few files of many. */
  public Compaction compaction() {
    return new Compaction(this);
  }

  private Snapshot latest() {
    return SparkInternals.inSession(session, () -> DeltaInternals.latest(log()));
  }

  private Snapshot at(long version) {
    return SparkInternals.inSession(session, () -> DeltaInternals.at(log(), version));
  }

  private DeltaLog log() {
    return SparkInternals.inSession(session, () -> DeltaInternals.log(session, path));
  }
}
