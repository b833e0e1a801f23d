package io.medallion.common.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.medallion.common.Resource;
import io.medallion.common.contract.ContractExport.Column;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/**
 * What is exported keeps the standards that it names. The schema of the Open Data Contract Standard
 * is bitol-io's own, under the Apache License 2.0.
 */
class ContractExportTest {
  private static final Contract SHOP =
      Contract.read(Path.of("../docs/contract/shop.yaml").toString());
  private static final List<Column> TABLE =
      List.of(
          new Column("event_id", "string", true),
          new Column("event_time", "timestamp", true),
          new Column("price", "decimal(18,6)", false),
          new Column("quantity", "int", false),
          new Column("country", "string", false),
          new Column("latitude", "double", false),
          new Column("is_bot", "boolean", false),
          new Column("event_date", "date", true),
          new Column("order_id", "string", false),
          new Column("load_ms", "int", false),
          new Column("tags", "array<string>", false),
          new Column("amount", "decimal(18,2)", false));

  @Test
  void theDocumentIsOneOfTheStandard() {
    String odcs = ContractExport.odcs(SHOP, TABLE);

    assertThat(
            JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V201909)
                .getSchema(Resource.text(getClass(), "odcs-json-schema-v3.0.2.json"))
                .validate(odcs, InputFormat.YAML))
        .isEmpty();
    assertThat(odcs)
        .contains("version: " + SHOP.version())
        .contains("transformLogic: price * coalesce(quantity, 1)");
    Map<String, Object> document = new Yaml().load(odcs);
    Map<?, ?> rows = (Map<?, ?>) ((List<?>) document.get("schema")).get(0);
    assertThat((List<?>) rows.get("properties"))
        .hasSize(TABLE.size())
        .anySatisfy(
            property ->
                assertThat(property)
                    .asInstanceOf(InstanceOfAssertFactories.map(String.class, Object.class))
                    .containsEntry("name", "load_ms")
                    .containsEntry("logicalType", "integer")
                    .containsEntry("transformSourceObjects", List.of("perf.load"))
                    .containsEntry("logicalTypeOptions", Map.of("minimum", 0, "maximum", 600000)));
    assertThat((List<?>) rows.get("quality")).hasSize(2);
  }

  @Test
  void pathsOfAProducersWordsComeFirst() {
    assertThat(ContractExport.odcs(Contract.read("preset:snowplow"), TABLE))
        .containsSubsequence("name: event_time", "- derived_tstamp", "- timestamp");
    assertThat(ContractExport.odcs(Contract.NONE, TABLE)).contains("version: none");
  }

  @Test
  void rowsKeepTheJsonSchema() throws IOException {
    String schema = new ObjectMapper().writeValueAsString(ContractExport.jsonSchema(SHOP, TABLE));
    String row =
        """
        {"event_id":"1","event_time":"2026-03-01T10:00:00.123456Z","price":19.99,"quantity":2,
        "is_bot":false,"event_date":"2026-03-01","order_id":"4711","load_ms":1200,"tags":["new"]}\
        """;

    assertThat(problems(schema, row)).isZero();
    assertThat(problems(schema, row.replace("1200", "600001"))).isEqualTo(1);
    assertThat(problems(schema, row.replace("[\"new\"]", "\"new\""))).isEqualTo(1);
    assertThat(problems(schema, row.replace("\"event_id\":\"1\",", ""))).isEqualTo(1);
  }

  private static int problems(String schema, String row) {
    return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
        .getSchema(schema)
        .validate(row, InputFormat.JSON)
        .size();
  }
}
