package io.medallion.lakehouse.delta;

import io.medallion.common.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/** What the bytes of a table's data files are. */
final class FileHashes {
  /** More tasks than cores, as files differ in size. */
  private static final int TASKS_A_CORE = 4;

  private static final int BUFFER_BYTES = 1 << 20;

  private final String table;
  private final Configuration settings;

  FileHashes(String table, Configuration settings) {
    this.table = table;
    this.settings = settings;
  }

  /** By the files' names below the table; those that cannot be read are left out. */
  Map<String, String> of(SparkSession session, List<TableFile> files) {
    if (files.isEmpty()) {
      return Map.of();
    }
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    Broadcast<SerializableConfiguration> shared =
        SerializableConfiguration.broadcast(session.sparkContext(), settings);
    String folder = table;
    int tasks = Math.min(files.size(), spark.defaultParallelism() * TASKS_A_CORE);
    return spark
        .parallelize(files.stream().map(TableFile::path).distinct().toList(), tasks)
        .map(
            name ->
                new Tuple2<>(
                    name,
                    hash(TableFile.place(new Path(folder), name), shared.value().value())
                        .orElse("")))
        .collect()
        .stream()
        .filter(hash -> !hash._2().isEmpty())
        .collect(Collectors.toMap(Tuple2::_1, Tuple2::_2));
  }

  private static Optional<String> hash(Path file, Configuration settings) {
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream in = file.getFileSystem(settings).open(file)) {
      MessageDigest digest = Sha256.begin();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
      }
      return Optional.of(HexFormat.of().formatHex(digest.digest()));
    } catch (IOException e) {
      // Whoever reads its rows next says what is wrong with it.
      return Optional.empty();
    }
  }
}
