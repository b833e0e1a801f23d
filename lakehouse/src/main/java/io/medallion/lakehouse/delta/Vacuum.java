package io.medallion.lakehouse.delta;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.medallion.lakehouse.spark.SparkInternals;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.util.DateTimeUtils;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.delta.Snapshot;
import org.apache.spark.sql.delta.actions.Action;
import org.apache.spark.sql.delta.actions.AddFile;
import org.apache.spark.sql.delta.actions.CommitInfo;
import org.apache.spark.sql.delta.actions.RemoveFile;
import org.apache.spark.sql.delta.actions.SetTransaction;
import org.apache.spark.sql.delta.util.FileNames;
import scala.Option;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The versions of a table that its log still holds, and the files that only old ones need.
 *
 * <p>Who asks for a removal says what is needed; nothing here knows who reads the table.
 */
public final class Vacuum {
  private static final int VERSION_DIGITS = 20;

  private final SparkSession session;
  private final LakeTable table;
  private final DeltaLog log;

  Vacuum(SparkSession session, LakeTable table, DeltaLog log) {
    this.session = session;
    this.table = table;
    this.log = log;
  }

  /**
   * A part of the log.
   *
   * @param from its first version
   * @param until the first version behind it
   * @param files how many commits, checkpoints and checksums of these versions there are
   * @param bytes of these files
   */
  public record LogPart(long from, long until, int files, long bytes) {
    /** How many versions it holds. */
    public long versions() {
      return until - from;
    }
  }

  /**
   * Data files that may go.
   *
   * @param bytes of all of them
   */
  public record UnreadFiles(List<Path> paths, long bytes) {
    /** None. */
    public static final UnreadFiles NONE = new UnreadFiles(List.of(), 0);

    /** Takes a copy of the list. */
    public UnreadFiles {
      paths = List.copyOf(paths);
    }
  }

  /** The newest version committed at a time or before; the oldest one if there is none. */
  public long versionAt(Instant time) {
    return SparkInternals.inSession(
        session,
        () ->
            log.history()
                .getActiveCommitAtTime(
                    DateTimeUtils.toJavaTimestamp(ChronoUnit.MICROS.between(Instant.EPOCH, time)),
                    Option.empty(),
                    true,
                    false,
                    true)
                .version());
  }

  /**
   * When rows or counters changed for the first time after a version; empty if that was the last
   * change. Compactions change neither.
   */
  public Optional<Instant> firstChangeAfter(long version) {
    var changes = log.getChanges(version + 1, table.version(), Option.empty(), false);
    while (changes.hasNext()) {
      var actions = CollectionConverters.asJava(changes.next()._2());
      if (actions.stream().anyMatch(Vacuum::changes)) {
        return Optional.of(
            actions.stream()
                .filter(CommitInfo.class::isInstance)
                .map(info -> ((CommitInfo) info).inCommitTimestamp().getOrElse(() -> null))
                .filter(Long.class::isInstance)
                .map(millis -> Instant.ofEpochMilli((Long) millis))
                .findFirst()
                .orElse(Instant.EPOCH));
      }
    }
    return Optional.empty();
  }

  private static boolean changes(Action action) {
    return (action instanceof AddFile add && add.dataChange())
        || (action instanceof RemoveFile remove && remove.dataChange())
        || action instanceof SetTransaction;
  }

  /**
   * The part of the log that may go where a version, and all later ones, are to stay readable: it
   * ends at a checkpoint, from which these versions can be read.
   */
  public LogPart before(long version) {
    NavigableMap<Long, List<FileStatus>> files = files();
    long until =
        files.headMap(version, true).descendingMap().entrySet().stream()
            .filter(entry -> entry.getValue().stream().anyMatch(FileNames::isCheckpointFile))
            .map(Map.Entry::getKey)
            .filter(log::checkpointExistsAtVersion)
            .findFirst()
            .orElse(files.firstKey());
    List<FileStatus> part =
        files.headMap(until, false).values().stream().flatMap(List::stream).toList();
    return new LogPart(files.firstKey(), until, part.size(), bytes(part));
  }

  /** Removes a part of the log, oldest first: cut off anywhere, what is left has no hole. */
  public void remove(LogPart part) {
    try {
      FileSystem fileSystem = log.logPath().getFileSystem(hadoop());
      for (List<FileStatus> version : files().headMap(part.until(), false).values()) {
        for (FileStatus file : version) {
          fileSystem.delete(file.getPath(), false);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private NavigableMap<Long, List<FileStatus>> files() {
    NavigableMap<Long, List<FileStatus>> files = new TreeMap<>();
    var found = log.store().listFrom(new Path(log.logPath(), "0".repeat(VERSION_DIGITS)), hadoop());
    while (found.hasNext()) {
      FileStatus file = found.next();
      version(file.getPath().getName())
          .ifPresent(v -> files.computeIfAbsent(v, key -> new ArrayList<>()).add(file));
    }
    return files;
  }

  private static Optional<Long> version(String name) {
    return name.matches("\\d{20}\\..*")
        ? Optional.of(Long.parseLong(name.substring(0, VERSION_DIGITS)))
        : Optional.empty();
  }

  /**
   * The data files that no version reads which is newer than a time: removed before it, or never
   * committed and older.
   *
   * <p>Delta's own VACUUM asks the machine's clock, runs a job of ten thousand tasks to list the
   * folders, and goes by the configured retention alone.
   */
  public UnreadFiles unreadSince(Instant time) {
    // Few are that old. Of what versions read, files and their tombstones, there may be many.
    Map<Path, FileStatus> unread = filesBefore(time);
    SparkInternals.inSession(
        session,
        () -> {
          Snapshot snapshot = DeltaInternals.latest(log);
          Dataset<Row> removedSince =
              snapshot
                  .tombstones()
                  .where(coalesce(col("deletionTimestamp"), lit(0L)).geq(time.toEpochMilli()))
                  .select("path");
          var read =
              snapshot
                  .allFiles()
                  .select("path")
                  .union(removedSince)
                  .as(Encoders.STRING())
                  .toLocalIterator();
          while (read.hasNext()) {
            unread.remove(place(read.next()));
          }
          return unread;
        });
    return new UnreadFiles(
        unread.values().stream().map(FileStatus::getPath).toList(), bytes(unread.values()));
  }

  private static long bytes(Collection<FileStatus> files) {
    return files.stream().mapToLong(FileStatus::getLen).sum();
  }

  /** Data files written before a time, by their place without scheme and authority. */
  private Map<Path, FileStatus> filesBefore(Instant time) {
    Map<Path, FileStatus> found = new LinkedHashMap<>();
    try {
      FileSystem fileSystem = log.dataPath().getFileSystem(hadoop());
      for (FileStatus folder : fileSystem.listStatus(log.dataPath(), Vacuum::isPartition)) {
        for (FileStatus file : fileSystem.listStatus(folder.getPath(), Vacuum::isData)) {
          if (file.getModificationTime() < time.toEpochMilli()) {
            found.put(Path.getPathWithoutSchemeAndAuthority(file.getPath()), file);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found;
  }

  private Path place(String file) {
    return Path.getPathWithoutSchemeAndAuthority(TableFile.place(log.dataPath(), file));
  }

  /** All our tables are partitioned; other folders and files of a table are not ours to judge. */
  private static boolean isPartition(Path folder) {
    return folder.getName().contains("=") && !folder.getName().startsWith("_");
  }

  private static boolean isData(Path file) {
    return file.getName().endsWith(".parquet");
  }

  /** Removes data files for good. */
  public void removeFiles(UnreadFiles unread) {
    try {
      FileSystem fileSystem = log.dataPath().getFileSystem(hadoop());
      for (Path file : unread.paths()) {
        fileSystem.delete(file, false);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Configuration hadoop() {
    return SparkInternals.hadoopConfiguration(session);
  }
}
