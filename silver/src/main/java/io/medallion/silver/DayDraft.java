package io.medallion.silver;

import io.medallion.lakehouse.Ahead;
import io.medallion.lakehouse.Beside;
import io.medallion.lakehouse.BronzeColumns;
import io.medallion.lakehouse.RowRdd;
import io.medallion.lakehouse.TableCommit;
import io.medallion.lakehouse.TableFile;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
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
final class DayDraft implements AutoCloseable {
  private static final int ONE_AHEAD = 1;

  private final ReplayTables tables;
  private final List<String> watched;
  private final TableCommit events;
  private final TableCommit refusals;
  private final SilverLookup lookup;
  private final List<JavaRDD<Stretch>> stretches = new ArrayList<>();
  private final List<JavaRDD<InternalRow>> duplicates = new ArrayList<>();
  private final Set<String> taken = new HashSet<>();
  private long judged;
  private boolean compared;

  /**
   * An empty one.
   *
   * @param watched the columns that somebody looks at
   */
  DayDraft(ReplayTables tables, List<String> watched) {
    this.tables = tables;
    this.watched = watched;
    this.events = tables.silver().begin(tables.session());
    this.refusals = tables.quarantine().begin(tables.session());
    this.lookup = new SilverLookup(tables.silver(), events.filesSoFar());
  }

  /**
   * Judges records that came after all that it has judged.
   *
   * @param days only events of these become rows; what breaks a rule has no day
   */
  void add(BronzeRange records, SortedSet<LocalDate> days) {
    List<BronzeRange> ranges = tables.cut(records);
    long largest = ranges.stream().mapToLong(BronzeRange::bytes).max().orElse(0);
    if (JudgedChunk.twoFit(largest)) {
      addAll(ranges, days);
    } else {
      ranges.forEach(range -> addAll(List.of(range), days));
    }
  }

  private void addAll(List<BronzeRange> ranges, SortedSet<LocalDate> days) {
    try (Ahead<BronzeRange, JudgedChunk> ahead =
        new Ahead<>(ranges, ONE_AHEAD, tables::judged, JudgedChunk::close)) {
      for (List<JudgedChunk> next = ahead.next(); !next.isEmpty(); next = ahead.next()) {
        try (JudgedChunk chunk = next.get(0)) {
          add(chunk, days);
        }
      }
    }
  }

  private void add(JudgedChunk chunk, SortedSet<LocalDate> days) {
    Candidates candidates = chunk.candidates(Set.of()).at(timesOn(days));
    Verdicts verdicts = Verdicts.of(candidates, lookup.find(tables.session(), candidates));
    int written = events.files().size();
    try (Beside<TableCommit> refusing =
        Beside.start("quarantine", () -> refusals.append(chunk.refusals(verdicts, Set.of())))) {
      events.append(chunk.events(verdicts));
      refusing.result();
    }
    List<TableFile> files = events.files();
    lookup.written(files.subList(written, files.size()), candidates, verdicts.events());
    if (!compared) {
      keep(StretchPacker.of(chunk.events(verdicts), watched), stretches);
    }
    if (!verdicts.duplicates().isEmpty()) {
      keep(positions(chunk.duplicates(verdicts)), duplicates);
    }
    judged += chunk.size();
  }

  private static LongPredicate timesOn(SortedSet<LocalDate> days) {
    Set<Long> numbers = new HashSet<>();
    days.forEach(day -> numbers.add(day.toEpochDay()));
    return micros -> numbers.contains(Math.floorDiv(micros, TimeUnit.DAYS.toMicros(1)));
  }

  private JavaRDD<InternalRow> positions(JavaRDD<InternalRow> judged) {
    return RowRdd.of(
            RowRdd.dataset(tables.session(), judged, JudgedColumns.SCHEMA)
                .select(RowPosition.columnsAnd(BronzeColumns.SEQ)))
        .map(InternalRow::copy);
  }

  /** Keeps what is made of a chunk, as that is let go of. */
  private static <T> void keep(JavaRDD<T> made, List<JavaRDD<T>> all) {
    all.add(made.persist(StorageLevel.DISK_ONLY()));
    made.count();
  }

  /** How many records it has judged. */
  long judged() {
    return judged;
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
  JavaRDD<Stretch> stretches(int tasks) {
    compared = true;
    return union(stretches, Stretch.class, tasks);
  }

  /** Positions, and sequence numbers, of the copies of events. */
  Dataset<Row> duplicates() {
    return RowRdd.dataset(
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
    stretches.forEach(JavaRDD::unpersist);
    duplicates.forEach(JavaRDD::unpersist);
    refusals.discard(refusals.files());
    events.discard(events.files().stream().filter(file -> !taken.contains(file.path())).toList());
  }
}
