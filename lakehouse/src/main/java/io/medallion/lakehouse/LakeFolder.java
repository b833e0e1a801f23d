package io.medallion.lakehouse;

import io.medallion.common.config.Keys;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.lakehouse.delta.ReplayMetadata;
import io.medallion.lakehouse.delta.TableLog;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.store.FileLocks;
import io.medallion.lakehouse.store.LakeLocks;
import io.medallion.lakehouse.store.LeaseLocks;
import io.medallion.lakehouse.store.LockHolder;
import io.medallion.lakehouse.store.S3ConditionalWriteLogStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lake as files: its tables' logs, its locks, and the words that its processes leave there.
 * Needs no Spark session, and so is what a command looks at that asks for no rows of Spark's.
 *
 * @param path the folder, local or on an object store
 * @param hadoop how its store is reached, asked for when that is needed
 */
public record LakeFolder(String path, Supplier<Configuration> hadoop) {
  private static final Logger LOG = LoggerFactory.getLogger(LakeFolder.class);
  private static final String LOCKS = "_locks";
  private static final String OF_HADOOP = "spark.hadoop.";

  /**
   * The lake of a configuration, to be read: nothing is made if there is none.
   *
   * @throws MedallionException if its store does not answer
   */
  public static LakeFolder look(io.medallion.common.config.Configuration configuration) {
    Configuration hadoop = new Configuration();
    configuration
        .below(Keys.SPARK)
        .forEach(
            (key, value) -> {
              if ((Keys.SPARK + key).startsWith(OF_HADOOP)) {
                hadoop.set((Keys.SPARK + key).substring(OF_HADOOP.length()), value);
              }
            });
    return new LakeFolder(configuration.get(Keys.LAKE_PATH), () -> hadoop).answering();
  }

  /**
   * The same, if its store answers: asked by a client of its own, which does not try again for
   * minutes as S3's does.
   *
   * @throws MedallionException if it does not
   */
  LakeFolder answering() {
    if (localPath().isPresent()) {
      return this;
    }
    Configuration impatient = new Configuration(hadoop.get());
    impatient.set("fs.s3a.attempts.maximum", "2");
    impatient.set("fs.s3a.retry.limit", "2");
    Path folder = new Path(path);
    try (FileSystem store = FileSystem.newInstance(folder.toUri(), impatient)) {
      store.exists(folder);
      S3ConditionalWriteLogStore.listingDanger(hadoop.get()).ifPresent(LOG::warn);
      return this;
    } catch (IOException | RuntimeException e) {
      throw new MedallionException(
          ErrorCode.LAKE_UNREACHABLE,
          "The lake %s cannot be reached".formatted(path),
          e.toString(),
          "Check address and credentials, and that the store's jars are there (docs/stores.md).",
          e);
    }
  }

  /** The folder if it is on this machine's disk, where locks between processes work. */
  public Optional<java.nio.file.Path> localPath() {
    return localPath(path);
  }

  /**
   * Makes sure that executors on other machines see the lake: each executor would write into a
   * folder of its own machine, and a commit would name files that nobody else has.
   *
   * @param master of Spark, which is not local
   */
  static void requireReachable(String path, String master) {
    if (localPath(path).isPresent()) {
      throw new MedallionException(
          ErrorCode.LAKE_NOT_SHARED,
          "The lake %s is a folder of this machine, and the work is done by %s"
              .formatted(path, master),
          "Each machine of the cluster would write into a folder of its own.",
          "Give the lake an s3a:// or hdfs:// address; or, if all machines have this folder as the"
              + " same one, set lake.shared-folder=true.");
    }
  }

  static Optional<java.nio.file.Path> localPath(String path) {
    Path folder = new Path(path);
    String scheme = folder.toUri().getScheme();
    return scheme == null || scheme.equals("file")
        ? Optional.of(java.nio.file.Path.of(folder.toUri().getPath()).toAbsolutePath())
        : Optional.empty();
  }

  /** Where a table is, whether it exists or not. */
  String address(TableDefinition definition) {
    return localPath().map(Object::toString).orElse(path) + "/" + definition.path();
  }

  /** What a table's log tells of it; the table may not exist yet. */
  public TableLog log(TableDefinition definition) {
    return TableLog.of(definition, address(definition), hadoop.get());
  }

  /** Who runs a layer, on whichever host or in whichever container; empty if nobody does. */
  public Optional<LockHolder> holderOf(String layer) {
    return locks().holder(layer);
  }

  LakeLocks locks() {
    Optional<java.nio.file.Path> local = localPath();
    if (local.isPresent()) {
      return new FileLocks(local.get().resolve(LOCKS));
    }
    try {
      Path folder = new Path(path, LOCKS);
      return new LeaseLocks(fileSystem(folder), folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where a rewrite leaves word of itself from before its first commit until after its last. */
  private Path replays() {
    return new Path(path, "_rewrites");
  }

  void begin(ReplayMetadata metadata) {
    write(new Path(replays(), metadata.id()), metadata.note());
  }

  void end(ReplayMetadata metadata) {
    Path file = new Path(replays(), metadata.id());
    try {
      fileSystem(file).delete(file, false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The rewrites that have begun and not ended: cut off, or at work. */
  public List<ReplayMetadata> unfinishedReplays() {
    List<ReplayMetadata> found = new ArrayList<>();
    try {
      FileSystem files = fileSystem(replays());
      if (!files.exists(replays())) {
        return found;
      }
      for (FileStatus file : files.listStatus(replays())) {
        ReplayMetadata.of(read(files, file.getPath())).ifPresent(found::add);
      }
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where bronze says what waits in Kafka. */
  private Path kafkaLagFile() {
    return new Path(path, "_kafka_lag");
  }

  void tellKafkaLag(SourceLag lag) {
    write(kafkaLagFile(), lag.note());
  }

  Optional<SourceLag> kafkaLag() {
    Path file = kafkaLagFile();
    try {
      FileSystem files = fileSystem(file);
      return files.exists(file) ? SourceLag.of(read(files, file)) : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void write(Path file, String note) {
    try (FSDataOutputStream out = fileSystem(file).create(file, true)) {
      out.write(note.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(FileSystem files, Path file) throws IOException {
    try (FSDataInputStream in = files.open(file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private FileSystem fileSystem(Path file) throws IOException {
    return file.getFileSystem(hadoop.get());
  }
}
