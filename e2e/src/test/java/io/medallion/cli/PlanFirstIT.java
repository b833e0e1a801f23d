package io.medallion.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.medallion.common.config.Configuration;
import io.medallion.e2e.pipeline.BronzeRows;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.layer.Layer;
import io.medallion.lakehouse.session.LakeSession;
import io.medallion.silver.SilverJob;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each command that changes things changes no byte of the lake without {@code --apply}, and does
 * what it said with it.
 */
class PlanFirstIT {
  private static final Instant KAFKA_TIME = Instant.parse("2026-03-03T12:00:00Z");
  private static final int EVENTS = 20;

  @TempDir Path home;

  /** How silver goes on after each commit of bronze. */
  private interface Silver {
    void read(Lake lake, Configuration configuration) throws Exception;
  }

  /** Three commits, so that there are files to merge; half of the pages are too long. */
  private void land(Silver silver) throws Exception {
    Configuration configuration =
        Configuration.builder()
            .flag("spark.master", "local[2]")
            .flag("lake.path", lake().toString())
            .flag("silver.max-string-size", "64B")
            .build();
    try (SparkSession spark = LakeSession.create("PlanFirstIT", configuration)) {
      Lake lake = Lake.open(spark, configuration);
      for (int commit = 0; commit < 3; commit++) {
        List<String> events = new ArrayList<>();
        for (int i = 0; i < EVENTS; i++) {
          events.add(
              "{\"event_id\":\"e%d-%d\",\"timestamp\":\"2026-03-01T10:00:%02dZ\",\"user_id\":\"u\",\"page\":\"%s\"}"
                  .formatted(commit, i, i, i % 2 == 0 ? "/" : "/" + "long".repeat(30)));
        }
        BronzeRows.land(lake, events, commit + 1L, (long) commit * EVENTS, KAFKA_TIME);
        silver.read(lake, configuration);
      }
    }
  }

  private static void refuseHalf(Lake lake, Configuration configuration) throws Exception {
    try (Layer silver = SilverJob.start(lake, configuration, true)) {
      silver.await();
      assertThat(silver.failure()).isEmpty();
    }
  }

  @Tag("full")
  @Test
  void quarantineReplay() throws Exception {
    land(PlanFirstIT::refuseHalf);
    JsonNode plan =
        changesNothing("quarantine", "replay", "--reason", "STRING_TOO_LONG").get("silver");

    assertThat(plan.get("applied").asBoolean()).isFalse();
    JsonNode outcome = plan.get("quarantine").get("STRING_TOO_LONG");
    assertThat(outcome.get("events").asLong()).isEqualTo(30);
    assertThat(outcome.get("duplicates").asLong()).isZero();
    assertThat(outcome.get("stay").asLong()).isZero();
    assertThat(plan.get("days").get("2026-03-01").get("added").asLong()).isEqualTo(30);

    JsonNode done = changes("quarantine", "replay", "--reason", "STRING_TOO_LONG").get("silver");
    assertThat(done.get("applied").asBoolean()).isTrue();
    assertThat(done.get("quarantine")).isEqualTo(plan.get("quarantine"));
    assertThat(done.get("days")).isEqualTo(plan.get("days"));
  }

  @Test
  void backfill() throws Exception {
    land(PlanFirstIT::refuseHalf);
    String[] stricter = {
      "backfill", "--from", "2026-03-01", "--to", "2026-03-01", "--silver.min-event-time=2026-03-02"
    };
    JsonNode plan = changesNothing(stricter).get("silver");

    assertThat(plan.get("applied").asBoolean()).isFalse();
    assertThat(plan.get("days").get("2026-03-01").get("removed").asLong()).isEqualTo(30);

    JsonNode done = changes(stricter).get("silver");
    assertThat(done.get("applied").asBoolean()).isTrue();
    assertThat(done.get("days")).isEqualTo(plan.get("days"));
  }

  @Tag("full")
  @Test
  void maintain() throws Exception {
    land(PlanFirstIT::refuseHalf);
    String[] maintain = {"maintain", "--maintenance.partition-idle-time=1s"};
    JsonNode plan = changesNothing(maintain);

    assertThat(plan.get("applied").asBoolean()).isFalse();
    JsonNode silver = plan.get("tables").get(1);
    assertThat(silver.get("compacted").get(0).get("files").asLong()).isEqualTo(3);
    assertThat(silver.get("compacted").get(0).get("bytes").asLong()).isPositive();
    assertThat(silver.get("removed").get("bytes").asLong()).isZero();
    assertThat(silver.get("kept").get(0).asText()).contains("postgres.url is not set");

    JsonNode done = changes(maintain);
    assertThat(done.get("applied").asBoolean()).isTrue();
    assertThat(done.get("tables").get(1).get("compacted")).isEqualTo(silver.get("compacted"));
  }

  @Tag("full")
  @Test
  void erase() throws Exception {
    land(PlanFirstIT::refuseHalf);
    String[] erase = {"erase", "--user", "u"};
    JsonNode plan = changesNothing(erase).get("lake");

    assertThat(plan.get("applied").asBoolean()).isFalse();
    assertThat(rows(plan, "bronze", "2026-03-03")).isEqualTo(60);
    assertThat(rows(plan, "silver", "2026-03-01")).isEqualTo(30);
    assertThat(rows(plan, "quarantine", "2026-03-03")).isEqualTo(30);

    JsonNode done = changes(erase).get("receipt");
    assertThat(done.get("tables").findValues("days"))
        .isEqualTo(plan.get("tables").findValues("days"));
    assertThat(done.get("asked").get(0).asText()).startsWith("user:1:");
    assertThat(rows(changesNothing(erase).get("lake"), "silver", "2026-03-01")).isZero();
  }

  private static long rows(JsonNode report, String table, String day) {
    for (JsonNode one : report.get("tables")) {
      if (one.get("table").asText().equals(table)) {
        return one.get("days").path(day).asLong();
      }
    }
    throw new AssertionError(table);
  }

  /** Nothing goes from a bronze that silver has never read to its end. */
  @Tag("full")
  @Test
  void aPlanOfMaintenanceSaysWhatKeepsItFromMore() throws Exception {
    land((lake, configuration) -> {});
    JsonNode bronze =
        changesNothing("maintain", "--maintenance.partition-idle-time=1s").get("tables").get(0);

    assertThat(bronze.get("compacted")).isEmpty();
    assertThat(bronze.get("kept"))
        .hasSize(2)
        .allSatisfy(reason -> assertThat(reason.asText()).contains("silver has not read all"));
  }

  /** Plans for people and as JSON; the lake is as it was, byte by byte. */
  private JsonNode changesNothing(String... command) throws IOException {
    Map<Path, String> before = bytes();
    assertThat(run(command)).contains("this is a plan, nothing was changed; --apply does it");
    String json = run(with(command, "--json"));
    assertThat(bytes()).isEqualTo(before);
    return new ObjectMapper().readTree(json);
  }

  private JsonNode changes(String... command) throws IOException {
    Map<Path, String> before = bytes();
    String json = run(with(command, "--apply", "--json"));
    assertThat(bytes()).isNotEqualTo(before);
    return new ObjectMapper().readTree(json);
  }

  private String run(String... command) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandContext context =
        new CommandContext(
            home, Map.of(), new PrintWriter(out, true), new PrintWriter(err, true), false);
    String[] all = with(command, "--lake.path=" + lake(), "--spark.master=local[2]");
    assertThat(Medallion.run(context, all)).as("%s%s", out, err).isZero();
    return out.toString();
  }

  private static String[] with(String[] command, String... more) {
    return Stream.concat(Arrays.stream(command), Arrays.stream(more)).toArray(String[]::new);
  }

  /** Every file of the lake with its size and the time of its last change. */
  private Map<Path, String> bytes() throws IOException {
    Map<Path, String> bytes = new TreeMap<>();
    try (Stream<Path> all = Files.walk(lake())) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        bytes.put(file, Files.size(file) + " bytes of " + Files.getLastModifiedTime(file));
      }
    }
    return bytes;
  }

  private Path lake() {
    return home.resolve("lake");
  }
}
