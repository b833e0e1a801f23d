package io.medallion.silver.replay;

import io.medallion.common.event.UtcDay;
import io.medallion.lakehouse.delta.TableCommit;
import io.medallion.lakehouse.delta.TableFile;
import io.medallion.lakehouse.layer.AsyncTask;
import io.medallion.lakehouse.layer.Prefetcher;
import io.medallion.lakehouse.schema.BronzeColumns;
import io.medallion.lakehouse.spark.InternalRowDatasets;
import io.medallion.silver.dedup.Candidates;
import io.medallion.silver.dedup.DedupResult;
import io.medallion.silver.dedup.Identity;
import io.medallion.silver.dedup.IdentityIndex;
import io.medallion.silver.dedup.Original;
import io.medallion.silver.parse.ParsedBatch;
import io.medallion.silver.parse.QuarantineRows;
import io.medallion.silver.replay.diff.OffsetRange;
import io.medallion.silver.replay.diff.OffsetRangePacker;
import io.medallion.silver.source.BronzeRange;
import io.medallion.silver.source.RowPosition;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.function.LongPredicate;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag;

/**
 * What becomes of bronze's records on some event days: the work of a silver that begins with
 * nothing, range after range in bronze's order. Rows of silver and of quarantine lie in files of
 * these tables that no commit names, so that nobody else sees them.
 *
 * <p>Memory holds as much as that of a silver does. Closing it deletes the files that nobody has
 * taken.
 */
final class StagedDay implements AutoCloseable {
  private static final int ONE_AHEAD = 1;

  private final ReplayTables tables;
  private final List<String> watched;
  private final TableCommit events;
  private final TableCommit refusals;
  private final IdentityIndex lookup;

  /**
   * Of silver as it is: events of days that are not derived again keep their places, which may be
   * behind those of candidates.
   */
  private final IdentityIndex other;

  private final List<JavaRDD<OffsetRange>> offsetRanges = new ArrayList<>();
  private final List<JavaRDD<InternalRow>> duplicates = new ArrayList<>();
  private final Set<String> taken = new HashSet<>();
  private long parsed;
  private boolean compared;

  /**
   * An empty one.
   *
   * @param watched the columns that somebody looks at
   */
  StagedDay(ReplayTables tables, List<String> watched) {
    this.tables = tables;
    this.watched = watched;
    this.events = tables.silver().begin(tables.session());
    this.refusals = tables.quarantine().begin(tables.session());
    this.lookup = new IdentityIndex(tables.silver(), events.filesSoFar(), tables.identity());
    this.other =
        IdentityIndex.withPlaces(tables.silver(), tables.silver().files(), tables.identity());
  }

  /**
   * Validates records that came after all that it has judged.
   *
   * @param days only events of these become rows; what breaks a rule has no day
   */
  void add(BronzeRange records, SortedSet<LocalDate> days) {
    List<BronzeRange> ranges = tables.cut(records);
    long largest = ranges.stream().mapToLong(BronzeRange::bytes).max().orElse(0);
    long most = ranges.stream().mapToLong(BronzeRange::rows).max().orElse(0);
    if (ParsedBatch.twoFit(tables.session(), largest, most)) {
      addAll(ranges, days);
    } else {
      ranges.forEach(range -> addAll(List.of(range), days));
    }
  }

  private void addAll(List<BronzeRange> ranges, SortedSet<LocalDate> days) {
    try (Prefetcher<BronzeRange, ParsedBatch> ahead =
        new Prefetcher<>(ranges, ONE_AHEAD, tables::parsed, ParsedBatch::close)) {
      for (List<ParsedBatch> next = ahead.next(); !next.isEmpty(); next = ahead.next()) {
        try (ParsedBatch chunk = next.get(0)) {
          add(chunk, days);
        }
      }
    }
  }

  private void add(ParsedBatch chunk, SortedSet<LocalDate> days) {
    Candidates candidates = chunk.candidates(Set.of()).at(timesOn(days));
    Map<Identity, Original> known = lookup.find(tables.session(), candidates);
    known.putAll(onOtherDays(candidates, days));
    DedupResult deduplicated =
        DedupResult.of(candidates, known, tables.identity(), tables.contract().pseudonyms());
    int written = events.files().size();
    try (AsyncTask<TableCommit> refusing =
        AsyncTask.start(
            "quarantine", () -> refusals.append(chunk.refusals(deduplicated, Set.of())))) {
      events.append(chunk.events(deduplicated));
      refusing.result();
    }
    List<TableFile> files = events.files();
    lookup.written(files.subList(written, files.size()), candidates, deduplicated.events());
    if (!compared) {
      StructType columns = tables.silver().definition().schema();
      keep(OffsetRangePacker.of(chunk.events(deduplicated), columns, watched), offsetRanges);
    }
    if (!deduplicated.duplicates().isEmpty()) {
      keep(positions(chunk.duplicates(deduplicated)), duplicates);
    }
    parsed += chunk.records();
  }

  private static LongPredicate timesOn(SortedSet<LocalDate> days) {
    Set<Integer> numbers = new HashSet<>();
    days.forEach(day -> numbers.add((int) day.toEpochDay()));
    return micros -> numbers.contains(UtcDay.of(micros));
  }

  /**
   * What silver holds of other days that candidates may be copies of; empty where times of copies
   * do not differ, so that all are on one day.
   */
  private Map<Identity, Original> onOtherDays(Candidates candidates, SortedSet<LocalDate> days) {
    LongPredicate onDays = timesOn(days);
    long reach = tables.identity().reachMicros();
    Candidates atEdges = candidates.at(t -> !onDays.test(t - reach) || !onDays.test(t + reach));
    if (atEdges.numbers().isEmpty()) {
      return Map.of();
    }
    Map<Identity, Original> found = other.find(tables.session(), atEdges);
    found.keySet().removeIf(identity -> onDays.test(identity.timeMicros()));
    return found;
  }

  private JavaRDD<InternalRow> positions(JavaRDD<InternalRow> parsed) {
    return InternalRowDatasets.of(
            InternalRowDatasets.dataset(tables.session(), parsed, tables.schema())
                .select(RowPosition.columnsAnd(BronzeColumns.COMMIT_SEQ)))
        .map(InternalRow::copy);
  }

  /** Keeps what is made of a chunk, as that is let go of. */
  private static <T> void keep(JavaRDD<T> made, List<JavaRDD<T>> all) {
    all.add(made.persist(StorageLevel.DISK_ONLY()));
    made.count();
  }

  /** How many records it has judged. */
  long parsed() {
    return parsed;
  }

  /** The events, as silver has them. */
  Dataset<Row> events() {
    return eventsOf(events.files());
  }

  /** Those of some of the days. */
  Dataset<Row> events(SortedSet<LocalDate> days) {
    return eventsOf(files(days));
  }

  private Dataset<Row> eventsOf(List<TableFile> files) {
    return tables
        .silver()
        .rows(tables.session(), files)
        .select(tables.silver().definition().columns());
  }

  private List<TableFile> files(SortedSet<LocalDate> days) {
    return events.files().stream().filter(file -> days.contains(file.partition())).toList();
  }

  /** How many events there are. */
  long size() {
    return events.rows();
  }

  /**
   * What they hold, by position. Of events that are added afterwards it is not kept.
   *
   * @param tasks so many read it; what one writes to a shuffle Java's serializer holds until its
   *     end
   */
  JavaRDD<OffsetRange> offsetRanges(int tasks) {
    compared = true;
    return union(offsetRanges, OffsetRange.class, tasks);
  }

  /** Positions, and sequence numbers, of the copies of events. */
  Dataset<Row> duplicates() {
    return InternalRowDatasets.dataset(
        tables.session(),
        union(duplicates, InternalRow.class, context().defaultParallelism()),
        RowPosition.WITH_SEQ);
  }

  private <T> JavaRDD<T> union(List<JavaRDD<T>> parts, Class<T> of, int tasks) {
    RDD<T> all =
        context()
            .union(
                CollectionConverters.asScala(parts.stream().map(JavaRDD::rdd).toList()).toSeq(),
                ClassTag.apply(of));
    return all.toJavaRDD().coalesce(tasks);
  }

  private SparkContext context() {
    return tables.session().sparkContext();
  }

  /** Records that claim the identity of an event, as rows of quarantine. */
  Dataset<Row> conflicts() {
    return refusals().where(QuarantineRows.isConflict());
  }

  /** Records of any day that break a rule, as rows of quarantine. */
  Dataset<Row> refused() {
    return refusals().where(QuarantineRows.isConflict().unary_$bang());
  }

  private Dataset<Row> refusals() {
    return tables
        .quarantine()
        .rows(tables.session(), refusals.files())
        .select(tables.quarantine().definition().columns());
  }

  /** Hands over the files with the events of some days; the caller's commit names them. */
  List<TableFile> take(SortedSet<LocalDate> days) {
    List<TableFile> files = files(days);
    files.forEach(file -> taken.add(file.path()));
    return files;
  }

  @Override
  public void close() {
    offsetRanges.forEach(JavaRDD::unpersist);
    duplicates.forEach(JavaRDD::unpersist);
    refusals.discard(refusals.files());
    events.discard(events.files().stream().filter(file -> !taken.contains(file.path())).toList());
  }
}
