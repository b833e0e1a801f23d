package io.medallion.silver.replay;

import static org.apache.spark.sql.functions.element_at;
import static org.apache.spark.sql.functions.input_file_name;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.split;

import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.ReplayMetadata;
import io.medallion.lakehouse.delta.TableCommit;
import io.medallion.lakehouse.delta.TableFile;
import io.medallion.lakehouse.delta.TableState;
import io.medallion.silver.source.RowPosition;
import io.medallion.silver.source.SilverState;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The one way in which a replay changes tables: quarantine's additions, then silver with its
 * counts, then what leaves quarantine. Cut off anywhere and done again, each step finds what it
 * would do done already. The caller holds silver's commit lock.
 */
final class ReplayCommit {
  private static final String FILE = "file";

  private final LakeTable silver;
  private final LakeTable quarantine;
  private final SparkSession session;
  private final ReplayMetadata metadata;
  private final Consumer<String> step;

  /**
   * @param step told the name of each step once it is done
   */
  ReplayCommit(ReplayTables tables, ReplayMetadata metadata, Consumer<String> step) {
    this.silver = tables.silver();
    this.quarantine = tables.quarantine();
    this.session = tables.session();
    this.metadata = metadata;
    this.step = step;
  }

  /** Adds rows to quarantine; how many there were. */
  long quarantine(Dataset<Row> rows) {
    TableCommit commit = quarantine.begin(session).append(rows);
    if (commit.rows() > 0) {
      commit.metadata(metadata).commit();
    }
    step.accept("quarantined");
    return commit.rows();
  }

  /**
   * Commits silver's rows with the counts that are true then.
   *
   * @param commit holds the files that come and go
   * @param cut what the commit builds upon
   * @param rows that silver has then
   * @param refused what quarantine holds once all steps are done, up to silver's position, by the
   *     code of the first reason
   * @param flags how many more rows bear each flag then
   * @return silver's version
   */
  long silver(
      TableCommit commit,
      SilverState cut,
      long rows,
      Map<String, Long> refused,
      Map<String, Long> flags) {
    Map<String, Long> counts = cut.withCounts(rows, refused, flags).values();
    // It is not the layer that has committed.
    counts.remove(TableState.COMMITTED);
    boolean same = counts.equals(common(silver.stateAt(cut.version()).values(), counts));
    long version = cut.version();
    if (!commit.isEmpty() || !same) {
      version = commit.setAll(counts).metadata(metadata).commit();
    }
    step.accept("silver");
    return version;
  }

  private static Map<String, Long> common(Map<String, Long> all, Map<String, Long> wanted) {
    Map<String, Long> found = new java.util.HashMap<>(all);
    found.keySet().retainAll(wanted.keySet());
    return found;
  }

  /**
   * Takes records out of quarantine, and gives others new reasons.
   *
   * @param released positions
   * @param restated rows that take the place of those with their positions
   */
  void release(Dataset<Row> released, Dataset<Row> restated) {
    Dataset<Row> gone =
        released
            .select(RowPosition.columns())
            .unionByName(restated.select(RowPosition.columns()))
            .cache();
    try {
      TableCommit commit = quarantine.begin(session);
      List<TableFile> files = filesWith(session, quarantine, commit.readVersion(), gone);
      if (!files.isEmpty()) {
        commit.append(
            RowPosition.notAmong(quarantine.rows(session, files), gone)
                .unionByName(restated)
                .select(quarantine.definition().columns()));
        commit.remove(files).metadata(metadata).commit();
      }
    } finally {
      gone.unpersist();
    }
    step.accept("released");
  }

  /** The files of a version that hold a row of one of these positions. */
  static List<TableFile> filesWith(
      SparkSession session, LakeTable table, long version, Dataset<Row> positions) {
    List<TableFile> files = table.filesAt(version);
    if (files.isEmpty()) {
      return files;
    }
    // Before the join: behind a shuffle nobody knows the file any more.
    Dataset<Row> all = table.rows(session, files);
    Dataset<Row> rows =
        all.select(
                RowPosition.areOfEvents(all.schema())
                    ? RowPosition.columns()
                    : RowPosition.recordColumns())
            .withColumn(FILE, element_at(split(input_file_name(), "/"), lit(-1)));
    Set<String> names = new HashSet<>();
    RowPosition.among(rows, positions)
        .select(FILE)
        .distinct()
        .collectAsList()
        .forEach(row -> names.add(row.getString(0)));
    return files.stream()
        .filter(f -> names.contains(f.path().substring(f.path().lastIndexOf('/') + 1)))
        .toList();
  }
}
