package io.medallion.lakehouse.delta;

import static org.apache.spark.sql.functions.col;

import io.medallion.lakehouse.schema.IdentityKind;
import io.medallion.lakehouse.schema.SilverColumns;
import io.medallion.lakehouse.spark.InternalRowDatasets;
import io.medallion.lakehouse.store.TableLock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Makes few files of many small ones, in the order of the column by which the table is looked up,
 * so that each file covers a narrow range of it that no other new file shares.
 *
 * <p>No row changes, and those who follow the table's changes see none. Files are written next to
 * the live writers; only the commit waits for them.
 */
public final class Compaction {
  /** In a partition that still grows, files are merged from so many on. */
  static final int MOST_LIVE_FILES = 100;

  /**
   * A large file is written again for small ones that lie within it only if they make this part.
   */
  private static final long WORTH = 10;

  private final LakeTable table;
  private final TableFiles files;

  Compaction(LakeTable table) {
    this.table = table;
    this.files = table.files();
  }

  /**
   * Files of one partition that become fewer.
   *
   * @param partition the date of their folder
   * @param files what is merged
   * @param into how many files they become
   * @param closed whether the partition had been quiet
   */
  public record Group(LocalDate partition, List<TableFile> files, int into, boolean closed) {
    /** Bytes on disk now. */
    public long bytes() {
      return files.stream().mapToLong(TableFile::size).sum();
    }

    /** The rows in them. */
    public long records() {
      return files.stream().mapToLong(TableFile::records).sum();
    }
  }

  /**
   * A group whose new files are written.
   *
   * @param group what they hold
   * @param files a commit that wrote them and will not be made
   */
  public record Prepared(Group group, TableCommit files) {}

  /**
   * What is worth merging.
   *
   * @param closedBefore a partition into which nothing was written since is closed
   * @param fileSize the bytes that a file should have
   */
  public List<Group> plan(Instant closedBefore, long fileSize) {
    files.refresh();
    Map<LocalDate, List<TableFile>> partitions =
        files.all().stream()
            .collect(
                Collectors.groupingBy(TableFile::partition, TreeMap::new, Collectors.toList()));
    List<Group> groups = new ArrayList<>();
    partitions.forEach(
        (partition, all) -> {
          boolean closed =
              all.stream().allMatch(f -> f.writtenMillis() < closedBefore.toEpochMilli());
          if (closed || all.size() > MOST_LIVE_FILES) {
            List<TableFile> chosen = chosen(all, closed, fileSize);
            long bytes = chosen.stream().mapToLong(TableFile::size).sum();
            int into = (int) Math.max(1, (bytes + fileSize - 1) / fileSize);
            if (into < chosen.size()) {
              groups.add(new Group(partition, chosen, into, closed));
            }
          }
        });
    return groups;
  }

  private List<TableFile> chosen(List<TableFile> partition, boolean closed, long fileSize) {
    List<TableFile> small = partition.stream().filter(f -> f.size() < fileSize / 2).toList();
    if (!closed || small.isEmpty()) {
      return small;
    }
    List<TableFile> around =
        partition.stream()
            .filter(f -> f.size() >= fileSize / 2)
            .filter(f -> small.stream().anyMatch(s -> overlap(f, s)))
            .toList();
    long worth = WORTH * small.stream().mapToLong(TableFile::size).sum();
    if (around.stream().mapToLong(TableFile::size).sum() > worth) {
      return small;
    }
    List<TableFile> all = new ArrayList<>(small);
    all.addAll(around);
    return all;
  }

  private boolean overlap(TableFile a, TableFile b) {
    return least(a) <= greatest(b) && least(b) <= greatest(a);
  }

  private boolean byTime() {
    return table.definition().clusteredBy().equals(SilverColumns.EVENT_TIME);
  }

  private long least(TableFile file) {
    String column = table.definition().clusteredBy();
    return byTime() ? file.minMicros(column) : file.minLong(column);
  }

  private long greatest(TableFile file) {
    String column = table.definition().clusteredBy();
    return byTime() ? file.maxMicros(column) : file.maxLong(column);
  }

  /**
   * Writes the files that a group becomes; nobody sees them before they are {@linkplain #commit
   * committed}.
   *
   * @throws IllegalStateException if they do not hold as many rows as the old ones
   */
  public Prepared prepare(SparkSession session, Group group) {
    // A contract may have added columns that this program was not told of.
    LakeTable whole = table.whole().identifiedBy(identity(group));
    Dataset<Row> rows = ordered(session, group).select(whole.definition().columns());
    TableCommit files = whole.begin(session).append(InternalRowDatasets.of(rows));
    if (files.rows() != group.records()) {
      throw new IllegalStateException(
          "%d rows of %s became %d"
              .formatted(group.records(), table.definition().name(), files.rows()));
    }
    return new Prepared(group, files);
  }

  /** The kind that its files keep hashes of: which one is wanted, their writer knew. */
  private IdentityKind identity(Group group) {
    IdentityKind ours = table.definition().identity();
    boolean ofIds =
        ours != IdentityKind.NONE
            && group.files().stream()
                .anyMatch(file -> file.identities(IdentityKind.ID).isPresent());
    return ofIds ? IdentityKind.ID : ours;
  }

  /**
   * Puts the files of groups in the place of theirs, all in one version, so that the table's
   * history shows one compaction and not one for each day.
   *
   * @param commitLock takes the lock that the table's writers hold while they commit
   * @return the groups of which a rewrite took a file meanwhile; nothing was done to them
   */
  @SuppressWarnings("try") // The lock is held, not used.
  public List<Group> commit(
      SparkSession session, List<Prepared> prepared, Supplier<? extends TableLock> commitLock) {
    List<Group> rewritten = new ArrayList<>();
    try (TableLock commits = commitLock.get()) {
      TableCommit commit = table.begin(session);
      files.refresh();
      Set<String> there = files.all().stream().map(TableFile::path).collect(Collectors.toSet());
      for (Prepared one : prepared) {
        if (one.group().files().stream().allMatch(file -> there.contains(file.path()))) {
          commit.replace(one.group().files(), one.files());
        } else {
          rewritten.add(one.group());
        }
      }
      if (!commit.isEmpty()) {
        commit.note("compaction").commit();
      }
    }
    return rewritten;
  }

  private Dataset<Row> ordered(SparkSession session, Group group) {
    String column = table.definition().clusteredBy();
    Dataset<Row> rows = table.rows(session, group.files());
    return (group.into() == 1
            ? rows.coalesce(1)
            : rows.repartitionByRange(group.into(), col(column)))
        .sortWithinPartitions(column);
  }
}
