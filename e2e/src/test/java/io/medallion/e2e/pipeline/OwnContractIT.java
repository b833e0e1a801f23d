package io.medallion.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.TableState;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.session.BatchProfile;
import io.medallion.operations.Erase;
import io.medallion.operations.Quarantine;
import io.medallion.operations.StatusReader;
import io.medallion.operations.verify.EventDays;
import io.medallion.operations.verify.GoldLineage;
import io.medallion.operations.verify.LakeCheck;
import io.medallion.operations.verify.Lineage;
import io.medallion.operations.verify.VerifyReport;
import io.medallion.operations.verify.VerifyReport.Check;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Events of a user's own contract from Kafka to Postgres, some of no visitor, and a mart over its
 * columns; all of it proved.
 */
@Tag("full")
class OwnContractIT {
  private static final String KEPT = "silver's rows keep the contract";
  private static final String SAME = "silver says what bronze's bytes say";

  private static final String MART = "readings";
  private static final LocalDate DAY = LocalDate.parse("2026-03-01");

  @TempDir Path folder;

  @Test
  void aContractIsProvedAndWhatIsNotOfItIsFound() throws Exception {
    Path contract = folder.resolve("contract.yaml");
    Files.writeString(
        contract,
        """
        columns:
          celsius: {type: "decimal(6,2)", from: [celsius, reading.celsius]}
          fahrenheit: {type: "decimal(7,2)", expr: "celsius * 1.8 + 32"}
          units: {type: array of string, from: units}
          note: {type: string, from: note}
          kind: {type: string, from: kind}
        rules:
          sane: {check: "celsius BETWEEN -90 AND 60", otherwise: quarantine}
          warm: {check: "celsius < 30", otherwise: flag}
          private: {check: "note <> 'private'", otherwise: redact, fields: [user_id]}
        visitor: {required: false}
        fields: {price: {round: true}}
        """);
    Path marts = Files.createDirectory(folder.resolve("marts"));
    Files.writeString(
        marts.resolve(MART + ".sql"),
        """
        SELECT
          site,
          visitor,
          units[0] AS unit,
          count(celsius) AS readings,
          count_if(kind = 'roof') AS roofs,
          max(fahrenheit) AS warmest,
          count(DISTINCT visitor) AS visitors
        FROM silver GROUP BY ALL
        """);
    try (Pipeline pipeline =
        Pipeline.in(
            folder.resolve("data"),
            Map.of("silver.contract", contract.toString(), "gold.marts", marts.toString()))) {
      String time = Instant.now().minusSeconds(60).toString();
      pipeline.send(
          Stream.of(
                  "{\"event_id\":\"1\",\"timestamp\":\"%s\",\"celsius\":21.5,\"units\":[\"C\"]}",
                  "{\"event_id\":\"2\",\"timestamp\":\"%s\",\"reading\":{\"celsius\":31,\"at\":\"roof\"},\"kind\":\"roof\"}",
                  "{\"event_id\":\"3\",\"timestamp\":\"%s\",\"celsius\":99}",
                  "{\"event_id\":\"4\",\"timestamp\":\"%s\",\"user_id\":\"u\",\"page\":\"/\"}",
                  "{\"event_id\":\"5\",\"timestamp\":\"%s\",\"celsius\":\"cold\"}",
                  "{\"event_id\":\"6\",\"timestamp\":\"%s\",\"user_id\":\"u\",\"price\":0.1234567}",
                  "{\"event_id\":\"7\",\"timestamp\":\"%s\",\"user_id\":\"w\",\"note\":\"private\"}")
              .map(event -> event.formatted(time))
              .toList());
      pipeline.drain();

      assertThat(pipeline.state(TableDefinition.SILVER).flagged())
          .isEqualTo(Map.of("warm", 1L, "rounded_price", 1L, "private", 1L));
      try (StatusReader reader =
          new StatusReader(
              pipeline.lake().folder(), pipeline.configuration(), Duration.ofSeconds(30))) {
        assertThat(reader.read().layers().get(1).counts())
            .containsEntry("flag_warm", 1L)
            .containsEntry("flag_rounded_price", 1L)
            .containsEntry("flag_private", 1L);
      }
      assertThat(pipeline.state(TableDefinition.SILVER).quarantinedByReason())
          .isEqualTo(Map.of("RULE_BROKEN", 1L, "INVALID_NUMBER", 1L));
      assertThat(pipeline.gold("select visitor, events from gold.sessions order by 1"))
          .containsExactly(List.of("(none)", "3"), List.of("u", "2"));
      assertThat(
              pipeline.gold(
                  "select visitor, unit, readings, roofs, warmest, visitors from gold.%s order by 1, 2"
                      .formatted(MART)))
          .containsExactly(
              List.of("(none)", "(none)", "1", "1", "87.80", "0"),
              List.of("(none)", "C", "1", "0", "70.70", "0"),
              Arrays.asList("u", "(none)", "0", "0", null, "1"));
      LakeCheck proof = new LakeCheck(pipeline.lake(), pipeline.configuration());
      VerifyReport clean = proof.prove(EventDays.ALL);
      assertThat(clean.holds()).as("%s", clean).isTrue();
      assertThat(check(clean, KEPT).examined()).isEqualTo(5);
      assertThat(check(clean, "gold.%s is what silver says".formatted(MART)).examined())
          .isEqualTo(3);

      GoldLineage lineage = new GoldLineage(pipeline.lake(), pipeline.configuration());
      assertThat(lineage.of(MART, List.of("clickstream_events", "(none)", "C"), 10).first())
          .extracting(Lineage.Event::eventId)
          .containsExactly("1");

      damage(pipeline, "fahrenheit = 0", "1");
      damage(pipeline, "flags = null", "2");
      damage(pipeline, "units = array('K')", "4");
      damage(pipeline, "flags = null", "6");
      damage(pipeline, "user_id = 'w'", "7");
      VerifyReport found = proof.prove(EventDays.ALL);
      assertThat(check(found, KEPT).off()).isEqualTo(3);
      assertThat(check(found, SAME).off()).isEqualTo(5);
    }
  }

  /** A retry whose time moved, and thank-you pages that were loaded again, the later one first. */
  @Test
  void anOrderCountsOnceHoweverOftenAndInWhateverOrderItIsSent() throws Exception {
    Path contract = folder.resolve("contract.yaml");
    Files.writeString(
        contract,
        """
        columns: {order_id: {type: string, from: order_id, whole_numbers: true}}
        identity: {within: 10m}
        """);
    try (Pipeline pipeline =
        Pipeline.in(
            folder.resolve("data"),
            Map.of(
                "silver.contract",
                contract.toString(),
                "gold.optional-marts",
                "distinct_orders"))) {
      pipeline.send(
          List.of(
              purchase("a", "10:00:00.000", "100.00", "1"),
              purchase("a", "10:00:00.350", "100.00", "1"),
              purchase("a", "10:00:00.700", "100.00", "1"),
              purchase("d", "10:01:00.000", "30.00", "3"),
              purchase("c", "10:02:00.000", "20.00", "2")));
      pipeline.drain();
      assertThat(orders(pipeline))
          .containsExactly(
              List.of("10:00", "1", "100.00", "0"),
              List.of("10:01", "1", "30.00", "0"),
              List.of("10:02", "1", "20.00", "0"));
      pipeline.send(
          List.of(
              purchase("a", "10:00:00.700", "100.00", "1"),
              purchase("b", "09:59:59.999", "20.00", "2"),
              purchase("e", "10:03:00.000", "30.00", "3")));
      pipeline.drain();

      assertThat(orders(pipeline))
          .containsExactly(
              List.of("09:59", "1", "20.00", "1"),
              List.of("10:00", "1", "100.00", "0"),
              List.of("10:01", "1", "30.00", "1"));
      assertThat(pipeline.state(TableDefinition.SILVER).duplicates()).isEqualTo(3);
      LakeCheck proof = new LakeCheck(pipeline.lake(), pipeline.configuration());
      VerifyReport clean = proof.prove(EventDays.ALL);
      assertThat(clean.holds()).as("%s", clean).isTrue();
      assertThat(check(clean, "gold.distinct_orders is what silver says").examined()).isEqualTo(3);
      assertThat(proof.prove(new EventDays(DAY, DAY)).holds()).isTrue();
    }
  }

  /** Records and events add up, each event has its place, and a person leaves batches of others. */
  @Test
  void eventsOfBatchesCountBothAsRecordsAndAsEvents() throws Exception {
    Path contract = folder.resolve("contract.yaml");
    Files.writeString(contract, "batch: {from: batch}");
    try (Pipeline pipeline =
        Pipeline.in(folder.resolve("data"), Map.of("silver.contract", contract.toString()))) {
      String bad = "{\"timestamp\":\"%sT10:00:00Z\",\"price\":1}".formatted(DAY);
      pipeline.send(
          List.of(
              batch(view("a", "annabelle", "/1"), view("b", "bartholomew", "/2"), bad),
              batch(view("b", "bartholomew", "/2"), view("c", "bartholomew", "/3"), bad),
              view("d", "annabelle", "/4"),
              batch(view("e", "bartholomew", "/5")),
              "{\"batch\":[{"));
      pipeline.sendBytes(List.of(new byte[] {(byte) 0xff, '{'}));
      pipeline.drain();

      TableState state = pipeline.state(TableDefinition.SILVER);
      assertThat(List.of(state.read(), state.events(), state.rows(), state.quarantined()))
          .containsExactly(6L, 10L, 5L, 4L);
      assertThat(state.duplicates()).isEqualTo(1);
      assertThat(
              pipeline.gold(
                  "select rows_read, rows_written, duplicates, quarantined from gold.layer_status where layer = 'silver'"))
          .containsExactly(List.of("6", "5", "1", "4"));
      assertThat(views(pipeline)).containsExactly("/1", "/2", "/3", "/4", "/5");
      LakeCheck proof = new LakeCheck(pipeline.lake(), pipeline.configuration());
      VerifyReport clean = proof.prove(EventDays.ALL);
      assertThat(clean.holds()).as("%s", clean).isTrue();
      assertThat(check(clean, "each bronze row is one of silver, quarantine, duplicate").examined())
          .isEqualTo(10);
      assertThat(check(clean, "bronze holds as many rows as silver has read").examined())
          .isEqualTo(6);
      assertThat(
              new GoldLineage(pipeline.lake(), pipeline.configuration())
                  .of("page_views", List.of(DAY + "T10:00:00Z", "clickstream_events", "/3"), 10)
                  .first())
          .extracting(Lineage.Event::position)
          .containsExactly("clickstream_events/0/1#1");
      Quarantine quarantine = Quarantine.of(pipeline.lake().folder());
      assertThat(quarantine.show("clickstream_events/0/1#2"))
          .singleElement()
          .satisfies(refused -> assertThat(refused.value().text()).isEqualTo(bad));
      assertThat(quarantine.show("clickstream_events/0/1")).hasSize(1);
      assertThat(quarantine.show("clickstream_events/0/1#1")).isEmpty();

      Erase erase = Erase.of(pipeline.lake(), pipeline.configuration());
      erase.apply(erase.persons(List.of("bartholomew"), List.of(), null));
      pipeline.drain();
      assertThat(views(pipeline)).containsExactly("/1", "/4");
      assertThat(bronze(pipeline))
          .startsWith(
              "{\"batch\":[" + view("a", "annabelle", "/1") + ",\"medallion-erased\"," + bad + "]}")
          .doesNotContain("bartholomew");
      VerifyReport erased = proof.prove(EventDays.ALL);
      assertThat(erased.holds()).as("%s", erased).isTrue();
      assertThat(pipeline.state(TableDefinition.SILVER).quarantinedByReason())
          .isEqualTo(
              Map.of("ERASED", 4L, "MISSING_FIELD", 2L, "MALFORMED_JSON", 1L, "NOT_UTF8", 1L));

      damage(pipeline, "event_index = 5", "a");
      assertThat(
              check(
                      proof.prove(EventDays.ALL),
                      "each bronze row is one of silver, quarantine, duplicate")
                  .off())
          .isEqualTo(1);
    }
  }

  private static String batch(String... events) {
    return "{\"sentAt\":1,\"batch\":[" + String.join(",", events) + "]}";
  }

  private static String view(String id, String user, String page) {
    return "{\"event_id\":\"%s\",\"timestamp\":\"%sT10:00:00Z\",\"user_id\":\"%s\",\"page\":\"%s\"}"
        .formatted(id, DAY, user, page);
  }

  private static List<String> views(Pipeline pipeline) throws Exception {
    return pipeline.gold("select page from gold.page_views order by 1").stream()
        .map(row -> row.get(0))
        .toList();
  }

  /** All that its records hold, in their order. */
  private static String bronze(Pipeline pipeline) {
    LakeTable bronze = pipeline.lake().table(TableDefinition.BRONZE);
    return bronze
        .rowsAt(pipeline.lake().session(), bronze.version())
        .orderBy("offset")
        .selectExpr("coalesce(string(value), '')")
        .collectAsList()
        .stream()
        .map(row -> row.getString(0))
        .collect(Collectors.joining("\n"));
  }

  private static String purchase(String id, String time, String price, String order) {
    return "{\"event_id\":\"%s\",\"timestamp\":\"%sT%sZ\",\"user_id\":\"u\",\"type\":\"purchase\",\"price\":%s,\"order_id\":%s}"
        .formatted(id, DAY, time, price, order);
  }

  private static List<List<String>> orders(Pipeline pipeline) throws Exception {
    return pipeline.gold(
        """
        select to_char(window_start at time zone 'UTC', 'HH24:MI'), orders, revenue::numeric(9, 2),
          repeated
        from gold.order_revenue order by 1""");
  }

  private static Check check(VerifyReport report, String name) {
    return report.checks().stream().filter(c -> c.name().equals(name)).findFirst().orElseThrow();
  }

  private static void damage(Pipeline pipeline, String change, String event) {
    SparkSession session = BatchProfile.LOW_LATENCY.session(pipeline.lake().session());
    LakeTable silver = pipeline.lake().table(TableDefinition.SILVER);
    session.sql(
        "update delta.`%s` set %s where event_id = '%s'".formatted(silver.path(), change, event));
  }
}
