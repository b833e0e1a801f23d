package io.medallion.operations;

import static org.apache.spark.sql.functions.col;

import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.Row;
import io.delta.kernel.expressions.AlwaysTrue;
import io.delta.kernel.expressions.And;
import io.delta.kernel.expressions.Column;
import io.delta.kernel.expressions.Literal;
import io.delta.kernel.expressions.Predicate;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.lakehouse.LakeFolder;
import io.medallion.lakehouse.delta.TableLog;
import io.medallion.lakehouse.delta.TableState;
import io.medallion.lakehouse.schema.BronzeColumns;
import io.medallion.lakehouse.schema.QuarantineColumns;
import io.medallion.lakehouse.schema.SilverColumns;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.silver.replay.Replay;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.spark.sql.functions;

/**
 * What silver refused: how much of what, and each record as it came. Reads the lake's files alone:
 * no Spark session is needed.
 */
public final class Quarantine {
  private static final int SAMPLE_BYTES = 200;
  private static final List<String> COUNTED =
      List.of(
          BronzeColumns.COMMIT_SEQ,
          BronzeColumns.TOPIC,
          BronzeColumns.PARTITION,
          BronzeColumns.OFFSET,
          BronzeColumns.INGEST_DATE,
          QuarantineColumns.REASONS,
          BronzeColumns.VALUE,
          SilverColumns.EVENT_INDEX);
  private static final List<String> SHOWN =
      List.of(
          BronzeColumns.COMMIT_SEQ,
          BronzeColumns.TOPIC,
          BronzeColumns.PARTITION,
          BronzeColumns.OFFSET,
          BronzeColumns.SOURCE_EPOCH,
          BronzeColumns.KAFKA_TIMESTAMP,
          BronzeColumns.INGESTED_AT,
          QuarantineColumns.QUARANTINED_AT,
          QuarantineColumns.RULES_VERSION,
          QuarantineColumns.REASONS,
          BronzeColumns.KEY,
          BronzeColumns.VALUE,
          SilverColumns.EVENT_INDEX);

  private static final int INDEX_COUNTED = COUNTED.indexOf(SilverColumns.EVENT_INDEX);
  private static final int INDEX_SHOWN = SHOWN.indexOf(SilverColumns.EVENT_INDEX);

  private final TableLog table;
  private final TableLog silver;

  private Quarantine(TableLog table, TableLog silver) {
    this.table = table;
    this.silver = silver;
  }

  /**
   * The quarantine of a lake.
   *
   * @throws io.medallion.common.error.MedallionException where silver has not made it yet
   */
  public static Quarantine of(LakeFolder lake) {
    return new Quarantine(
        lake.log(TableDefinition.QUARANTINE).required(), lake.log(TableDefinition.SILVER));
  }

  /**
   * Which records are meant.
   *
   * @param from the first day of ingestion (UTC); empty for no bound
   * @param to the last one
   * @param reason a code that must be among their reasons; empty for any
   */
  public record Selection(
      Optional<LocalDate> from, Optional<LocalDate> to, Optional<String> reason) {
    /** All of them. */
    public static final Selection ALL =
        new Selection(Optional.empty(), Optional.empty(), Optional.empty());

    org.apache.spark.sql.Column condition() {
      org.apache.spark.sql.Column condition = Replay.everything();
      if (from.isPresent()) {
        condition = condition.and(col(BronzeColumns.INGEST_DATE).geq(from.get()));
      }
      if (to.isPresent()) {
        condition = condition.and(col(BronzeColumns.INGEST_DATE).leq(to.get()));
      }
      if (reason.isPresent()) {
        condition =
            condition.and(
                functions.exists(
                    col(QuarantineColumns.REASONS),
                    r -> r.getField(QuarantineColumns.REASON_CODE).equalTo(reason.get())));
      }
      return condition;
    }

    /** By the days alone, which name the files that can hold what is meant. */
    private Predicate days() {
      Predicate days = AlwaysTrue.ALWAYS_TRUE;
      Column day = new Column(BronzeColumns.INGEST_DATE);
      if (from.isPresent()) {
        days = new And(days, new Predicate(">=", day, date(from.get())));
      }
      if (to.isPresent()) {
        days = new And(days, new Predicate("<=", day, date(to.get())));
      }
      return days;
    }

    private static Literal date(LocalDate day) {
      return Literal.ofDate((int) day.toEpochDay());
    }

    private boolean holds(LocalDate day, List<Reason> reasons) {
      return from.filter(day::isBefore).isEmpty()
          && to.filter(day::isAfter).isEmpty()
          && (reason.isEmpty() || reasons.stream().anyMatch(r -> r.code().equals(reason.get())));
    }
  }

  /**
   * How many records were refused for one reason on one day. A record with several reasons counts
   * for each.
   *
   * @param day of ingestion (UTC)
   * @param code what is wrong
   * @param field with what; null if it is the record as a whole
   * @param records how many
   * @param message of the first of them
   * @param position of the first of them, as {@link #show} takes it
   * @param sample the first bytes of its value as UTF-8; null if it has none
   */
  public record Count(
      LocalDate day,
      String code,
      String field,
      long records,
      String message,
      String position,
      String sample) {}

  /**
   * One refused record.
   *
   * @param position {@code topic/partition/offset}, with {@code #index} for one of several events
   * @param sourceEpoch rises with each accepted replacement of the source
   * @param seq the bronze commit that landed it
   * @param kafkaTime of the record; null if it has none
   * @param ingestedAt when bronze took it
   * @param quarantinedAt when silver refused it
   * @param rulesVersion of the rules that did
   * @param reasons all that is wrong with it
   * @param key the record's key; null if it has none
   * @param value its bytes as they came; null for a tombstone
   */
  public record Refused(
      String position,
      int sourceEpoch,
      long seq,
      Instant kafkaTime,
      Instant ingestedAt,
      Instant quarantinedAt,
      int rulesVersion,
      List<Reason> reasons,
      Bytes key,
      Bytes value) {}

  /** What is wrong with a record: a code, the field it is about (may be null), and in words. */
  public record Reason(String code, String field, String message) {}

  /** Counts by day, reason and field; the newest day and the greatest count first. */
  public List<Count> counts(Selection selection) {
    Map<Refusal, Tally> tallies = new HashMap<>();
    rows(
        COUNTED,
        selection.days(),
        row -> {
          LocalDate day = LocalDate.ofEpochDay(row.getInt(4));
          List<Reason> reasons = reasons(row, 5);
          if (selection.holds(day, reasons)) {
            Set<Refusal> told = new HashSet<>();
            for (Reason reason : reasons) {
              Refusal refusal = new Refusal(day, reason.code(), reason.field());
              // A record may break one rule in one field twice.
              if (told.add(refusal)) {
                tallies.computeIfAbsent(refusal, r -> new Tally()).add(row, reason);
              }
            }
          }
        });
    return tallies.entrySet().stream()
        .map(tally -> tally.getValue().of(tally.getKey()))
        .sorted(
            Comparator.comparing(Count::day)
                .reversed()
                .thenComparing(Comparator.comparingLong(Count::records).reversed())
                .thenComparing(Count::code))
        .toList();
  }

  /** What is counted together. */
  private record Refusal(LocalDate day, String code, String field) {}

  /** How many there are, and the first of them. */
  private static final class Tally {
    private long records;
    private long firstSeq;
    private Place first;
    private String message;
    private byte[] sample;

    void add(Row row, Reason reason) {
      records++;
      long seq = row.getLong(0);
      Place place = Place.of(row, INDEX_COUNTED);
      if (first == null
          || seq < firstSeq
          || (seq == firstSeq && Place.ORDER.compare(place, first) < 0)) {
        firstSeq = seq;
        first = place;
        message = reason.message();
        sample = sample(row);
      }
    }

    private static byte[] sample(Row row) {
      if (row.isNullAt(6)) {
        return null;
      }
      byte[] value = row.getBinary(6);
      return Arrays.copyOf(value, Math.min(value.length, SAMPLE_BYTES));
    }

    Count of(Refusal refusal) {
      return new Count(
          refusal.day(),
          refusal.code(),
          refusal.field(),
          records,
          message,
          first.toString(),
          sample == null ? null : new Bytes(sample).text());
    }
  }

  /**
   * Where in Kafka a record was.
   *
   * @param index of the event in a record that holds several; {@link #RECORD} for the record
   */
  private record Place(String topic, int partition, long offset, int index) {
    private static final int RECORD = -1;

    static final Comparator<Place> ORDER =
        Comparator.comparing(Place::topic)
            .thenComparingInt(Place::partition)
            .thenComparingLong(Place::offset)
            .thenComparingInt(Place::index);

    /** Of a row whose second column and the two behind it are these. */
    static Place of(Row row, int index) {
      return new Place(
          row.getString(1),
          row.getInt(2),
          row.getLong(3),
          row.isNullAt(index) ? RECORD : row.getInt(index));
    }

    /** Whether another one is in it. */
    boolean holds(Place other) {
      return equals(other) || equals(new Place(other.topic, other.partition, other.offset, RECORD));
    }

    /**
     * As {@link #toString} writes it.
     *
     * @throws MedallionException if it is no position
     */
    static Place parse(String text) {
      int offset = text.lastIndexOf('/');
      int partition = text.lastIndexOf('/', offset - 1);
      int index = text.indexOf('#', offset);
      int end = index < 0 ? text.length() : index;
      try {
        if (partition > 0) {
          return new Place(
              text.substring(0, partition),
              Integer.parseInt(text.substring(partition + 1, offset)),
              Long.parseLong(text.substring(offset + 1, end)),
              index < 0 ? RECORD : Integer.parseInt(text.substring(index + 1)));
        }
      } catch (NumberFormatException e) {
        // Told below.
      }
      throw new MedallionException(
          ErrorCode.USAGE,
          "'%s' is no position".formatted(text),
          "A record is known by its topic, partition and offset.",
          "Write it as `quarantine list` does, such as clickstream_events/0/4711, or /4711#2 for one"
              + " event of a record that holds several.");
    }

    Predicate sought() {
      return new And(
          new Predicate("=", new Column(BronzeColumns.TOPIC), Literal.ofString(topic)),
          new And(
              new Predicate("=", new Column(BronzeColumns.PARTITION), Literal.ofInt(partition)),
              new Predicate("=", new Column(BronzeColumns.OFFSET), Literal.ofLong(offset))));
    }

    @Override
    public String toString() {
      return topic + "/" + partition + "/" + offset + (index == RECORD ? "" : "#" + index);
    }
  }

  /**
   * The records of a position; several where a source was replaced under its name.
   *
   * @param wanted {@code topic/partition/offset}, with {@code #index} for one of several events
   * @throws MedallionException if it is no position
   */
  public List<Refused> show(String wanted) {
    Place place = Place.parse(wanted);
    List<Refused> all = new ArrayList<>();
    rows(
        SHOWN,
        place.sought(),
        row -> {
          Place found = Place.of(row, INDEX_SHOWN);
          if (place.holds(found)) {
            all.add(refused(found, row));
          }
        });
    return all;
  }

  private static Refused refused(Place place, Row row) {
    return new Refused(
        place.toString(),
        row.getInt(4),
        row.getLong(0),
        instant(row, 5),
        instant(row, 6),
        instant(row, 7),
        row.getInt(8),
        reasons(row, 9),
        bytes(row, 10),
        bytes(row, 11));
  }

  private static List<Reason> reasons(Row row, int column) {
    ColumnVector reasons = row.getArray(column).getElements();
    return IntStream.range(0, reasons.getSize())
        .mapToObj(
            i ->
                new Reason(
                    text(reasons.getChild(0), i),
                    text(reasons.getChild(1), i),
                    text(reasons.getChild(2), i)))
        .toList();
  }

  private static String text(ColumnVector texts, int i) {
    return texts.isNullAt(i) ? null : texts.getString(i);
  }

  private static Bytes bytes(Row row, int column) {
    return row.isNullAt(column) ? null : Bytes.of(row.getBinary(column));
  }

  private static Instant instant(Row row, int column) {
    return row.isNullAt(column) ? null : Instant.EPOCH.plus(row.getLong(column), ChronoUnit.MICROS);
  }

  /** Cut where silver stands: what lies beyond belongs to a batch that is not done. */
  private void rows(List<String> columns, Predicate sought, Consumer<Row> rows) {
    TableState reached = silver.state().orElse(TableState.EMPTY);
    long last = reached.has(TableState.SEQ) ? reached.commitSeq() : Long.MAX_VALUE;
    table.rows(
        columns,
        sought,
        row -> {
          if (row.getLong(0) <= last) {
            rows.accept(row);
          }
        });
  }
}
