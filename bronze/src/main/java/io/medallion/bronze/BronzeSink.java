package io.medallion.bronze;

import com.fasterxml.jackson.databind.JsonNode;
import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.error.MedallionException;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.TableCommit;
import io.medallion.lakehouse.delta.TableFile;
import io.medallion.lakehouse.delta.TableState;
import io.medallion.lakehouse.layer.Layer;
import io.medallion.lakehouse.layer.LayerBatch;
import io.medallion.lakehouse.layer.PhaseTimer;
import io.medallion.lakehouse.layer.StreamCheckpoint;
import io.medallion.lakehouse.session.BatchProfile;
import io.medallion.lakehouse.spark.InternalRowDatasets;
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
  private final StreamCheckpoint checkpoint;
  private final Layer layer;
  private final long mostLiveRecords;
  private final TimestampOverflowCheck unreadable;
  private final Map<String, Long> state;
  private Map<TopicPartition, KafkaPosition> reached = new HashMap<>();

  BronzeSink(
      LakeTable table,
      KafkaSource source,
      StreamCheckpoint checkpoint,
      Layer layer,
      Configuration configuration) {
    this.table = table;
    this.source = source;
    this.checkpoint = checkpoint;
    this.layer = layer;
    this.mostLiveRecords = configuration.get(Keys.LOW_LATENCY_MAX_RECORDS);
    this.unreadable = new TimestampOverflowCheck(configuration);
    this.state = new HashMap<>(table.state().values());
    source.start().forEach(position -> reached.put(position.partition(), position));
  }

  void write(Dataset<Row> batch, long id) {
    PhaseTimer clock = new PhaseTimer();
    source.verifyUnchanged();
    clock.end("kafka");
    JsonNode end = checkpoint.end(batch.sparkSession(), id);
    Map<TopicPartition, KafkaPosition> positions = source.positions(end);
    long offered = offered(positions);
    BatchProfile mode = BatchProfile.of(offered, mostLiveRecords);
    mode.apply(batch.sparkSession());
    long seq = state.getOrDefault(TableState.SEQ, 0L) + 1;
    TableCommit commit = table.begin(batch.sparkSession());
    CommitColumns stamp = CommitColumns.now(seq, source.epochs());
    append(commit, mode.gathered(InternalRowDatasets.of(batch)).map(stamp), positions);
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
            Map.of("commit_seq", seq),
            state.get(TableState.NEWEST),
            clock.total(),
            clock.phases()));
  }

  private void append(
      TableCommit commit, JavaRDD<InternalRow> rows, Map<TopicPartition, KafkaPosition> positions) {
    try {
      commit.append(rows);
    } catch (RuntimeException e) {
      if (TimestampOverflowCheck.mayHaveCaused(e)) {
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
    positions
        .values()
        .forEach(
            position -> {
              Long before = state.put(position.key(), position.next());
              // Of a topic of hundreds of partitions few move in a live batch.
              if (before == null || before != position.next()) {
                commit.set(position.key(), position.next());
              }
            });
    state.put(TableState.SEQ, seq);
    state.merge(TableState.ROWS, commit.rows(), Long::sum);
    state.merge(TableState.NEWEST, TableFile.newestKafkaMicros(commit.files()), Math::max);
    state.put(TableState.COMMITTED, System.currentTimeMillis() * 1000);
    for (String mark :
        new String[] {TableState.SEQ, TableState.ROWS, TableState.NEWEST, TableState.COMMITTED}) {
      commit.set(mark, state.get(mark));
    }
  }
}
