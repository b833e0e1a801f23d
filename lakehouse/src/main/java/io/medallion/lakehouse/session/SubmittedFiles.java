package io.medallion.lakehouse.session;

import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkEnv;
import org.apache.spark.SparkFiles;

/** Files that {@code spark-submit --files} brings along: to each process, where it works. */
public final class SubmittedFiles {
  private static final String CONFIG = "--config";

  private SubmittedFiles() {}

  /**
   * Where a file is that a setting names: there, or, if it is a name without a folder, among those
   * that were brought to this process.
   */
  public static Path of(String named) {
    Path path = Path.of(named);
    if (!isMissingName(path) || SparkEnv.get() == null) {
      return path;
    }
    Path brought = Path.of(SparkFiles.get(named));
    return Files.exists(brought) ? brought : path;
  }

  private static boolean isMissingName(Path path) {
    return !path.isAbsolute() && path.getNameCount() == 1 && !Files.exists(path);
  }

  /**
   * A command line whose {@code --config} names a file that this process has. A driver in a
   * standalone cluster reads it before Spark has brought anything.
   *
   * @param brought the addresses of files, separated by commas; null if there are none
   * @throws MedallionException if one of them is meant and cannot be read
   */
  public static List<String> withConfiguration(List<String> args, String brought) {
    List<String> all = new ArrayList<>(args);
    for (int i = 0; i < all.size(); i++) {
      String arg = all.get(i);
      if (arg.equals(CONFIG) && i + 1 < all.size()) {
        int value = i + 1;
        fetched(all.get(value), brought).ifPresent(file -> all.set(value, file.toString()));
      } else if (arg.startsWith(CONFIG + "=")) {
        int at = i;
        fetched(arg.substring(CONFIG.length() + 1), brought)
            .ifPresent(file -> all.set(at, CONFIG + "=" + file));
      }
    }
    return all;
  }

  private static Optional<Path> fetched(String named, String brought) {
    if (brought == null || !isMissingName(Path.of(named))) {
      return Optional.empty();
    }
    return Arrays.stream(brought.split(","))
        .map(String::strip)
        .filter(address -> address.endsWith("/" + named))
        .findFirst()
        .map(SubmittedFiles::fetch);
  }

  /** Into a file that its owner alone may read, as it may hold secrets. */
  private static Path fetch(String address) {
    org.apache.hadoop.fs.Path from = new org.apache.hadoop.fs.Path(address);
    try (InputStream content = from.getFileSystem(new Configuration()).open(from)) {
      Path file = Files.createTempFile("medallion", ".properties");
      file.toFile().deleteOnExit();
      Files.copy(content, file, StandardCopyOption.REPLACE_EXISTING);
      return file;
    } catch (IOException e) {
      throw new MedallionException(
          ErrorCode.CONFIG_FILE_UNREADABLE,
          "The configuration %s, which --files names, cannot be read".formatted(address),
          e.toString(),
          "Check that the driver's machine reaches this address.",
          e);
    }
  }
}
