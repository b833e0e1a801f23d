package io.medallion.lakehouse.delta;

import io.medallion.lakehouse.schema.TableDefinition;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.delta.DeltaOperations;
import org.apache.spark.sql.delta.OptimisticTransaction;
import org.apache.spark.sql.delta.Snapshot;
import org.apache.spark.sql.delta.actions.Action;
import org.apache.spark.sql.delta.actions.AddFile;
import org.apache.spark.sql.delta.actions.Format;
import org.apache.spark.sql.delta.actions.Metadata;
import scala.Option;
import scala.Tuple2;
import scala.collection.Iterator;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Every call into Delta whose parameters depend on its version: constructors by position, and
 * methods that nearly every minor release gives another parameter. An upgrade begins here.
 *
 * <p>Those that read or write a log need the session to be the active one of the thread.
 */
public final class DeltaInternals {
  private DeltaInternals() {}

  static DeltaLog log(SparkSession session, String path) {
    return DeltaLog.forTable(session, new Path(path));
  }

  /** The newest snapshot, by a look at the log. */
  static Snapshot latest(DeltaLog log) {
    return log.update(false, Option.empty(), Option.empty());
  }

  static Snapshot at(DeltaLog log, long version) {
    return log.getSnapshotAt(version, Option.empty(), Option.empty(), false);
  }

  /**
   * The actions of each version from one on up to another, oldest first.
   *
   * @param failOnGap whether a version that is missing in between is Delta's error; otherwise it is
   *     left out
   */
  static Iterator<Tuple2<Object, Seq<Action>>> changes(
      DeltaLog log, long from, long upTo, boolean failOnGap) {
    return log.getChanges(from, upTo, Option.empty(), failOnGap);
  }

  static OptimisticTransaction begin(DeltaLog log) {
    return log.startTransaction(Option.empty(), Option.empty());
  }

  /** Writes a checkpoint of the log. */
  static void checkpoint(DeltaLog log, Snapshot snapshot) {
    log.checkpoint(snapshot, Option.empty());
  }

  /** The rows of some files, with the columns of the newest snapshot. */
  static Dataset<Row> rows(DeltaLog log, List<AddFile> files) {
    return log.createDataFrame(
        log.unsafeVolatileSnapshot(),
        CollectionConverters.asScala(files).toSeq(),
        false,
        Option.empty());
  }

  /**
   * A file that a commit adds.
   *
   * @param path below the table
   * @param partition the value of each partition column
   * @param size bytes
   * @param writtenMillis when it was written, milliseconds since 1970
   * @param statistics as Delta writes them; may be null
   * @param tags what else is said of it, by name
   */
  public static AddFile file(
      String path,
      Map<String, String> partition,
      long size,
      long writtenMillis,
      String statistics,
      Map<String, String> tags) {
    return new AddFile(
        path,
        scala.collection.immutable.Map.from(CollectionConverters.asScala(partition)),
        size,
        writtenMillis,
        true,
        statistics,
        tags.isEmpty()
            ? null
            : scala.collection.immutable.Map.from(CollectionConverters.asScala(tags)),
        null,
        Option.empty(),
        Option.empty(),
        Option.empty(),
        Option.empty(),
        Option.empty());
  }

  /**
   * The operation of a commit that adds rows.
   *
   * @param note the commit's {@code userMetadata}; may be null
   */
  static DeltaOperations.Operation append(String partitionColumn, String note) {
    return new DeltaOperations.Write(
        SaveMode.Append,
        Option.apply(CollectionConverters.asScala(List.of(partitionColumn)).toSeq()),
        Option.empty(),
        Option.apply(note),
        Option.empty(),
        Option.empty(),
        Option.empty(),
        Option.empty(),
        Option.empty());
  }

  /**
   * Commits the first version of a table.
   *
   * @param properties the table's properties
   * @return false if it has one meanwhile
   */
  static boolean create(DeltaLog log, TableDefinition definition, Map<String, String> properties) {
    Metadata metadata =
        new Metadata(
            UUID.randomUUID().toString(),
            null,
            null,
            new Format(Format.$lessinit$greater$default$1(), Format.$lessinit$greater$default$2()),
            definition.schema().json(),
            CollectionConverters.asScala(List.of(definition.partitionColumn())).toSeq(),
            scala.collection.immutable.Map.from(CollectionConverters.asScala(properties)),
            Option.apply(System.currentTimeMillis()));
    OptimisticTransaction first = begin(log);
    if (first.readVersion() >= 0) {
      // Another process was faster: what would be committed now would replace its table.
      return false;
    }
    first.updateMetadataForNewTable(metadata);
    first.commit(
        CollectionConverters.asScala(List.<Action>of()).toSeq(),
        new DeltaOperations.CreateTable(metadata, false, false, Option.empty()));
    return true;
  }
}
