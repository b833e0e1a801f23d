package io.medallion.cli.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class McpServerTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Map<String, Tool> TOOLS =
      Map.of(
          "list_marts", arguments -> "[]",
          "freshness", arguments -> "{}",
          "read_mart", arguments -> arguments.toString(),
          "explain",
              arguments -> {
                throw new Tool.ToolException("There is no such row", null);
              });

  @Test
  void aConversationIsAnsweredLineByLine() throws IOException {
    List<JsonNode> answers =
        told(
            "{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"method\":\"initialize\",\"params\":{\"protocolVersion\":\"2025-03-26\"}}",
            "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}",
            "",
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}",
            "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/call\",\"params\":{\"name\":\"read_mart\",\"arguments\":{\"mart\":\"x\"}}}",
            "{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"ping\"}",
            "{\"jsonrpc\":\"2.0\",\"id\":4,\"result\":{}}");

    assertThat(answers).hasSize(4);
    assertThat(answers.get(0).get("id").asText()).isEqualTo("a");
    assertThat(answers.get(0).at("/result/protocolVersion").asText()).isEqualTo("2025-03-26");
    assertThat(answers.get(0).at("/result/serverInfo/version").asText()).isEqualTo("1.2.3");
    assertThat(answers.get(1).at("/result/tools").findValuesAsText("name"))
        .containsExactlyInAnyOrderElementsOf(TOOLS.keySet());
    answers
        .get(1)
        .at("/result/tools")
        .forEach(
            tool -> {
              assertThat(tool.at("/inputSchema/type").asText()).isEqualTo("object");
              assertThat(tool.at("/annotations/readOnlyHint").asBoolean()).isTrue();
            });
    assertThat(answers.get(2).at("/result/content/0/text").asText()).isEqualTo("{\"mart\":\"x\"}");
    assertThat(answers.get(2).at("/result/isError").asBoolean()).isFalse();
    assertThat(answers.get(3).get("result")).isEmpty();
  }

  @Test
  void aQuestionThatIsNotAnsweredIsToldToTheAssistant() throws IOException {
    JsonNode answer =
        told("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"explain\"}}")
            .get(0);

    assertThat(answer.at("/result/isError").asBoolean()).isTrue();
    assertThat(answer.at("/result/content/0/text").asText()).isEqualTo("There is no such row");
  }

  @Test
  void anUnknownProtocolIsAnsweredWithTheNewestThatIsSpoken() throws IOException {
    JsonNode answer =
        told("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"protocolVersion\":\"2099-01-01\"}}")
            .get(0);

    assertThat(answer.at("/result/protocolVersion").asText()).isEqualTo("2025-06-18");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "no json | -32700",
        "[] | -32600",
        "{\"jsonrpc\":\"2.0\",\"id\":1} | -32600",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"resources/list\"} | -32601",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"drop\"}} | -32602"
      })
  void whatIsNoRequestIsAnError(String line, int code) throws IOException {
    assertThat(told(line).get(0).at("/error/code").asInt()).isEqualTo(code);
  }

  private static List<JsonNode> told(String... lines) throws IOException {
    StringWriter out = new StringWriter();
    new McpServer("1.2.3", TOOLS)
        .serve(
            new BufferedReader(new StringReader(String.join("\n", lines))), new PrintWriter(out));
    List<JsonNode> answers = new ArrayList<>();
    for (String line : out.toString().lines().toList()) {
      answers.add(JSON.readTree(line));
    }
    return answers;
  }
}
