package io.medallion.lakehouse.delta;

import io.medallion.lakehouse.spark.SparkInternals;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.connector.catalog.SupportsRead;
import org.apache.spark.sql.connector.catalog.Table;
import org.apache.spark.sql.connector.catalog.TableCapability;
import org.apache.spark.sql.connector.catalog.TableProvider;
import org.apache.spark.sql.connector.expressions.Transform;
import org.apache.spark.sql.connector.read.InputPartition;
import org.apache.spark.sql.connector.read.PartitionReaderFactory;
import org.apache.spark.sql.connector.read.Scan;
import org.apache.spark.sql.connector.read.ScanBuilder;
import org.apache.spark.sql.connector.read.streaming.MicroBatchStream;
import org.apache.spark.sql.connector.read.streaming.Offset;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.util.CaseInsensitiveStringMap;

/**
 * A streaming source that has a batch for new versions of a Delta table, and no rows: who is woken
 * by it reads for itself.
 *
 * <p>It waits for the file of the next version, which has a name that is known, until it is there.
 * Delta's own source lists the log each time, and plans rows that nobody reads: for a layer with
 * little to do that was most of its work. The log is listed only when nothing has come for long, as
 * files of the log may be gone, and the table may have gone back.
 */
public final class VersionSource implements TableProvider {
  /** Option: the version after which it begins; the first batch comes at once. */
  public static final String AFTER = "after";

  /** Option: milliseconds from look to look. */
  public static final String LOOK = "look";

  /** Option: least milliseconds from batch to batch. */
  public static final String LEAST = "least";

  private static final StructType SCHEMA = new StructType().add("version", "bigint");
  private static final Duration LONG = Duration.ofSeconds(30);

  /** So many versions are looked for one by one before a batch is made of them. */
  private static final int AT_ONCE = 100;

  @Override
  public StructType inferSchema(CaseInsensitiveStringMap options) {
    return SCHEMA;
  }

  @Override
  public Table getTable(
      StructType schema, Transform[] partitioning, Map<String, String> properties) {
    return new Versions();
  }

  private static final class Versions implements SupportsRead {
    @Override
    public String name() {
      return "versions";
    }

    @Override
    @SuppressWarnings("deprecation") // Spark asks for it where columns() is not overridden.
    public StructType schema() {
      return SCHEMA;
    }

    @Override
    public Set<TableCapability> capabilities() {
      return Set.of(TableCapability.MICRO_BATCH_READ);
    }

    @Override
    public ScanBuilder newScanBuilder(CaseInsensitiveStringMap options) {
      return () ->
          new Scan() {
            @Override
            public StructType readSchema() {
              return SCHEMA;
            }

            @Override
            public MicroBatchStream toMicroBatchStream(String checkpointLocation) {
              return new VersionBatches(SparkSession.active(), options);
            }
          };
    }
  }

  private static final class Version extends Offset {
    private final long number;

    Version(long number) {
      this.number = number;
    }

    @Override
    public String json() {
      return Long.toString(number);
    }
  }

  /** Asked by the stream's thread alone. */
  private static final class VersionBatches implements MicroBatchStream {
    private final SparkSession session;
    private final String path;
    private final long after;
    private final long lookMillis;
    private final long leastNanos;
    private final Path log;
    private FileSystem files;
    private long newest;
    private boolean begun;
    private long told;

    VersionBatches(SparkSession session, CaseInsensitiveStringMap options) {
      this.session = session;
      this.path = options.get("path");
      this.log = new Path(path, "_delta_log");
      this.after = options.getLong(AFTER, 0);
      this.lookMillis = options.getLong(LOOK, 0);
      this.leastNanos = Duration.ofMillis(options.getLong(LEAST, 0)).toNanos();
      this.newest = after;
    }

    @Override
    public Offset initialOffset() {
      return new Version(after);
    }

    @Override
    public Offset latestOffset() {
      try {
        newest = begun ? next() : newest;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        // What Spark knows for a stop.
        throw new UncheckedIOException(new InterruptedIOException(e.getMessage()));
      }
      begun = true;
      told = System.nanoTime();
      return new Version(newest);
    }

    private long next() throws IOException, InterruptedException {
      Thread.sleep(Duration.ofNanos(Math.max(0, told + leastNanos - System.nanoTime())).toMillis());
      if (files == null) {
        files = log.getFileSystem(SparkInternals.hadoopConfiguration(session));
      }
      long given = System.nanoTime() + LONG.toNanos();
      while (System.nanoTime() < given) {
        long reached = newest;
        while (reached < newest + AT_ONCE && files.exists(file(reached + 1))) {
          reached++;
        }
        if (reached > newest) {
          return reached;
        }
        Thread.sleep(lookMillis);
      }
      return SparkInternals.inSession(
          session, () -> DeltaInternals.latest(DeltaInternals.log(session, path)).version());
    }

    private Path file(long version) {
      return new Path(log, "%020d.json".formatted(version));
    }

    @Override
    public Offset deserializeOffset(String json) {
      return new Version(Long.parseLong(json));
    }

    @Override
    public InputPartition[] planInputPartitions(Offset start, Offset end) {
      return new InputPartition[0];
    }

    @Override
    public PartitionReaderFactory createReaderFactory() {
      return partition -> {
        throw new IllegalStateException("there are no rows");
      };
    }

    @Override
    public void commit(Offset end) {}

    @Override
    public void stop() {}
  }
}
