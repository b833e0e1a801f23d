package io.medallion.gold;

import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.LakeTable;
import io.medallion.lakehouse.Layer;
import io.medallion.lakehouse.LayerBatch;
import io.medallion.lakehouse.Marks;
import io.medallion.lakehouse.Mode;
import io.medallion.lakehouse.PhaseClock;
import io.medallion.lakehouse.TableFile;
import io.medallion.lakehouse.TableVersion;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;

/**
 * Takes gold from where its ledger stands to where silver stands, some whole versions at a time.
 */
final class GoldStep implements AutoCloseable {
  private final LakeTable silver;
  private final Configuration configuration;
  private final long mostRows;
  private final long mostLiveRows;
  private final Map<Mode, SparkSession> sessions;
  private GoldMerge merge;
  private long position;

  GoldStep(Lake lake, LakeTable silver, Configuration configuration) {
    this.silver = silver;
    this.configuration = configuration;
    this.mostRows = configuration.get(Keys.GOLD_MAX_RECORDS);
    this.mostLiveRows = configuration.get(Keys.LIVE_MAX_RECORDS);
    this.sessions =
        Map.of(
            Mode.LIVE,
            Mode.LIVE.session(lake.session()),
            Mode.DRAIN,
            Mode.DRAIN.session(lake.session()));
  }

  /** The version of silver that gold has merged. */
  long position() {
    return position;
  }

  /** Merges everything that silver holds now and gold has not merged. */
  void advance(Layer layer) {
    if (merge == null) {
      open();
      position = merge.position();
    }
    long newest = silver.version();
    if (position == GoldMerge.NOTHING_MERGED) {
      rebuild(layer, newest);
    }
    while (position < newest && !layer.stopping()) {
      for (List<TableVersion> chunk : chunks(silver.versions(position, newest))) {
        long reaches = chunk.get(chunk.size() - 1).version();
        if (layer.stopping() || merge(layer, chunk) != reaches) {
          // The ledger stands elsewhere: go on from there.
          break;
        }
      }
    }
  }

  /**
   * Makes gold from the whole of silver as it is now. So begins a gold that has no position: the
   * versions before may be gone, or hold rewrites whose rows are not silver's any more.
   */
  void rebuild(Layer layer) {
    open();
    rebuild(layer, silver.version());
  }

  private void rebuild(Layer layer, long version) {
    PhaseClock clock = new PhaseClock();
    List<TableFile> files = silver.filesAt(version);
    long rows = files.stream().mapToLong(TableFile::records).sum();
    SparkSession session = sessions.get(Mode.of(rows, mostLiveRows));
    position = merge.rebuild(new SilverSnapshot(silver, session, files, mostRows), version);
    clock.end("rebuild");
    layer.done(new LayerBatch(position, rows, rows, Map.of(), 0, clock.total(), clock.phases()));
  }

  private void open() {
    if (merge == null) {
      merge = GoldMerge.open(configuration, silver.id());
    }
  }

  private List<List<TableVersion>> chunks(List<TableVersion> versions) {
    List<List<TableVersion>> chunks = new ArrayList<>();
    List<TableVersion> open = new ArrayList<>();
    long rows = 0;
    for (TableVersion version : versions) {
      requireAppend(version);
      if (rows > 0 && rows + version.rows() > mostRows) {
        chunks.add(List.copyOf(open));
        open.clear();
        rows = 0;
      }
      open.add(version);
      rows += version.rows();
    }
    chunks.add(List.copyOf(open));
    return chunks;
  }

  private long merge(Layer layer, List<TableVersion> versions) {
    PhaseClock clock = new PhaseClock();
    TableVersion last = versions.get(versions.size() - 1);
    List<TableFile> files = versions.stream().flatMap(v -> v.added().stream()).toList();
    long rows = files.stream().mapToLong(TableFile::records).sum();
    SparkSession session = sessions.get(Mode.of(rows, mostLiveRows));
    position =
        merge.merge(
            silver.rows(session, files), new SilverRange(position, last.version()), flow(last));
    clock.end("merge");
    long newest = last.marks().getOrDefault(Marks.NEWEST, 0L);
    layer.done(
        new LayerBatch(position, rows, rows, Map.of(), newest, clock.total(), clock.phases()));
    return position;
  }

  /** What silver says in its commit of itself and of the layers before it. */
  private static FlowSnapshot flow(TableVersion silver) {
    Map<String, Long> marks = silver.marks();
    if (marks.isEmpty()) {
      return FlowSnapshot.UNKNOWN;
    }
    Instant newest = Instant.EPOCH.plus(marks.get(Marks.NEWEST), ChronoUnit.MICROS);
    long read = marks.get(Marks.READ);
    return new FlowSnapshot(
        List.of(
            new FlowSnapshot.Layer(
                "bronze", "seq " + marks.get(Marks.SEQ), read, read, 0, 0, newest),
            new FlowSnapshot.Layer(
                "silver",
                "version " + silver.version(),
                read,
                marks.get(Marks.ROWS),
                marks.get(Marks.DUPLICATES),
                marks.get(Marks.QUARANTINED),
                newest)));
  }

  private static void requireAppend(TableVersion version) {
    if (version.removed() > 0) {
      throw new MedallionException(
          ErrorCode.LAKE_UNMARKED_REWRITE,
          "Version %d of the silver table removed or changed rows and is not a backfill's"
              .formatted(version.version()),
          "Gold's numbers would no longer follow from silver's rows.",
          "Make silver and gold anew: docs/runbook.md#lake_versions_gone says how.");
    }
  }

  @Override
  public void close() {
    if (merge != null) {
      merge.close();
    }
  }
}
