package io.medallion.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.common.config.Configuration;
import io.medallion.demo.services.PostgresServer;
import io.medallion.gold.GoldJob;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.layer.Layer;
import io.medallion.lakehouse.layer.LayerLauncher;
import io.medallion.lakehouse.session.LakeSession;
import io.medallion.silver.SilverJob;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntFunction;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The same events through silver and gold, first in order and at once, then shuffled, with copies,
 * in commits and runs of any size: the rows in Postgres are the same, all of them.
 */
class AnyOrderIT {
  private static final Instant START = Instant.parse("2026-03-01T23:00:00Z");

  /**
   * After the newest event, and the same for all: lateness is a property of the event, not of the
   * run.
   */
  private static final Instant KAFKA_TIME = START.plusSeconds(40 * 86_400L);

  @TempDir static Path shared;
  private static PostgresServer postgres;
  private static SparkSession spark;

  @BeforeAll
  static void start() throws Exception {
    postgres = SharedPostgres.empty();
    spark =
        LakeSession.create(
            "AnyOrderIT", Configuration.builder().flag("spark.master", "local[2]").build());
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @Test
  void endsInTheSameRows() throws Exception {
    endsInTheSameRows(1);
  }

  @Tag("full")
  @ParameterizedTest
  @ValueSource(longs = {2, 3, 4})
  void otherEventsEndInTheSameRows(long seed) throws Exception {
    endsInTheSameRows(seed);
  }

  private static void endsInTheSameRows(long seed) throws Exception {
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    List<String> events = events(random);
    List<List<String>> inOrder = run(shared.resolve("ordered-" + seed), List.of(List.of(events)));

    List<String> mixed = new ArrayList<>(events);
    for (int copy = 0; copy < events.size() / 5; copy++) {
      mixed.add(events.get(random.nextInt(events.size())));
    }
    Collections.shuffle(mixed, random);
    List<List<String>> shuffled =
        run(shared.resolve("shuffled-" + seed), runsOfCommits(mixed, random));

    assertThat(shuffled).isEqualTo(inOrder);
    assertThat(inOrder).hasSizeGreaterThan(100);
  }

  /** Gold makes what the setting defines again when it starts, and goes on by it. */
  @Tag("full")
  @Test
  void aSettingChangedBetweenRunsEndsInTheRowsOfARunThatAlwaysHadIt() throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    List<String> events = events(random);
    Collections.shuffle(events, random);
    List<List<List<String>>> runs = runsOfCommits(events, random);
    Map<String, String> then = Map.of();
    Map<String, String> now = Map.of("gold.session-gap", "1m");

    List<List<String>> changed =
        run(shared.resolve("changed"), runs, run -> run < runs.size() / 2 ? then : now);
    List<List<String>> always = run(shared.resolve("always"), runs, run -> now);
    List<List<String>> never = run(shared.resolve("never"), runs, run -> then);

    assertThat(changed).isEqualTo(always).isNotEqualTo(never);
  }

  /**
   * Visitors with neighbours at, just under and over the session gap, around midnight, and some a
   * month late.
   */
  private static List<String> events(Random random) {
    long[] gapsMicros = {
      1, 59_999_999, 60_000_000, 1_799_999_999, 1_800_000_000L, 1_800_000_001L, 7_200_000_000L
    };
    String[] types = {"page_view", "page_view", "click", "add_to_cart", "purchase"};
    List<String> events = new ArrayList<>();
    for (int visitor = 0; visitor < 12; visitor++) {
      Instant time = random.nextInt(6) == 0 ? START.minusSeconds(30 * 86_400L) : START;
      for (int i = 0; i < 10; i++) {
        time = time.plusNanos(1_000 * gapsMicros[random.nextInt(gapsMicros.length)]);
        events.add(
            """
            {"event_id":"e%d-%d","timestamp":"%s","user_id":"u%d","event_type":"%s","page":"/p/%d","product_id":"%d",\
            "price":%d.%02d,"currency":"EUR"}"""
                .formatted(
                    visitor,
                    i,
                    time,
                    visitor,
                    types[random.nextInt(types.length)],
                    random.nextInt(4),
                    random.nextInt(9),
                    random.nextInt(90),
                    random.nextInt(100)));
      }
    }
    return events;
  }

  private static List<List<List<String>>> runsOfCommits(List<String> events, Random random) {
    List<List<List<String>>> runs = new ArrayList<>();
    for (int from = 0; from < events.size(); ) {
      List<List<String>> commits = new ArrayList<>();
      for (int commit = 0; commit < 3 && from < events.size(); commit++) {
        int to = Math.min(events.size(), from + 1 + random.nextInt(25));
        commits.add(events.subList(from, to));
        from = to;
      }
      runs.add(commits);
    }
    return runs;
  }

  /**
   * Lands commits and runs silver and gold after each run of them, over a new lake and an empty
   * gold.
   */
  private static List<List<String>> run(Path lakePath, List<List<List<String>>> runs)
      throws Exception {
    return run(lakePath, runs, run -> Map.of());
  }

  /** With settings that may differ from run to run. */
  private static List<List<String>> run(
      Path lakePath, List<List<List<String>>> runs, IntFunction<Map<String, String>> settings)
      throws Exception {
    GoldRows.empty(postgres);
    long offset = 0;
    long seq = 0;
    for (int run = 0; run < runs.size(); run++) {
      Configuration.Builder builder = BronzeRows.configured(lakePath, postgres);
      settings.apply(run).forEach(builder::flag);
      Configuration configuration = builder.build();
      Lake lake = Lake.open(spark, configuration);
      for (List<String> commit : runs.get(run)) {
        BronzeRows.land(lake, commit, ++seq, offset, KAFKA_TIME);
        offset += commit.size();
      }
      for (LayerLauncher.Start job :
          List.<LayerLauncher.Start>of(SilverJob::start, GoldJob::start)) {
        try (Layer layer = job.start(lake, configuration, true)) {
          layer.await();
          assertThat(layer.failure()).isEmpty();
        }
      }
    }
    return GoldRows.all(postgres);
  }
}
