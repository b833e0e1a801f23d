package io.medallion.silver.source;

import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.TableFile;
import io.medallion.lakehouse.delta.TableVersion;
import io.medallion.lakehouse.schema.BronzeColumns;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Bronze beyond silver's position, in chunks of whole versions in their order. */
public final class BronzeHistory {
  /** Where silver stands before it has read anything. */
  static final Position BEGINNING = new Position(-1, 0);

  /**
   * Up to where silver has read bronze.
   *
   * @param version of the bronze table, -1 if it has no version to go on from
   * @param seq the number of the bronze commit, which every row carries
   */
  public record Position(long version, long seq) {}

  /**
   * Some whole versions.
   *
   * @param files what they brought
   * @param reaches silver's position once it has them
   */
  public record Chunk(List<TableFile> files, Position reaches) {
    public long rows() {
      return files.stream().mapToLong(TableFile::records).sum();
    }

    public long bytes() {
      return files.stream().mapToLong(TableFile::size).sum();
    }
  }

  private final LakeTable bronze;
  private final long mostRows;

  public BronzeHistory(LakeTable bronze, long mostRows) {
    this.bronze = bronze;
    this.mostRows = mostRows;
  }

  /** What lies between silver's position and a version. */
  public List<Chunk> after(Position position, long upTo) {
    return position.version() < 0 ? fromSnapshot(position, upTo) : fromVersions(position, upTo);
  }

  private List<Chunk> fromVersions(Position position, long upTo) {
    List<Chunk> chunks = new ArrayList<>();
    List<TableFile> files = new ArrayList<>();
    Position reached = position;
    long rows = 0;
    for (TableVersion version : bronze.versions(position.version(), upTo)) {
      requireAppend(version);
      if (rows > 0 && rows + version.rows() > mostRows) {
        chunks.add(new Chunk(List.copyOf(files), reached));
        files.clear();
        rows = 0;
      }
      files.addAll(version.added());
      rows += version.rows();
      reached = new Position(version.version(), Math.max(reached.seq(), lastSeq(version.added())));
    }
    if (!reached.equals(position)) {
      chunks.add(new Chunk(List.copyOf(files), reached));
    }
    return chunks;
  }

  /**
   * If there is no version to go on from, the whole table as of one, in the order of its commits. A
   * chunk ends where one commit ends; only the last one reaches the version.
   */
  private List<Chunk> fromSnapshot(Position position, long version) {
    List<TableFile> files =
        bronze.filesAt(version).stream()
            .filter(f -> f.maxLong(BronzeColumns.COMMIT_SEQ) > position.seq())
            .sorted(Comparator.comparingLong(f -> f.minLong(BronzeColumns.COMMIT_SEQ)))
            .toList();
    List<Chunk> chunks = new ArrayList<>();
    List<TableFile> open = new ArrayList<>();
    for (TableFile file : files) {
      boolean commitEnded = file.minLong(BronzeColumns.COMMIT_SEQ) > lastSeq(open);
      if (!open.isEmpty() && commitEnded && rows(open) + file.records() > mostRows) {
        chunks.add(new Chunk(List.copyOf(open), new Position(-1, lastSeq(open))));
        open.clear();
      }
      open.add(file);
    }
    chunks.add(
        new Chunk(
            List.copyOf(open), new Position(version, Math.max(position.seq(), lastSeq(open)))));
    return chunks;
  }

  private static long rows(List<TableFile> files) {
    return files.stream().mapToLong(TableFile::records).sum();
  }

  private static long lastSeq(List<TableFile> files) {
    return files.stream().mapToLong(f -> f.maxLong(BronzeColumns.COMMIT_SEQ)).max().orElse(0);
  }

  private static void requireAppend(TableVersion version) {
    if (version.removed() > 0) {
      throw new MedallionException(
          ErrorCode.LAKE_UNMARKED_REWRITE,
          "Version %d of the bronze table removed rows".formatted(version.version()),
          "Bronze is append-only; someone else changed it.",
          "Restore the table to the version before, or rebuild silver from what it holds now.");
    }
  }
}
