package io.medallion.common.event;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.medallion.common.contract.Contract;
import io.medallion.common.contract.ContractColumn;
import io.medallion.common.contract.FieldRules;
import io.medallion.common.contract.JsonPath;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The page on the event contract, its JSON Schema, and that of users' contracts say what event.yaml
 * declares. Run with {@code -Dreadme.write=true} it writes them.
 */
class ContractDocumentsTest {
  private static final Path PAGE = Path.of("../docs/event-contract.md");
  private static final Path SCHEMA = Path.of("../docs/event-contract.schema.json");
  private static final Path CONTRACTS = Path.of("../docs/contract.schema.json");

  /** The names of fields in the schema of contracts; the second group. */
  private static final Pattern FIELDS =
      Pattern.compile("(\\n    \"fields\": \\{.*?\"enum\": \\[\\n)(.*?)(\\n +])", Pattern.DOTALL);

  private static final String BEGIN = "<!-- fields: written by ContractDocumentsTest -->\n";
  private static final String END = "<!-- end of fields -->";
  private static final List<String> VISITORS = List.of("user_id", "anonymous_id", "session_id");
  private static final boolean WRITE = Boolean.getBoolean("readme.write");
  private static final JsonMapper JSON = new JsonMapper();

  @Test
  void thePageHasEveryField() throws IOException {
    String page = Files.readString(PAGE);
    int begin = page.indexOf(BEGIN) + BEGIN.length();
    String written = page.substring(0, begin) + table() + page.substring(page.indexOf(END));
    if (WRITE) {
      Files.writeString(PAGE, written);
    }
    assertThat(Files.readString(PAGE)).isEqualTo(written);
  }

  private static String table() {
    return Contract.own().columns().stream()
        .filter(ContractColumn::isRead)
        .map(
            column ->
                "| `%s` | %s | %s | %s | %s |%n"
                    .formatted(
                        column.from().get(0),
                        names(column.from().subList(1, column.from().size())),
                        names(List.of(new JsonPath(List.of(column.name())))),
                        column.wholeNumbers() ? "string or whole number" : column.type(),
                        column.about()))
        .collect(
            Collectors.joining(
                "",
                "| field | other names | column of silver | type | meaning |\n|---|---|---|---|---|\n",
                ""));
  }

  private static String names(List<JsonPath> paths) {
    return paths.stream().map(path -> "`" + path + "`").collect(Collectors.joining(", "));
  }

  @Test
  void theSchemaHasEveryField() throws IOException {
    ObjectNode written = (ObjectNode) JSON.readTree(Files.readString(SCHEMA));
    ArrayNode needs = (ArrayNode) written.get("allOf");
    ((ObjectNode) needs.get(0)).set("anyOf", oneOf("time", List.of("event_time")));
    ((ObjectNode) needs.get(1)).set("anyOf", oneOf("given", VISITORS));
    written.set("properties", properties());
    if (WRITE) {
      DefaultIndenter lines = new DefaultIndenter("  ", "\n");
      Files.writeString(
          SCHEMA,
          JSON.writer(new DefaultPrettyPrinter().withObjectIndenter(lines))
                  .writeValueAsString(written)
              + "\n");
    }
    assertThat(JSON.readTree(Files.readString(SCHEMA)))
        .isEqualTo(JSON.readTree(written.toString()));
  }

  @Test
  void aContractMayNameEveryField() throws IOException {
    Matcher fields = FIELDS.matcher(Files.readString(CONTRACTS));
    String names =
        Stream.concat(
                Contract.own().columns().stream()
                    .filter(ContractColumn::isRead)
                    .map(column -> column.from().get(0).toString()),
                FieldRules.CAMPAIGN.stream())
            .map("          \"%s\""::formatted)
            .collect(Collectors.joining(",\n"));
    assertThat(fields.find()).isTrue();
    if (WRITE) {
      Files.writeString(
          CONTRACTS, fields.replaceFirst("$1" + Matcher.quoteReplacement(names) + "$3"));
    }
    Matcher written = FIELDS.matcher(Files.readString(CONTRACTS));
    assertThat(written.find()).isTrue();
    assertThat(written.group(2)).isEqualTo(names);
  }

  /** That one of the names of some columns is there, with such a value. */
  private static ArrayNode oneOf(String value, List<String> columns) {
    ArrayNode all = JSON.createArrayNode();
    for (String column : columns) {
      for (JsonPath name : Contract.own().column(column).orElseThrow().from()) {
        ObjectNode one = all.addObject();
        one.putArray("required").add(name.toString());
        one.putObject("properties").set(name.toString(), reference(value));
      }
    }
    return all;
  }

  private static ObjectNode properties() {
    ObjectNode properties = JSON.createObjectNode();
    for (ContractColumn column : Contract.own().columns()) {
      boolean judgedElsewhere =
          column.name().equals("event_time") || column.name().equals("properties");
      if (column.isRead() && !judgedElsewhere) {
        properties.set(column.from().get(0).toString(), value(column));
      }
    }
    return properties;
  }

  private static JsonNode value(ContractColumn column) {
    if (!column.type().isNumber()) {
      return reference(column.wholeNumbers() ? "id" : "text");
    }
    boolean whole = column.type().scale() == 0;
    ObjectNode number = JSON.createObjectNode().put("type", whole ? "integer" : "number");
    number.put("minimum", column.min());
    if (column.max() != null) {
      number.put("maximum", column.max());
    } else {
      number.put(
          "exclusiveMaximum",
          BigDecimal.TEN.pow(column.type().precision() - column.type().scale()));
    }
    ObjectNode value = JSON.createObjectNode();
    value
        .putArray("anyOf")
        .add(number)
        .add(reference("decimalText"))
        .add(reference("blank"))
        .add(JSON.createObjectNode().put("type", "null"));
    return value;
  }

  private static ObjectNode reference(String definition) {
    return JSON.createObjectNode().put("$ref", "#/$defs/" + definition);
  }
}
