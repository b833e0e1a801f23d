package io.medallion.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.medallion.cli.CommandContext;
import io.medallion.cli.Medallion;
import io.medallion.common.contract.Contract;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every benchmark and each of its options, over next to nothing: what it says is no measurement.
 */
@Tag("full")
class BenchIT {
  @TempDir private Path home;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void aDrainComparesUsWithTheReferenceAndTheLimits() throws Exception {
    run("drain", "--events", "3000", "--users", "50", "--folder", home.resolve("d").toString());
    JsonNode backlog = written("d", "drain").get("results").get("a backlog");
    assertThat(texts(backlog, "who"))
        .containsExactly(
            "medallion",
            "medallion",
            "medallion",
            "reference",
            "reference",
            "reference",
            "Kafka consumer",
            "DuckDB",
            "DuckDB, JSON lines");
    assertThat(backlog)
        .allSatisfy(
            row -> {
              assertThat(row.get("events").asLong()).isEqualTo(3000);
              assertThat(row.get("events/s").asLong()).isPositive();
              assertThat(row.get("CPU s per million").asDouble()).isPositive();
              assertThat(row.get("peak heap MiB").asLong()).isPositive();
            });
    assertThat(backlog.get(0).get("files").asLong()).isPositive();
    assertThat(backlog.get(0).get("MiB").asDouble()).isPositive();
    assertThat(backlog.get(2).get("s in Postgres").asDouble()).isPositive();
    JsonNode ratios = written("d", "drain").get("results").get("ours in the same run");
    assertThat(ratios.get(1).get("of the reference").asDouble()).isPositive();
    assertThat(ratios.get(1).get("of the limit").asDouble()).isPositive();
    assertThat(out.toString()).contains("a backlog", "drain.svg");
    assertThat(err.toString()).contains("sending 3,000 events");
  }

  @Test
  void aDrainWithoutTheReferenceSaysSoAsJson() throws Exception {
    run("drain", "--events", "2000", "--users", "50", "--no-reference", "--json");
    JsonNode json = new ObjectMapper().readTree(out.toString());
    assertThat(texts(json.get("results").get("a backlog"), "who")).doesNotContain("reference");
    assertThat(json.get("settings").get("users").asInt()).isEqualTo(50);
  }

  @Test
  void aDrainGoesOnAfterARestartOverRowsThatWereThere() throws Exception {
    run(
        "drain",
        "--events",
        "2000",
        "--users",
        "50",
        "--no-reference",
        "--restart-over",
        "3000",
        "--json");
    JsonNode backlog = new ObjectMapper().readTree(out.toString()).get("results").get("a backlog");
    assertThat(texts(backlog, "who"))
        .endsWith("medallion, over 3,000 rows", "medallion, over 3,000 rows");
    assertThat(texts(backlog, "stage")).endsWith("bronze", "silver");
    assertThat(backlog.get(backlog.size() - 1).get("CPU s per million").asDouble()).isPositive();
  }

  @Test
  void aDrainComparesOursAloneWithAContractOfTwentyColumnsAndTenRules() throws Exception {
    String folder = home.resolve("o").toString();
    run(
        "drain",
        "--events",
        "3000",
        "--users",
        "50",
        "--no-reference",
        "--contract",
        "--json",
        "--folder",
        folder);
    JsonNode results = new ObjectMapper().readTree(out.toString()).get("results");
    assertThat(texts(results.get("a backlog"), "who"))
        .filteredOn(who -> who.startsWith("medallion, detailed events"))
        .hasSize(6)
        .filteredOn(who -> who.contains("20 columns and 10 rules"))
        .hasSize(3);
    JsonNode medians = results.get("silver with columns and rules of one's own, medians");
    assertThat(texts(medians, "contract")).containsExactly("ours alone", "20 columns, 10 rules");
    assertThat(medians.get(1).get("CPU of ours alone").asDouble()).isPositive();
    assertEveryColumnIsFilled(home.resolve("o/own-contract"));
  }

  /** Of nothing but nulls it would measure nothing; rules are broken too. */
  private void assertEveryColumnIsFilled(Path measured) throws Exception {
    Contract contract = Contract.read(measured.resolve("contract.yaml").toString());
    assertThat(contract.columns()).hasSize(20);
    assertThat(contract.rules()).hasSize(10);
    String filled =
        contract.columns().stream()
            .map(column -> "count(%s)".formatted(column.name()))
            .collect(Collectors.joining(", "));
    out.getBuffer().setLength(0);
    medallion(
        List.of(
            "query",
            "--lake.path=" + measured.resolve("own"),
            "--format=csv",
            "SELECT least(%s), count(flags) FROM silver".formatted(filled)));
    assertThat(out.toString().lines().skip(1).findFirst().orElseThrow().split(","))
        .allSatisfy(count -> assertThat(Long.parseLong(count)).isGreaterThan(100));
  }

  @Test
  void liveTellsAgesStagesAndWhereEachSecondGoes() throws Exception {
    String folder = home.resolve("l").toString();
    run("live", "--rate", "50", "--minutes", "0.2", "--warm-up", "8", "--folder", folder);
    JsonNode results = written("l", "live").get("results");
    JsonNode ages = results.get("age of an event when Postgres shows it");
    assertThat(texts(ages, "who")).containsExactly("medallion", "reference");
    assertThat(ages)
        .allSatisfy(
            row ->
                assertThat(row.get("p95 ms").asLong()).isBetween(1L, row.get("max ms").asLong()));
    assertThat(texts(results.get("the median event on its way"), "to the commit of"))
        .containsExactly("bronze", "silver", "gold", "bronze and silver", "gold");
    assertThat(texts(results.get("where each second goes"), "phase"))
        .contains("write", "parse", "merge", "between batches");
  }

  @Test
  void aPeerThatWasNotBuiltIsNamedWithTheCommandThatBuildsIt() {
    CommandContext context =
        new CommandContext(
            home, Map.of(), new PrintWriter(out, true), new PrintWriter(err, true), false);
    String launcher = home.resolve("medallion").toString();
    assertThat(Medallion.run(context, "bench", "peer", "--launcher", launcher)).isEqualTo(2);
    assertThat(err.toString())
        .contains(
            "there is no peer in", "mvn package -Pbench-peer -DskipTests -pl tools/bench-peer");
  }

  @Test
  void liveCanLeaveTheReferenceOut() throws Exception {
    run("live", "--rate", "50", "--minutes", "0.1", "--warm-up", "8", "--no-reference", "--json");
    JsonNode results = new ObjectMapper().readTree(out.toString()).get("results");
    assertThat(results.get("age of an event when Postgres shows it")).hasSize(1);
  }

  @Test
  void growthComparesTablesOfSeveralSizes() throws Exception {
    String folder = home.resolve("r").toString();
    run(
        "growth",
        "--rows",
        "1000,2000",
        "--gold-rows",
        "1000,2000",
        "--batches",
        "2",
        "--folder",
        folder);
    JsonNode results = written("r", "growth").get("results");
    assertThat(results).hasSize(2);
    for (String layer : List.of("silver", "gold")) {
      assertThat(results.get("a %s batch of 1,000 events over a year".formatted(layer)))
          .hasSize(4)
          .allSatisfy(row -> assertThat(row.get("median ms").asLong()).isPositive());
    }
  }

  @Test
  void growthMeasuresLateEventsBeforeAndAfterAStart() throws Exception {
    String folder = home.resolve("w").toString();
    run("growth", "--rows", "20000,30000", "--late", "5%", "--batches", "2", "--folder", folder);
    JsonNode batches =
        written("w", "growth").get("results").get("a silver batch of 1,000 events over a week");
    assertThat(texts(batches, "batch"))
        .containsExactly(
            "5 % of them late",
            "5 % of them late, first after a start",
            "5 % of them late",
            "5 % of them late, first after a start");
    assertThat(batches)
        .allSatisfy(
            row -> {
              assertThat(row.get("median ms").asLong()).isPositive();
              assertThat(row.get("CPU ms").asLong()).isPositive();
            });
  }

  @Test
  void growthComparesLogsOfSeveralLengthsInEveryLayer() throws Exception {
    String folder = home.resolve("c").toString();
    run("growth", "--commits", "60,200", "--seconds", "6", "--warm-up", "4", "--folder", folder);
    JsonNode results = written("c", "growth").get("results");
    assertThat(results).hasSize(1);
    JsonNode layers = results.get("a live batch of each layer over logs");
    assertThat(texts(layers, "layer"))
        .containsExactly("bronze", "silver", "gold", "bronze", "silver", "gold");
    assertThat(layers).allSatisfy(row -> assertThat(row.get("batches").asLong()).isPositive());
    assertThat(versions("c/commits-200")).isGreaterThanOrEqualTo(200);
  }

  @Test
  void aBackfillIsPlannedAppliedTakenInByGoldAndVerified() throws Exception {
    run("backfill", "--events", "2000", "--users", "50", "--folder", home.resolve("b").toString());
    JsonNode stages = written("b", "backfill").get("results").get("a backfill");
    assertThat(texts(stages, "stage")).containsExactly("plan", "apply", "gold", "verify");
    assertThat(stages).allSatisfy(row -> assertThat(row.get("events/s").asLong()).isPositive());
  }

  @Test
  void workBesideTheLayersIsAMartThatIsFilledAndAPersonWhoIsErased() throws Exception {
    run(
        "beside",
        "--events",
        "20000",
        "--users",
        "200",
        "--rate",
        "50",
        "--seconds",
        "8",
        "--launcher",
        launcher().toString(),
        "--folder",
        home.resolve("e").toString());
    JsonNode results = written("e", "beside").get("results");
    JsonNode live = results.get("age of a page view in Postgres");
    assertThat(texts(live, "next to"))
        .containsExactly("nothing", "a mart that is filled", "an erasure");
    assertThat(live).allSatisfy(row -> assertThat(row.get("p50 ms").asLong()).isPositive());
    JsonNode work = results.get("the work");
    assertThat(work)
        .hasSize(2)
        .allSatisfy(
            row -> {
              assertThat(row.get("rows").asLong()).isPositive();
              assertThat(row.get("CPU s").asDouble()).isPositive();
            });
    assertThat(work.get(1).get("MiB written").asDouble()).isPositive();
  }

  @Test
  void aClusterIsAMasterAndWorkersAndTellsWhoTookTheProcessor() throws Exception {
    run(
        "scale",
        "--events",
        "3000",
        "--users",
        "50",
        "--memory",
        "1g",
        "--launcher",
        launcher().toString(),
        "--folder",
        home.resolve("k").toString());
    JsonNode results = written("k", "scale").get("results");
    JsonNode cost = results.get("CPU s per million events");
    assertThat(texts(cost, "layer")).containsExactly("bronze", "silver", "gold");
    assertThat(cost)
        .allSatisfy(
            row -> {
              assertThat(row.get("driver").asDouble()).isPositive();
              assertThat(row.get("executors").asDouble()).isPositive();
              assertThat(row.get("tasks").asLong()).isPositive();
            });
    assertThat(cost.get(0).get("files").asLong()).isPositive();
    assertThat(cost.get(2).get("Postgres").asDouble()).isPositive();
    assertThat(results.get("events/s that follow"))
        .allSatisfy(
            row ->
                assertThat(row.get("100 cores").asLong())
                    .isGreaterThanOrEqualTo(row.get("8 cores").asLong())
                    .isPositive());
  }

  @Test
  void everyLayerAndTheDemoAreStartedByTheLauncher() throws Exception {
    String folder = home.resolve("s").toString();
    run("start", "--times", "1", "--launcher", launcher().toString(), "--folder", folder);
    JsonNode starts = written("s", "start").get("results").get("from the command");
    assertThat(texts(starts, "what"))
        .containsExactly("bronze: ready", "silver: ready", "gold: ready", "demo: first number");
    assertThat(starts)
        .allSatisfy(row -> assertThat(row.get("longest s").asDouble()).isGreaterThan(0.5));
  }

  /** As the real one, which would build the program first. */
  private Path launcher() throws Exception {
    Path script =
        Files.writeString(
            home.resolve("launcher"),
            "#!/bin/sh\nexec '%s' '@%s' -Xmx1500m -cp '%s' %s \"$@\"\n"
                .formatted(
                    Path.of(System.getProperty("java.home"), "bin", "java"),
                    Path.of("../cli/target/java.options").toAbsolutePath(),
                    System.getProperty("java.class.path"),
                    Medallion.class.getName()));
    return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
  }

  private long versions(String lake) throws Exception {
    try (var files =
        Files.list(home.resolve(lake).resolve("lake/silver/enriched_events/_delta_log"))) {
      return files.filter(file -> file.toString().endsWith(".json")).count();
    }
  }

  private JsonNode written(String folder, String benchmark) throws Exception {
    Path file = home.resolve(folder).resolve(benchmark + ".json");
    assertThat(home.resolve(folder).resolve(benchmark + ".svg")).isNotEmptyFile();
    return new ObjectMapper().readTree(file.toFile());
  }

  private static List<String> texts(JsonNode rows, String column) {
    List<String> texts = new ArrayList<>();
    rows.forEach(row -> texts.add(row.get(column).asText()));
    return texts;
  }

  private void run(String... arguments) {
    List<String> all = new ArrayList<>(List.of("bench"));
    all.addAll(List.of(arguments));
    medallion(all);
  }

  private void medallion(List<String> arguments) {
    CommandContext context =
        new CommandContext(
            home, Map.of(), new PrintWriter(out, true), new PrintWriter(err, true), false);
    assertThat(Medallion.run(context, arguments.toArray(String[]::new))).as("%s", err).isZero();
  }
}
