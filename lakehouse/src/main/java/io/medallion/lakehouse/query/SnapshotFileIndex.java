package io.medallion.lakehouse.query;

import io.medallion.lakehouse.delta.LogSnapshot;
import io.medallion.lakehouse.delta.LogSnapshot.LoggedFile;
import io.medallion.lakehouse.spark.SqlExpressions;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.execution.datasources.FileIndex;
import org.apache.spark.sql.execution.datasources.FileStatusWithMetadata;
import org.apache.spark.sql.execution.datasources.PartitionDirectory;
import org.apache.spark.sql.types.StructType;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/** The files of one version for Spark's planner: those that a query may find something in. */
final class SnapshotFileIndex implements FileIndex {
  private final String path;
  private final LogSnapshot snapshot;
  private final StructType partitionSchema;
  private List<LoggedFile> all;

  SnapshotFileIndex(String path, LogSnapshot snapshot, StructType schema) {
    this.path = path;
    this.snapshot = snapshot;
    this.partitionSchema = new StructType().add(schema.apply(snapshot.partitionColumn()));
  }

  @Override
  public Seq<Path> rootPaths() {
    return CollectionConverters.asScala(List.of(new Path(path))).toSeq();
  }

  /**
   * Of days exactly those that are meant, as Spark does not ask again; of times and other columns
   * all that may hold a row, by what the log says of them.
   */
  @Override
  public Seq<PartitionDirectory> listFiles(Seq<Expression> days, Seq<Expression> rows) {
    Predicate<InternalRow> wanted =
        SqlExpressions.predicate(CollectionConverters.asJava(days), partitionSchema);
    Map<LocalDate, List<FileStatusWithMetadata>> found =
        files(Stream.of(days, rows).flatMap(some -> CollectionConverters.asJava(some).stream()))
            .stream()
            .collect(
                Collectors.groupingBy(
                    LoggedFile::partition,
                    TreeMap::new,
                    Collectors.mapping(SnapshotFileIndex::status, Collectors.toList())));
    List<PartitionDirectory> directories =
        found.entrySet().stream()
            .map(day -> Map.entry(row(day.getKey()), day.getValue()))
            .filter(day -> wanted.test(day.getKey()))
            .map(
                day ->
                    new PartitionDirectory(
                        day.getKey(), CollectionConverters.asScala(day.getValue()).toSeq()))
            .toList();
    return CollectionConverters.asScala(directories).toSeq();
  }

  private static InternalRow row(LocalDate day) {
    return new GenericInternalRow(new Object[] {Math.toIntExact(day.toEpochDay())});
  }

  private static FileStatusWithMetadata status(LoggedFile file) {
    return new FileStatusWithMetadata(
        new FileStatus(file.size(), false, 0, 1, file.writtenMillis(), new Path(file.path())),
        scala.collection.immutable.Map$.MODULE$.empty());
  }

  private List<LoggedFile> files(Stream<Expression> conditions) {
    Optional<io.delta.kernel.expressions.Predicate> sought = SoughtRows.of(conditions);
    return sought.isPresent() ? snapshot.files(sought) : all();
  }

  private synchronized List<LoggedFile> all() {
    if (all == null) {
      all = snapshot.files(Optional.empty());
    }
    return all;
  }

  @Override
  public String[] inputFiles() {
    return all().stream().map(LoggedFile::path).toArray(String[]::new);
  }

  /** It is of one version, which does not change. */
  @Override
  public void refresh() {}

  @Override
  public long sizeInBytes() {
    return snapshot.bytes().orElseGet(() -> all().stream().mapToLong(LoggedFile::size).sum());
  }

  @Override
  public StructType partitionSchema() {
    return partitionSchema;
  }
}
