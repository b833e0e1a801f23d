package io.medallion.lakehouse.query;

import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.spark.ReadOnlyExtension;
import io.medallion.lakehouse.spark.SparkInternals;
import io.medallion.lakehouse.store.ReadOnlyFileSystem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A session for the questions of others. It can do no more than read, whatever it is given:
 *
 * <ul>
 *   <li>its file systems are a {@link ReadOnlyFileSystem} on the lake, for every scheme;
 *   <li>its tables are those of a {@link LakeCatalog}, and files are no tables;
 *   <li>it runs no commands ({@link ReadOnlyExtension}), {@code SET} among them, so that neither
 *       can be changed from within.
 * </ul>
 *
 * What Spark spills to its local folders is its own.
 */
public final class ReadingSession {
  private static final Pattern IMPLEMENTATION = Pattern.compile("fs\\.([A-Za-z0-9+.-]+)\\.impl");

  private ReadingSession() {}

  /**
   * What makes a session one that only reads the tables of a lake, of the lake's own application;
   * given to its builder, it holds for its children.
   */
  public static Map<String, String> settings(Lake lake) {
    Configuration hadoop = SparkInternals.hadoopConfiguration(lake.session());
    String folder = lake.localPath().map(Object::toString).orElse(lake.path());
    Map<String, String> settings = new TreeMap<>();
    settings.put("spark.sql.catalog." + LakeCatalog.NAME, LakeCatalog.class.getName());
    settings.put("spark.sql.catalog." + LakeCatalog.NAME + "." + LakeCatalog.PATH, folder);
    settings.put("spark.sql.defaultCatalog", LakeCatalog.NAME);
    settings.put("spark.sql.runSQLOnFiles", "false");
    settings.putAll(
        ReadOnlyFileSystem.settings(qualified(folder, hadoop), schemes(hadoop), hadoop));
    settings.put(ReadOnlyExtension.ON, "true");
    return settings;
  }

  private static Path qualified(String folder, Configuration hadoop) {
    try {
      Path path = new Path(folder);
      return path.getFileSystem(hadoop).makeQualified(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where Hadoop looks for them: in its settings and among the services of the class path. */
  private static Set<String> schemes(Configuration hadoop) {
    Set<String> schemes = new TreeSet<>();
    for (Map.Entry<String, String> setting : hadoop) {
      Matcher implementation = IMPLEMENTATION.matcher(setting.getKey());
      if (implementation.matches()) {
        schemes.add(implementation.group(1));
      }
    }
    ServiceLoader.load(FileSystem.class).stream()
        .forEach(
            found -> {
              try {
                schemes.add(found.get().getScheme());
              } catch (ServiceConfigurationError | UnsupportedOperationException e) {
                // Hadoop cannot make it either, or finds it by a setting alone.
              }
            });
    return schemes;
  }
}
