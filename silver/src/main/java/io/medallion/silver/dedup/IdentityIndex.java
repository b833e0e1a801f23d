package io.medallion.silver.dedup;

import static org.apache.spark.sql.functions.col;

import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.TableFile;
import io.medallion.lakehouse.delta.TableFiles;
import io.medallion.lakehouse.parquet.TimeSpans;
import io.medallion.lakehouse.schema.SilverColumns;
import io.medallion.lakehouse.session.LakeSession;
import io.medallion.lakehouse.spark.InternalRowDatasets;
import java.io.Serializable;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;

/**
 * Finds which identities silver holds already, at a cost that follows the candidates and not the
 * table.
 *
 * <p>Sieves, each exact in what it lets go: a file is out where its event times (Delta's
 * statistics, and the spans in its entry in the log) do not overlap those of the candidates; then
 * where none of the hashes that it keeps of these times is a candidate's. The events written last
 * are in memory themselves. What is left is read. Of a live batch mostly nothing is left.
 *
 * <p>A file that keeps no hashes, which Delta's own writer made, is asked for the candidates' times
 * alone, where these are few: of a large file in the order of time Parquet then reads some pages.
 * Otherwise its hashes are loaded into memory.
 */
public final class IdentityIndex {
  /** Of a chunk: so many Parquet looks for one by one; of more it takes the range. */
  private static final int FEW_TIMES = LakeSession.MOST_VALUES_SOUGHT;

  /** Each costs the reading of its footer. */
  private static final int FEW_FILES = 32;

  /** To know a smaller file costs no more than to look into it. */
  private static final long SMALL = 1_000;

  private static final Column[] COLUMNS = {
    col(SilverColumns.EVENT_ID), col(SilverColumns.EVENT_TIME), col(SilverColumns.FINGERPRINT)
  };

  private static final int EVENT_ID = 0;
  private static final int EVENT_TIME = 1;
  private static final int FINGERPRINT = 2;

  /** Places take more columns to be read, which few need. */
  private static final Column[] COLUMNS_AND_PLACE =
      Stream.concat(
              Arrays.stream(COLUMNS),
              Stream.of(
                  col(SilverColumns.COMMIT_SEQ),
                  col(SilverColumns.TOPIC),
                  col(SilverColumns.PARTITION),
                  col(SilverColumns.OFFSET),
                  col(SilverColumns.EVENT_INDEX)))
          .toArray(Column[]::new);

  private final LakeTable silver;
  private final IdentityRule rule;
  private final boolean withPlaces;
  private final TableFiles files;
  private final IdentityPageCache pages;
  private final FileIdentityCache hashes;
  private final RecentIdentityCache recent = new RecentIdentityCache();

  /**
   * Looks into some files of silver, all of whose events came before the candidates in bronze's
   * order.
   *
   * @param files its own, or those that a commit will give it
   * @param rule what makes two records one event
   */
  public IdentityIndex(LakeTable silver, TableFiles files, IdentityRule rule) {
    this(silver, files, rule, false);
  }

  /** The same where events may also have come after candidates: what is found has its place. */
  public static IdentityIndex withPlaces(LakeTable silver, TableFiles files, IdentityRule rule) {
    return new IdentityIndex(silver, files, rule, true);
  }

  private IdentityIndex(LakeTable silver, TableFiles files, IdentityRule rule, boolean withPlaces) {
    this.silver = silver;
    this.rule = rule;
    this.withPlaces = withPlaces;
    this.files = files;
    this.pages = new IdentityPageCache(silver, rule);
    this.hashes = new FileIdentityCache(silver, rule);
  }

  /** The events of silver that candidates may be copies of; perhaps with a few others. */
  public Map<Identity, Original> find(SparkSession session, Candidates candidates) {
    files.refresh();
    long[] times = candidates.sortedTimes();
    SortedHashSet wanted = candidates.hashes();
    List<TableFile> written = new ArrayList<>();
    List<TableFile> paged = new ArrayList<>();
    List<TableFile> plain = new ArrayList<>();
    for (TableFile file : files.withAny(times, rule.reachMicros())) {
      (recent.hold(file) ? written : isPaged(file) ? paged : plain).add(file);
    }
    Map<Identity, Original> found = recent.among(written, wanted);
    IdentityPageCache.Matches matches = pages.matches(paged, times, wanted);
    if (!matches.files().isEmpty()) {
      found.putAll(
          read(session, matches.files(), candidates.timesOf(matches.hashes()), matches.hashes()));
    }
    plain.addAll(matches.unreadable());
    found.putAll(inPlain(session, plain, times, wanted));
    return found;
  }

  private boolean isPaged(TableFile file) {
    return file.identities(rule.kind()).isPresent();
  }

  /** The same in files that keep no hashes. */
  private Map<Identity, Original> inPlain(
      SparkSession session, List<TableFile> asked, long[] times, SortedHashSet wanted) {
    List<TableFile> ofFew = new ArrayList<>();
    List<TableFile> others = new ArrayList<>();
    Set<Long> few = new TreeSet<>();
    for (TableFile file : asked) {
      boolean holdsFew = ofFew.size() < FEW_FILES && holdsFew(file, times, few);
      (holdsFew ? ofFew : others).add(file);
    }
    Map<Identity, Original> found = new HashMap<>();
    List<TableFile> suspects = hashes.filesWithAny(session, others, wanted);
    if (!suspects.isEmpty()) {
      found.putAll(read(session, silver.rows(session, suspects), wanted));
    }
    if (!ofFew.isEmpty()) {
      long[] theirs = few.stream().mapToLong(Long::longValue).toArray();
      found.putAll(read(session, ofFew, theirs, wanted));
    }
    return found;
  }

  /**
   * Whether a file is to be asked for some times, together with those that are asked for already.
   *
   * @param few these times, to which its own are added
   */
  private boolean holdsFew(TableFile file, long[] times, Set<Long> few) {
    if (rule.isIdAlone() || file.records() < SMALL || hashes.knows(file)) {
      return false;
    }
    int first = TimeSpans.firstFrom(times, 0, file.minMicros(SilverColumns.EVENT_TIME));
    long last = file.maxMicros(SilverColumns.EVENT_TIME);
    Set<Long> together = new TreeSet<>(few);
    for (int i = first; i < times.length && times[i] <= last; i++) {
      together.add(times[i]);
      if (together.size() > FEW_TIMES) {
        return false;
      }
    }
    few.addAll(together);
    return true;
  }

  /**
   * Remembers what has just been written, so that it need not be read when the next copies come.
   *
   * @param events the numbers of the candidates that were written
   */
  public void written(List<TableFile> written, Candidates candidates, BitSet events) {
    hashes.remember(written.stream().filter(file -> !isPaged(file)).toList(), candidates, events);
    recent.add(written, candidates, events);
  }

  /** What some files hold of some times, which are in ascending order, and near them. */
  private Map<Identity, Original> read(
      SparkSession session, List<TableFile> asked, long[] times, SortedHashSet wanted) {
    Dataset<Row> rows = silver.rows(session, asked);
    Column time = rows.col(SilverColumns.EVENT_TIME);
    long last = times[times.length - 1];
    Column held;
    if (times.length > FEW_TIMES) {
      held = near(time, times[0], last);
    } else if (rule.isIdAlone()) {
      held = Arrays.stream(times).mapToObj(t -> near(time, t, t)).reduce(Column::or).orElseThrow();
    } else {
      held = time.isin(Arrays.stream(times).mapToObj(IdentityIndex::instant).toArray());
    }
    return read(session, rows.where(held), wanted);
  }

  private Column near(Column time, long from, long to) {
    return time.between(instant(from - rule.reachMicros()), instant(to + rule.reachMicros()));
  }

  private static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }

  private Map<Identity, Original> read(
      SparkSession session, Dataset<Row> rows, SortedHashSet wanted) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(session.sparkContext());
    IdentityRule by = rule;
    Function<InternalRow, Original> original =
        withPlaces ? IdentityIndex::placed : row -> Original.beforeAll(row.getLong(FINGERPRINT));
    Broadcast<SortedHashSet> hashesWanted = context.broadcast(wanted);
    try {
      Map<Identity, Original> found = new HashMap<>();
      InternalRowDatasets.of(rows.select(withPlaces ? COLUMNS_AND_PLACE : COLUMNS))
          .filter(
              row ->
                  hashesWanted
                      .value()
                      .contains(by.hash(row.getUTF8String(EVENT_ID), row.getLong(EVENT_TIME))))
          .map(row -> new Stored(identity(row), original.call(row)))
          .collect()
          .forEach(stored -> found.put(stored.identity(), stored.original()));
      return found;
    } finally {
      hashesWanted.destroy();
    }
  }

  private static Identity identity(InternalRow row) {
    return new Identity(row.getUTF8String(EVENT_ID).toString(), row.getLong(EVENT_TIME));
  }

  private static Original placed(InternalRow row) {
    return Original.of(
        new Candidate(
            identity(row),
            row.getLong(FINGERPRINT),
            row.getLong(3),
            row.getUTF8String(4).toString(),
            row.getInt(5),
            row.getLong(6),
            row.isNullAt(7) ? 0 : row.getInt(7)));
  }

  /** A row of silver whose hash is a candidate's. */
  private record Stored(Identity identity, Original original) implements Serializable {}
}
