package io.medallion.operations.verify;

import io.medallion.common.error.ErrorCode;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.TableFile;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The tables' rows as their files hold them. A file that is gone or cannot be read is a finding,
 * and what the others hold is looked at all the same.
 */
final class DataFiles {
  static final String NAME = "every data file is there and can be read";

  private static final Pattern FILE = Pattern.compile("([^/\\s'\"]+\\.parquet)");
  private static final Map<String, String> REMEDIES =
      Map.of(
          "bronze", "restore it from a copy; Kafka may still have its records",
          "silver", "`medallion backfill` of its day derives its rows again",
          "quarantine", "`medallion backfill` of the days concerned derives its rows again");

  /** A version of a table that was read. */
  private record Version(String table, long number) {}

  private final Set<String> broken = new HashSet<>();
  private final Map<String, String> reasons = new HashMap<>();
  private final Map<Version, List<TableFile>> known = new HashMap<>();
  private final Map<Version, Map<String, String>> lost = new LinkedHashMap<>();

  /** All rows of a version but those of files that are lost. */
  Dataset<Row> rowsAt(LakeTable table, SparkSession session, long version) {
    Version read = new Version(table.definition().name(), version);
    List<TableFile> files = known.computeIfAbsent(read, v -> table.filesAt(version));
    Map<String, String> problems = lost.computeIfAbsent(read, v -> table.problems(files));
    files.stream()
        .map(TableFile::path)
        .filter(path -> broken.contains(name(path)))
        .forEach(path -> problems.put(path, "cannot be read: " + reasons.get(name(path))));
    return problems.isEmpty()
        ? table.rowsAt(session, version)
        : table.rows(
            session, files.stream().filter(file -> !problems.containsKey(file.path())).toList());
  }

  /** The rows of some files of a version, all of which are there. */
  Dataset<Row> rows(LakeTable table, SparkSession session, long version, List<TableFile> chosen) {
    known.computeIfAbsent(
        new Version(table.definition().name(), version), read -> table.filesAt(read.number()));
    return table.rows(session, chosen);
  }

  /**
   * Takes in that a read has failed.
   *
   * @return whether that is one file's fault, so that the others can be read without it
   */
  boolean isBroken(Throwable failure) {
    Set<Throwable> seen = new HashSet<>();
    for (Throwable cause = failure; cause != null && seen.add(cause); cause = cause.getCause()) {
      Matcher names = FILE.matcher(String.valueOf(cause.getMessage()));
      while (names.find()) {
        String name = names.group(1);
        if (isKnown(name) && broken.add(name)) {
          reasons.put(name, reason(failure));
          known.clear();
          lost.clear();
          return true;
        }
      }
    }
    return false;
  }

  private boolean isKnown(String name) {
    return known.values().stream()
        .flatMap(List::stream)
        .anyMatch(file -> name(file.path()).equals(name));
  }

  private static String reason(Throwable failure) {
    Throwable last = failure;
    while (last.getCause() != null && last.getCause() != last) {
      last = last.getCause();
    }
    return String.valueOf(last.getMessage()).lines().findFirst().orElse(last.toString());
  }

  private static String name(String path) {
    String decoded = URI.create(path).getPath();
    return decoded.substring(decoded.lastIndexOf('/') + 1);
  }

  void prove(Findings findings) {
    List<String> off = new ArrayList<>();
    long files = known.values().stream().mapToLong(List::size).sum();
    lost.forEach(
        (version, problems) ->
            problems.forEach(
                (path, problem) ->
                    off.add(
                        "%s of %s, version %d: %s (%s); its rows are missing below"
                            .formatted(
                                path,
                                version.table(),
                                version.number(),
                                problem,
                                ErrorCode.LAKE_FILE_LOST + ": " + REMEDIES.get(version.table())))));
    findings.add("lake", NAME, files, off);
  }
}
