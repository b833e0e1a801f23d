package io.medallion.lakehouse.delta;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/** Whether the data files that a version of a table consists of are where they should be. */
final class FileAudit {
  private final Path table;
  private final Configuration settings;
  private final Map<Path, Map<String, Long>> folders = new HashMap<>();

  FileAudit(String table, Configuration settings) {
    this.table = new Path(table);
    this.settings = settings;
  }

  /** What is wrong with files, by their names below the table; nothing of them is read. */
  Map<String, String> problems(List<TableFile> files) {
    Map<String, String> problems = new TreeMap<>();
    for (TableFile file : files) {
      Path place = TableFile.place(table, file.path());
      Long bytes = folders.computeIfAbsent(place.getParent(), this::list).get(place.getName());
      if (bytes == null) {
        problems.put(file.path(), "is gone");
      } else if (bytes != file.size()) {
        problems.put(file.path(), "has %,d bytes, not %,d".formatted(bytes, file.size()));
      }
    }
    return problems;
  }

  private Map<String, Long> list(Path folder) {
    Map<String, Long> sizes = new HashMap<>();
    try {
      for (FileStatus file : folder.getFileSystem(settings).listStatus(folder)) {
        sizes.put(file.getPath().getName(), file.getLen());
      }
      return sizes;
    } catch (FileNotFoundException e) {
      return sizes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
