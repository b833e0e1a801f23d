package io.medallion.silver.replay.diff;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.lakehouse.schema.SilverColumns;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.silver.replay.diff.OffsetRangeDiff.Count;
import io.medallion.silver.replay.diff.OffsetRangeDiff.Days;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.catalyst.expressions.XxHash64;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;
import org.junit.jupiter.api.Test;
import scala.jdk.javaapi.CollectionConverters;

class OffsetRangeDiffTest {
  private static final long SEED = 29;
  private static final StructType SCHEMA = TableDefinition.SILVER.schema();
  private static final int FIRST_DAY = 20_000;

  /** A position in Kafka. */
  private record Place(int sourceEpoch, String topic, int partition, long offset, int index) {}

  /** What matters here of a row there. */
  private record Event(int day, long seq, String visitor, String city, String browser) {}

  private final Random random = new Random(SEED);

  /**
   * Rows of some topics and partitions, of both ends of what an offset may be; some stay, some
   * change if somebody looks or if nobody does, some move to another day, come or go. More of them
   * than are packed at once.
   */
  @Test
  void findsWhatComparingRowByRowFinds() {
    Map<Place, Event> before = new HashMap<>();
    Map<Place, Event> after = new HashMap<>();
    for (int i = 0; i < 400_000; i++) {
      Place place = place();
      Event event = event();
      int fate = random.nextInt(100);
      if (fate != 0) {
        before.put(place, event);
      } else {
        before.remove(place);
      }
      if (fate != 1) {
        after.put(place, fate < 8 ? changed(event, fate) : event);
      } else {
        after.remove(place);
      }
    }
    Found expected = expected(before, after);

    List<OffsetRange> was = packed(before);
    List<OffsetRange> becomes = packed(after);
    assertThat(was).as("parts").hasSizeGreaterThan(keys(was).size());
    Found found = new Found();
    Set<OffsetRange.Key> keys = keys(was);
    keys.addAll(keys(becomes));
    for (OffsetRange.Key key : keys) {
      found.add(OffsetRangeDiff.of(key, of(key, was), of(key, becomes)));
    }

    assertThat(found.counts).as("seed %d", SEED).isEqualTo(expected.counts);
    assertThat(found.gone).isEqualTo(expected.gone);
    assertThat(found.come).isEqualTo(expected.come);
    assertThat(found.touched).isEqualTo(expected.touched);
  }

  @Test
  void ofARowThatIsThereTwiceOneGoes() {
    Place place = new Place(0, "events", 1, 70_000, 0);
    Event event = event();
    List<OffsetRange> twice = new ArrayList<>(packed(Map.of(place, event)));
    twice.addAll(packed(Map.of(place, event)));
    OffsetRangeDiff found =
        OffsetRangeDiff.of(twice.get(0).key(), twice, packed(Map.of(place, event)));
    assertThat(found.counts())
        .isEqualTo(
            Map.of(
                new Days(event.day(), event.day()), new Count(1, 0),
                new Days(event.day(), OffsetRangeDiff.NO_DAY), new Count(1, 0)));
    assertThat(found.touched()).containsExactly(hash(event));
  }

  /** What is found, put together for all stretches. */
  private static final class Found {
    private final Map<Days, Count> counts = new HashMap<>();
    private final Map<Place, Long> gone = new HashMap<>();
    private final Map<Place, Long> come = new HashMap<>();
    private final Set<Long> touched = new HashSet<>();

    void count(Integer before, Integer after, boolean changed) {
      counts.merge(
          new Days(
              before == null ? OffsetRangeDiff.NO_DAY : before,
              after == null ? OffsetRangeDiff.NO_DAY : after),
          new Count(1, changed ? 1 : 0),
          Count::plus);
    }

    void add(OffsetRangeDiff comparison) {
      comparison.counts().forEach((days, count) -> counts.merge(days, count, Count::plus));
      add(comparison.gone(), gone);
      add(comparison.come(), come);
      comparison.touched().forEach(touched::add);
    }

    private static void add(OffsetRange rows, Map<Place, Long> seqs) {
      rows.positions()
          .forEachRemaining(
              row ->
                  seqs.put(
                      new Place(
                          row.getInt(3),
                          row.getUTF8String(2).toString(),
                          row.getInt(1),
                          row.getLong(0),
                          row.getInt(4)),
                      row.getLong(5)));
    }
  }

  private static Found expected(Map<Place, Event> before, Map<Place, Event> after) {
    Found found = new Found();
    Set<Place> places = new HashSet<>(before.keySet());
    places.addAll(after.keySet());
    for (Place place : places) {
      Event was = before.get(place);
      Event becomes = after.get(place);
      if (becomes == null) {
        found.count(was.day(), null, false);
        found.gone.put(place, was.seq());
        found.touched.add(hash(was));
      } else if (was == null) {
        found.count(null, becomes.day(), false);
        found.come.put(place, becomes.seq());
        found.touched.add(hash(becomes));
      } else {
        found.count(was.day(), becomes.day(), !was.equals(becomes));
        if (!was.city().equals(becomes.city())) {
          found.touched.add(hash(was));
          found.touched.add(hash(becomes));
        }
      }
    }
    return found;
  }

  /** By the function of Spark's SQL. */
  private static long hash(Event event) {
    Expression visitor = Literal.create(event.visitor(), DataTypes.StringType);
    return (long) new XxHash64(CollectionConverters.asScala(List.of(visitor)).toSeq()).eval(null);
  }

  private Place place() {
    long base = random.nextBoolean() ? 0 : Long.MAX_VALUE - 300_000;
    return new Place(
        random.nextInt(2),
        random.nextBoolean() ? "events" : "clicks",
        random.nextInt(3),
        base + random.nextInt(200_000),
        random.nextInt(4) == 0 ? random.nextInt(3) : 0);
  }

  private Event event() {
    return new Event(
        FIRST_DAY + random.nextInt(3),
        random.nextInt(50),
        "v" + random.nextInt(500),
        "Bonn",
        "Fox");
  }

  private static Event changed(Event event, int fate) {
    return switch (fate) {
      case 2 ->
          new Event(event.day() + 1, event.seq(), event.visitor(), event.city(), event.browser());
      case 3 -> new Event(event.day(), event.seq(), event.visitor(), "Köln", event.browser());
      case 4 -> new Event(event.day(), event.seq(), event.visitor(), event.city(), "Bear");
      case 5 -> new Event(event.day(), event.seq(), event.visitor() + "x", "Köln", "Bear");
      default -> event;
    };
  }

  private List<OffsetRange> packed(Map<Place, Event> events) {
    List<Place> places = new ArrayList<>(events.keySet());
    Collections.shuffle(places, random);
    UnsafeProjection row = UnsafeProjection.create(SCHEMA);
    List<OffsetRange> packed = new ArrayList<>();
    OffsetRangePacker.packed(
            places.stream()
                .map(place -> (InternalRow) row.apply(generic(place, events.get(place))))
                .iterator(),
            SCHEMA,
            List.of(SilverColumns.CITY))
        .forEachRemaining(packed::add);
    return packed;
  }

  private static InternalRow generic(Place place, Event event) {
    Object[] values = new Object[SCHEMA.length()];
    Map.<String, Object>of(
            SilverColumns.SOURCE_EPOCH, place.sourceEpoch(),
            SilverColumns.TOPIC, UTF8String.fromString(place.topic()),
            SilverColumns.PARTITION, place.partition(),
            SilverColumns.OFFSET, place.offset(),
            SilverColumns.COMMIT_SEQ, event.seq(),
            SilverColumns.EVENT_DATE, event.day(),
            SilverColumns.VISITOR, UTF8String.fromString(event.visitor()),
            SilverColumns.CITY, UTF8String.fromString(event.city()),
            SilverColumns.BROWSER, UTF8String.fromString(event.browser()))
        .forEach((name, value) -> values[SCHEMA.fieldIndex(name)] = value);
    values[SCHEMA.fieldIndex(SilverColumns.EVENT_INDEX)] =
        place.index() == 0 ? null : place.index();
    return new GenericInternalRow(values);
  }

  private static Set<OffsetRange.Key> keys(List<OffsetRange> offsetRanges) {
    return offsetRanges.stream()
        .map(OffsetRange::key)
        .collect(Collectors.toCollection(HashSet::new));
  }

  private static List<OffsetRange> of(OffsetRange.Key key, List<OffsetRange> offsetRanges) {
    return offsetRanges.stream().filter(offsetRange -> offsetRange.key().equals(key)).toList();
  }
}
