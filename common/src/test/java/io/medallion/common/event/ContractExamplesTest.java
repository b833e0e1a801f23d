package io.medallion.common.event;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.medallion.common.contract.Contract;
import io.medallion.common.contract.ContractColumn;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The examples that docs/event-contract.md links to, through parser and schema. */
class ContractExamplesTest {
  private static final Path DOCS = Path.of("../docs");
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  private final EventParser parser = new EventParser(EventRules.defaults());

  static List<String> valid() throws IOException {
    return Files.readAllLines(DOCS.resolve("event-contract/valid.jsonl"));
  }

  static List<String> invalid() throws IOException {
    return Files.readAllLines(DOCS.resolve("event-contract/invalid.jsonl"));
  }

  @ParameterizedTest
  @MethodSource
  void valid(String event) throws IOException {
    assertThat(reasons(event)).isEmpty();
    assertThat(schema().validate(event, InputFormat.JSON)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource
  void invalid(String line) throws IOException {
    JsonNode example = JSON.readTree(line);
    String event = JSON.writeValueAsString(example.get("event"));

    assertThat(reasons(event)).containsExactly(example.get("reason").asText());
    assertThat(schema().validate(event, InputFormat.JSON).isEmpty())
        .isEqualTo(example.path("parserOnly").asBoolean());
  }

  @Test
  void thePageNamesEveryReasonAndField() throws IOException {
    String page = Files.readString(DOCS.resolve("event-contract.md"));

    for (ReasonCode code : ReasonCode.values()) {
      assertThat(page).contains("`" + code + "`");
    }
    for (ContractColumn column :
        Contract.own().columns().stream().filter(ContractColumn::isRead).toList()) {
      assertThat(page).contains(column.from().stream().map(n -> "`" + n + "`").toList());
    }
  }

  private List<String> reasons(String event) {
    return Records.codes(Records.parse(parser, event.getBytes(StandardCharsets.UTF_8)));
  }

  private static JsonSchema schema() throws IOException {
    return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
        .getSchema(Files.readString(DOCS.resolve("event-contract.schema.json")));
  }
}
