package io.medallion.lakehouse.store;

import io.delta.storage.S3SingleDriverLogStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.util.Iterator;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * Publishes a table's versions on S3 so that two processes never both own one: on the condition
 * that there is no such object yet, which the store itself checks.
 *
 * <p>Delta's own looks first and writes then, which keeps no more than the threads of one process
 * apart. It is used where conditions are switched off ({@code fs.s3a.create.conditional.enabled}).
 */
public final class S3ConditionalWriteLogStore extends S3SingleDriverLogStore {

  private static final String FAST_LISTING = "delta.enableFastS3AListFrom";

  /** Called by Delta, which names this class in {@code spark.delta.logStore.s3a.impl}. */
  public S3ConditionalWriteLogStore(Configuration hadoop) {
    super(hadoop);
  }

  /**
   * What is wrong with the way in which Hadoop is told to list a log on S3; empty if nothing is.
   */
  public static Optional<String> listingDanger(Configuration hadoop) {
    return hadoop.getBoolean(FAST_LISTING, false)
        ? Optional.of(
            ("spark.hadoop.%s is set: before Delta 4.4.1 a snapshot listed so may lack commits, and"
                    + " what reads it then reads old or wrong rows. Unset it")
                .formatted(FAST_LISTING))
        : Optional.empty();
  }

  @Override
  public void write(Path path, Iterator<String> lines, Boolean overwrite, Configuration hadoop)
      throws IOException {
    PutIfAbsent once = new PutIfAbsent(path.getFileSystem(hadoop));
    if (overwrite || !once.conditional(path)) {
      super.write(path, lines, overwrite, hadoop);
    } else if (!once.make(path, bytes(lines))) {
      throw new FileAlreadyExistsException(path.toString());
    }
  }

  private static byte[] bytes(Iterator<String> lines) {
    StringBuilder text = new StringBuilder();
    lines.forEachRemaining(line -> text.append(line).append('\n'));
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }
}
