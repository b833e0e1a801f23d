package io.medallion.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.bronze.BronzeJob;
import io.medallion.common.config.Keys;
import io.medallion.gold.GoldJob;
import io.medallion.lakehouse.layer.Layer;
import io.medallion.lakehouse.layer.LayerLauncher;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.silver.SilverJob;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each Spark job and each commit costs a live batch a part of its second: a batch has no more of
 * them than it needs. What starting a layer takes is in every count and falls out of the
 * difference.
 */
@Tag("full")
class BatchCostIT {
  /** Each event has a time of its own, so that a layer that starts has no file to look into. */
  private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");

  private static final int RECORDS_PER_BATCH = 20;
  private static final int FEW = 3;
  private static final int MORE = 8;

  @TempDir Path folder;
  private final AtomicInteger jobs = new AtomicInteger();
  private int sent;

  @Test
  void aBatchOfGoodEventsTakesNoMoreJobsAndCommitsThanItNeeds() throws Exception {
    try (Pipeline pipeline =
        Pipeline.in(
            folder,
            Map.of(
                "bronze.max-records-per-batch", Integer.toString(RECORDS_PER_BATCH),
                "silver.max-records-per-batch", "1",
                "gold.max-records-per-batch", "1"))) {
      pipeline
          .lake()
          .session()
          .sparkContext()
          .addSparkListener(
              new SparkListener() {
                @Override
                public void onJobStart(SparkListenerJobStart job) {
                  jobs.incrementAndGet();
                }
              });
      send(pipeline, 1);
      jobsByLayer(pipeline);

      send(pipeline, FEW);
      List<Integer> few = jobsByLayer(pipeline);
      assertVersions(pipeline, 1 + FEW);
      send(pipeline, MORE);
      List<Integer> more = jobsByLayer(pipeline);
      assertVersions(pipeline, 1 + FEW + MORE);

      // Bronze writes; silver validates and writes; gold aggregates.
      assertThat(each(few, more)).containsExactly(1, 2, 1);
    }
  }

  /** A start may look into its table once more or less; a job more a batch is five more. */
  private static List<Integer> each(List<Integer> few, List<Integer> more) {
    return IntStream.range(0, few.size())
        .mapToObj(layer -> Math.round((more.get(layer) - few.get(layer)) / (float) (MORE - FEW)))
        .toList();
  }

  /** One of its making and one of each batch; none of quarantine, which has nothing to take. */
  private static void assertVersions(Pipeline pipeline, long batches) throws Exception {
    assertThat(pipeline.lake().table(TableDefinition.BRONZE).version()).isEqualTo(batches);
    assertThat(pipeline.lake().table(TableDefinition.SILVER).version()).isEqualTo(batches);
    assertThat(pipeline.lake().table(TableDefinition.QUARANTINE).version()).isZero();
    assertThat(pipeline.merged()).isEqualTo(batches * RECORDS_PER_BATCH);
  }

  private List<Integer> jobsByLayer(Pipeline pipeline) throws Exception {
    return List.of(
        jobsOf(pipeline, BronzeJob::start),
        jobsOf(pipeline, SilverJob::start),
        jobsOf(pipeline, GoldJob::start));
  }

  private int jobsOf(Pipeline pipeline, LayerLauncher.Start job) throws Exception {
    var bus = pipeline.lake().session().sparkContext().listenerBus();
    bus.waitUntilEmpty();
    int before = jobs.get();
    try (Layer layer = job.start(pipeline.lake(), pipeline.configuration(), true)) {
      layer.await();
      assertThat(layer.failure()).isEmpty();
    }
    bus.waitUntilEmpty();
    return jobs.get() - before;
  }

  /** Into one partition, so that batches are full. */
  private void send(Pipeline pipeline, int batches) throws Exception {
    String topic = pipeline.configuration().get(Keys.KAFKA_TOPICS).get(0);
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            new HashMap<>(pipeline.kafka()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      List<Future<RecordMetadata>> acknowledged = new ArrayList<>();
      for (int i = 0; i < batches * RECORDS_PER_BATCH; i++) {
        String event =
            "{\"event_id\":\"e%d\",\"timestamp\":\"%s\",\"user_id\":\"u\",\"page\":\"/p\"}"
                .formatted(sent, START.plusSeconds(10L * sent));
        sent++;
        acknowledged.add(
            producer.send(
                new ProducerRecord<>(topic, 0, null, event.getBytes(StandardCharsets.UTF_8))));
      }
      for (Future<RecordMetadata> each : acknowledged) {
        each.get();
      }
    }
  }
}
