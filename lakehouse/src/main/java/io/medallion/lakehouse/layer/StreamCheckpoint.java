package io.medallion.lakehouse.layer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.medallion.lakehouse.Lake;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/**
 * The checkpoint of one run of a streaming query.
 *
 * <p>What a layer has consumed is stored in its sink. So every run begins a checkpoint of its own
 * at the sink's position: one that was deleted, truncated, put back from a backup or written by
 * another version of Spark cannot lead a layer astray.
 *
 * @param path its folder
 */
public record StreamCheckpoint(String path) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A new checkpoint for a layer; those of its earlier runs are removed. */
  public static StreamCheckpoint begin(Lake lake, String layer) {
    Path folder = new Path(lake.checkpoints(), layer);
    try {
      fileSystem(lake.session(), folder).delete(folder, true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new StreamCheckpoint(new Path(folder, UUID.randomUUID().toString()).toString());
  }

  /**
   * Where a batch of a query with one source ends, as that source writes its offsets. Spark puts it
   * there before the batch runs.
   */
  public JsonNode end(SparkSession session, long batch) {
    Path file = new Path(path, "offsets/" + batch);
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(fileSystem(session, file).open(file), StandardCharsets.UTF_8))) {
      List<String> lines = reader.lines().toList();
      return JSON.readTree(lines.get(lines.size() - 1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static FileSystem fileSystem(SparkSession session, Path path) throws IOException {
    return path.getFileSystem(session.sparkContext().hadoopConfiguration());
  }
}
