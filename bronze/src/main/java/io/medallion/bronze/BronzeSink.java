package io.medallion.bronze;

import com.fasterxml.jackson.databind.JsonNode;
import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.error.MedallionException;
import io.medallion.lakehouse.Checkpoint;
import io.medallion.lakehouse.LakeTable;
import io.medallion.lakehouse.Layer;
import io.medallion.lakehouse.LayerBatch;
import io.medallion.lakehouse.Marks;
import io.medallion.lakehouse.Mode;
import io.medallion.lakehouse.PhaseClock;
import io.medallion.lakehouse.RowRdd;
import io.medallion.lakehouse.TableCommit;
import io.medallion.lakehouse.TableFile;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;

/** Commits each batch to the bronze table, with the Kafka offsets it reaches. */
final class BronzeSink {
  private final LakeTable table;
  private final KafkaSource source;
  private final Checkpoint checkpoint;
  private final Layer layer;
  private final long mostLiveRecords;
  private final UnreadableTimes unreadable;
  private final Map<String, Long> marks;
  private Map<TopicPartition, KafkaPosition> reached = new HashMap<>();

  BronzeSink(
      LakeTable table,
      KafkaSource source,
      Checkpoint checkpoint,
      Layer layer,
      Configuration configuration) {
    this.table = table;
    this.source = source;
    this.checkpoint = checkpoint;
    this.layer = layer;
    this.mostLiveRecords = configuration.get(Keys.LIVE_MAX_RECORDS);
    this.unreadable = new UnreadableTimes(configuration);
    this.marks = new HashMap<>(table.marks());
    source.start().forEach(position -> reached.put(position.partition(), position));
  }

  void write(Dataset<Row> batch, long id) {
    PhaseClock clock = new PhaseClock();
    source.verifyUnchanged();
    clock.end("kafka");
    JsonNode end = checkpoint.end(batch.sparkSession(), id);
    Map<TopicPartition, KafkaPosition> positions = source.positions(end);
    long offered = offered(positions);
    Mode mode = Mode.of(offered, mostLiveRecords);
    mode.apply(batch.sparkSession());
    long seq = marks.getOrDefault(Marks.SEQ, 0L) + 1;
    TableCommit commit = table.begin(batch.sparkSession());
    RowStamp stamp = RowStamp.now(seq, source.epochs());
    append(commit, mode.gathered(RowRdd.of(batch)).map(stamp), positions);
    clock.end("write");
    move(commit, seq, positions);
    long version = commit.commit();
    clock.end("commit");
    reached = positions;
    layer.done(
        new LayerBatch(
            version,
            offered,
            commit.rows(),
            Map.of("seq", seq),
            marks.get(Marks.NEWEST),
            clock.total(),
            clock.phases()));
  }

  private void append(
      TableCommit commit, JavaRDD<InternalRow> rows, Map<TopicPartition, KafkaPosition> positions) {
    try {
      commit.append(rows);
    } catch (RuntimeException e) {
      if (UnreadableTimes.mayHaveCaused(e)) {
        unreadable.in(reached, positions, e).ifPresent(BronzeSink::fail);
      }
      throw e;
    }
  }

  private static void fail(MedallionException error) {
    throw error;
  }

  /** How many offsets the batch spans; a few of them may hold no record. */
  private long offered(Map<TopicPartition, KafkaPosition> positions) {
    return positions.values().stream()
        .mapToLong(
            p ->
                p.next()
                    - (reached.containsKey(p.partition()) ? reached.get(p.partition()).next() : 0))
        .sum();
  }

  private void move(TableCommit commit, long seq, Map<TopicPartition, KafkaPosition> positions) {
    positions.values().forEach(position -> marks.put(position.mark(), position.next()));
    marks.put(Marks.SEQ, seq);
    marks.merge(Marks.ROWS, commit.rows(), Long::sum);
    marks.merge(Marks.NEWEST, TableFile.newestKafkaMicros(commit.files()), Math::max);
    marks.put(Marks.COMMITTED, System.currentTimeMillis() * 1000);
    positions.values().forEach(position -> commit.mark(position.mark(), position.next()));
    for (String mark : new String[] {Marks.SEQ, Marks.ROWS, Marks.NEWEST, Marks.COMMITTED}) {
      commit.mark(mark, marks.get(mark));
    }
  }
}
