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
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example of docs/contract.md, and what the commands say of it. */
class ContractCommandIT {
  private static final Path EXAMPLE = Path.of("..", "docs", "contract");
  private static final Path SHOP = EXAMPLE.resolve("shop.yaml");
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path home;
  private String out;
  private String err;

  @Test
  void checkShowsWhatIsDeclaredAndNamesEveryError() throws Exception {
    assertThat(run("contract", "check", SHOP.toString())).isZero();
    assertThat(out)
        .contains("order_id", "order_id, properties.order_id", "perf.load, from 0 to 600000")
        .contains("price * coalesce(quantity, 1)", "is right: version ", "6 columns, 2 rules");

    Path wrong = home.resolve("wrong.yaml");
    Files.writeString(wrong, "columns:\n  a: {type: int, expr: \"prise\"}\n");
    assertThat(run("contract", "check", wrong.toString())).isEqualTo(2);
    assertThat(err).contains("contract_invalid", "line 2, column 3: the expr of a: ", "`prise`");
    assertThat(run("contract", "check")).isEqualTo(2);
    assertThat(err).contains("There is no contract");
  }

  @Test
  void presetsAreContractsAsFilesAre() throws Exception {
    assertThat(run("contract", "check", "preset:segment")).isZero();
    assertThat(out)
        .contains("context.page.url, properties.url", "preset:segment is right: version ")
        .contains("18 fields, 1 columns, 0 rules");
    assertThat(
            run(
                "contract",
                "test",
                EXAMPLE.resolve("presets").resolve("segment.jsonl").toString(),
                "--silver.contract=preset:segment"))
        .isZero();
    assertThat(out).contains("78 events, 0 refused; flags: ").contains("dropped_user_agent ");
  }

  @Test
  void exportWritesSilversColumnsForOtherPrograms() throws Exception {
    assertThat(run("contract", "export", "--odcs", SHOP.toString())).isZero();
    assertThat(out)
        .contains("apiVersion: v3.0.2", "name: country_code", "name: load_ms", "perf.load")
        .contains("name: purchase_has_order");
    assertThat(run("contract", "export", "--json-schema", SHOP.toString())).isZero();
    assertThat(JSON.readTree(out).at("/properties/load_ms/maximum").asInt()).isEqualTo(600_000);
    assertThat(run("contract", "export", SHOP.toString())).isEqualTo(2);
  }

  @Test
  void testSaysWhatBecomesOfEachEvent() throws Exception {
    String events = EXAMPLE.resolve("shop.jsonl").toString();

    assertThat(run("contract", "test", events, "--silver.contract=" + SHOP)).isEqualTo(1);
    assertThat(out)
        .contains("2 events, 2 refused; reasons: ")
        .contains("RULE_BROKEN purchase_has_order 1", "NUMBER_OUT_OF_RANGE load_ms 1")
        .contains("flags: known_currency 1");

    run("contract", "test", events, "--silver.contract=" + SHOP, "--json");
    List<JsonNode> lines = new ArrayList<>();
    for (String line : out.lines().toList()) {
      lines.add(JSON.readTree(line));
    }
    assertThat(lines).hasSize(4);
    assertThat(lines.get(0).get("position").asText()).endsWith("shop.jsonl:1");
    JsonNode first = lines.get(0).get("event");
    assertThat(first.get("category").asText()).isEqualTo("shoes");
    assertThat(first.get("load_ms").asInt()).isEqualTo(1200);
    assertThat(first.get("came_by").asText()).isEqualTo("paid");
    assertThat(first.get("properties").asText()).isEqualTo("{\"perf\":{\"dns\":3}}");
    JsonNode second = lines.get(1).get("event");
    assertThat(second.get("order_id").asText()).isEqualTo("4711");
    assertThat(second.get("amount").decimalValue()).isEqualByComparingTo("39.98");
    assertThat(second.get("flags").get(0).asText()).isEqualTo("known_currency");
    assertThat(second.get("properties").asText()).isEqualTo("{\"gift\":true}");
    assertThat(lines.get(2).get("reasons").get(0).get("field").asText())
        .isEqualTo("purchase_has_order");
    assertThat(lines.get(3).get("reasons").get(0).get("code").asText())
        .isEqualTo("NUMBER_OUT_OF_RANGE");
  }

  @Tag("full")
  @Test
  void diffSaysWhatOfTheLakeItChangesAndTheNewestRecordsCanBeTried() throws Exception {
    land();
    assertThat(run("contract", "diff", SHOP.toString(), "--json")).isZero();
    JsonNode diff = JSON.readTree(out);
    assertThat(diff.get("added").findValuesAsText("name"))
        .containsExactly("category", "load_ms", "tags", "amount", "came_by");
    assertThat(diff.get("refused")).isEmpty();
    assertThat(diff.get("unfilled").findValuesAsText("name")).containsExactly("old");
    JsonNode judged = diff.get("judged").get(0);
    assertThat(judged.get("today").asBoolean()).isFalse();
    assertThat(judged.get("rows").asLong()).isEqualTo(4);
    assertThat(run("contract", "diff", SHOP.toString())).isZero();
    assertThat(out).contains("medallion backfill --from 2026-03-01 --to 2026-03-01");

    Path other = home.resolve("other.yaml");
    Files.writeString(other, "columns: {order_id: {type: int, from: order_id}}");
    assertThat(run("contract", "diff", other.toString())).isEqualTo(1);
    assertThat(out).contains("refused: choose another name");

    assertThat(run("contract", "test", "--newest", "2", "--silver.contract=" + SHOP)).isEqualTo(1);
    assertThat(out).contains("t/0/2  refused", "t/0/3  refused", "0 events, 2 refused");
  }

  private void land() throws Exception {
    Path contract = home.resolve("before.yaml");
    Files.writeString(
        contract,
        """
        columns:
          order_id: {type: string, from: order_id}
          old: {type: string, from: old}
        """);
    Configuration configuration =
        Configuration.builder()
            .flag("spark.master", "local[2]")
            .flag("lake.path", lake().toString())
            .flag("silver.contract", contract.toString())
            .build();
    try (SparkSession spark = LakeSession.create("ContractCommandIT", configuration)) {
      Lake lake = Lake.open(spark, configuration);
      BronzeRows.land(
          lake,
          Files.readAllLines(EXAMPLE.resolve("shop.jsonl")),
          1,
          0,
          Instant.parse("2026-03-01T12:00:00Z"));
      try (Layer silver = SilverJob.start(lake, configuration, true)) {
        silver.await();
        assertThat(silver.failure()).isEmpty();
      }
    }
  }

  private int run(String... command) {
    StringWriter result = new StringWriter();
    StringWriter complaints = new StringWriter();
    CommandContext context =
        new CommandContext(
            home,
            Map.of(),
            new PrintWriter(result, true),
            new PrintWriter(complaints, true),
            false);
    List<String> all = new ArrayList<>(List.of(command));
    all.add("--lake.path=" + lake());
    int code = Medallion.run(context, all.toArray(String[]::new));
    out = result.toString();
    err = complaints.toString();
    return code;
  }

  private Path lake() {
    return home.resolve("lake");
  }
}
